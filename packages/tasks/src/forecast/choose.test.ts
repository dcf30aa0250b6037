/** The choice among candidates. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { choose, type RollErrors } from './choose.ts';

const random = new Random('choose');
const around = (mean: number, n = 12, noise = 0.2): number[] =>
  Array.from({ length: n }, () => mean * Math.exp(random.normal(0, noise)));

describe('choose', () => {
  it('takes the best of the candidates', () => {
    const items = Array.from(
      { length: 20 },
      (): RollErrors => ({ naive: around(10), own: around(7), trees: around(5), 'own and trees': around(6) }),
    );
    expect(choose(items).every((candidate) => candidate === 'trees')).toBe(true);
  });

  it('stays naive where nothing errs less', () => {
    expect(choose([{ naive: [10, 12, 9, 11], own: [11, 10, 11, 11] }])).toEqual(['naive']);
  });

  it('takes the better guess where the gain is within its standard error', () => {
    expect(choose([{ naive: [10, 12, 9, 11], own: [11, 10, 10, 10] }])).toEqual(['own']);
  });

  it('never takes what tells nothing of an item', () => {
    const nothing = Array<number>(4).fill(Number.NaN);
    expect(choose([{ naive: [10, 12, 9, 11], own: [9, 9, 9, 9], 'n-hits': nothing }])).toEqual(['own']);
  });

  it('stays naive where there is nothing to judge by', () => {
    expect(choose([{ naive: [], own: [] }])).toEqual(['naive']);
  });
});
