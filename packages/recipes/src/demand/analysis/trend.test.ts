import { Random } from '@gradus/base';
import { expect, test } from 'vitest';
import type { Review } from '../review.ts';
import { timelineOf } from './timeline.ts';
import { trendsOf } from './trend.ts';

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

/** Directions of 15 themes over a year whose monthly shares jump about by `bursts` but go nowhere. */
function goingNowhere(seed: number, bursts: number): string[] {
  const random = new Random(`${seed} ${bursts}`);
  const reviews = Array.from({ length: 1200 }, (_, i): Review => {
    return { row: i + 1, text: '', time: START + random.uniform() * 365 * DAY };
  });
  const themes = Array.from({ length: 15 }, (_, theme) => {
    const shocks = Array.from({ length: 13 }, () => Math.exp(random.normal(0, bursts)));
    const share = 0.03 + 0.01 * theme;
    return reviews.flatMap(({ time }, review) => {
      const month = Math.floor((time! - START) / (30.44 * DAY));
      return random.uniform() < share * shocks[month]! ? [{ review, clauses: [] }] : [];
    });
  });
  return trendsOf(themes, timelineOf(reviews)!).map(({ direction }) => direction);
}

test.each([0, 0.3])('shares that jump about by %d, yet go nowhere, are seldom called trends', (bursts) => {
  let files = 0;
  for (let seed = 0; seed < 60; seed++) {
    const claims = goingNowhere(seed, bursts).filter(
      (direction) => !['stable', 'unclear'].includes(direction),
    );
    if (claims.length > 0) files++;
  }
  // 4 files of 100 without bursts, 9 with.
  expect(files).toBeLessThanOrEqual(bursts === 0 ? 7 : 13);
});
