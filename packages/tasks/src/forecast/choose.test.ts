/** The gate: nothing is said to be better than the naive forecast that was not shown to be. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { choose, type RollErrors } from './choose.ts';

const random = new Random('choose');
const around = (mean: number, n = 12, noise = 0.2): number[] =>
  Array.from({ length: n }, () => mean * Math.exp(random.normal(0, noise)));

describe('choose', () => {
  it('takes what is clearly better than naive, and the best of the candidates', () => {
    const items = Array.from(
      { length: 20 },
      (): RollErrors => ({ naive: around(10), own: around(7), global: around(5), both: around(6) }),
    );
    expect(choose(items).every(({ candidate, beatsNaive }) => candidate === 'global' && beatsNaive)).toBe(
      true,
    );
  });

  it('stays naive where nothing errs less', () => {
    const [choice] = choose([{ naive: [10, 12, 9, 11], own: [11, 10, 11, 11] }]);
    expect(choice).toEqual({ candidate: 'naive', beatsNaive: false });
  });

  it('takes the better guess and claims nothing where the gain is within its standard error', () => {
    const [choice] = choose([{ naive: [10, 12, 9, 11], own: [11, 10, 10, 10] }]);
    expect(choice).toEqual({ candidate: 'own', beatsNaive: false });
  });

  it('counts rolls that overlap as fewer witnesses', () => {
    const item: RollErrors = { naive: [10, 12, 9, 11, 10, 12], own: [10, 10, 9, 10, 10, 9] };
    expect(choose([item])[0]!.beatsNaive).toBe(true);
    expect(choose([item], [0.05])[0]!.beatsNaive).toBe(false);
  });

  it('claims nothing of random walks that one lucky stretch has favoured', () => {
    // The same twelve rolls of eight series: half of them tell against it.
    const lucky = Array.from({ length: 12 }, () => random.normal(0, 0.1));
    const gain = lucky.reduce((a, b) => a + b, 0) / 12;
    const items = Array.from({ length: 8 }, (): RollErrors => {
      const naive = around(10);
      return { naive, own: naive.map((error, r) => error * (1 - (lucky[r]! - gain + 0.01))) };
    });
    expect(choose(items, Array<number>(8).fill(0.2)).some(({ beatsNaive }) => beatsNaive)).toBe(false);
  });

  it('stays naive where there is nothing to judge by', () => {
    expect(choose([{ naive: [], own: [] }])).toEqual([{ candidate: 'naive', beatsNaive: false }]);
  });

  it('lends an item with few rolls what the others show', () => {
    const others = Array.from({ length: 50 }, (): RollErrors => ({ naive: around(10), own: around(7) }));
    const few: RollErrors = { naive: [10, 9], own: [8, 9.5] };
    expect(choose([few])[0]!.beatsNaive).toBe(false);
    expect(choose([...others, few]).at(-1)!.beatsNaive).toBe(true);
  });

  it('follows an item that differs beyond doubt from the others', () => {
    const others = Array.from({ length: 50 }, (): RollErrors => ({ naive: around(10), own: around(7) }));
    const odd: RollErrors = { naive: around(10, 12, 0.05), own: around(20, 12, 0.05) };
    expect(choose([...others, odd]).at(-1)!.beatsNaive).toBe(false);
  });
});
