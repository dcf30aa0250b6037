import { describe, expect, it } from 'vitest';
import type { Point } from './points.ts';
import { pointChanges } from './since.ts';

const point = (id: string, count: number, rest: Partial<Point> = {}): Point =>
  ({
    id,
    count,
    sentence: { en: id, zh: id },
    kind: 'complaint',
    isSpecific: true,
    theme: id.split('.')[0],
    ...rest,
  }) as Point;

describe('complaints since the earlier run', () => {
  const earlier = {
    reviews: 1000,
    points: [point('app.crashes', 20), point('price.expensive', 50), point('lid.leaks', 30)],
  };

  it('are told where more or fewer make them beyond chance, new and gone ones too', () => {
    const now = [point('app.crashes', 90), point('price.expensive', 52), point('delivery.slow', 40)];
    const changes = pointChanges(earlier, now, 1000);
    expect(changes.map(({ id }) => id).sort()).toEqual(['app.crashes', 'delivery.slow', 'lid.leaks']);
    expect(changes.find(({ id }) => id === 'app.crashes')).toMatchObject({ before: 0.02, now: 0.09 });
    expect(changes.find(({ id }) => id === 'lid.leaks')).toMatchObject({ before: 0.03, now: 0 });
  });

  it('are none of praise, of the whole, or of what names no fault', () => {
    const now = [
      point('taste.not-bad', 400, { kind: 'praise' }),
      point('whole.bad', 400),
      point('food.otherwise', 400, { isSpecific: false }),
    ];
    expect(pointChanges({ reviews: 1000, points: [] }, now, 1000)).toEqual([]);
  });
});
