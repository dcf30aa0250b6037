/** The gate: nothing is said to be better than the naive forecast that was not shown to be. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { beatsNaive, toldBefore } from './beats-naive.ts';
import { type Candidate, type RollErrors, SOURCES } from './choose.ts';

const random = new Random('gate');
const STEPS = 4;
const around = (mean: number, n = 12, noise = 0.2): number[] =>
  Array.from({ length: n }, () => mean * Math.exp(random.normal(0, noise)));

/** @param apart how much of each roll its neighbours do not tell */
function claims(items: readonly RollErrors[], apart = 1): boolean[] {
  const told = toldBefore({
    rolls: items.map(({ naive }) => ({
      origins: naive.map((_, r) => 20 + Math.round(r * apart * STEPS)),
      steps: STEPS,
    })),
    candidates: Object.keys(items[0]!) as (Candidate | 'naive')[],
    judge: (item, roll, candidate) => new Float64Array(STEPS).fill(items[item]![candidate]![roll]!),
    distance: () => 1,
  });
  return beatsNaive(
    items.map(({ naive }) => naive),
    told,
    items.map(() => apart),
  );
}

describe('a claim', () => {
  it('is made of what is clearly better, and not of a gain within its standard error', () => {
    const items = Array.from({ length: 20 }, (): RollErrors => ({ naive: around(10), own: around(7) }));
    expect(claims(items).every(Boolean)).toBe(true);
    expect(claims([{ naive: [10, 12, 9, 11], own: [11, 10, 10, 10] }])).toEqual([false]);
  });

  it('counts rolls that overlap as fewer witnesses', () => {
    const item: RollErrors = { naive: [10, 12, 9, 11, 10, 12], own: [9, 11, 9, 11, 8, 10] };
    expect(claims([item])).toEqual([true]);
    expect(claims([item], 0.25)).toEqual([false]);
  });

  it('is wrong for one of twenty where eight candidates are as good as naive, alone and in files of eight', () => {
    // All of them are as good as naive in the long run, each with its own luck.
    const equal = (): RollErrors => {
      const naive = around(1, 12, 0.3);
      const other = () => naive.map((error) => error * (1 + random.normal(0, 0.1)));
      const candidates = Object.fromEntries(Object.keys(SOURCES).map((name) => [name, other()]));
      return { ...candidates, naive, own: other() };
    };
    const items = Array.from({ length: 400 }, equal);
    const alone = items.filter((item) => claims([item])[0]);
    expect(alone.length).toBeLessThan(0.07 * items.length);
    const files = Array.from({ length: 50 }, (_, f) => claims(items.slice(8 * f, 8 * f + 8))).flat();
    // Items of a file claim together: fifty files are fifty witnesses.
    expect(files.filter(Boolean).length).toBeLessThan(0.1 * items.length);
  });

  it('is not made of random walks that one lucky stretch has favoured', () => {
    // The same twelve rolls of eight series: half of them tell against it.
    const lucky = around(1, 12, 0.1).map((luck) => luck - 1);
    const gain = lucky.reduce((a, b) => a + b, 0) / 12;
    const items = Array.from({ length: 8 }, (): RollErrors => {
      const naive = around(10);
      return { naive, own: naive.map((error, r) => error * (1 - (lucky[r]! - gain + 0.01))) };
    });
    expect(claims(items, 0.25).some(Boolean)).toBe(false);
  });

  it('is lent to an item with few rolls by what the others show', () => {
    const others = Array.from({ length: 50 }, (): RollErrors => ({ naive: around(10), own: around(7) }));
    const few: RollErrors = { naive: [10, 9], own: [8, 9.5] };
    expect(claims([few])).toEqual([false]);
    expect(claims([...others, few]).at(-1)).toBe(true);
  });

  it('is not made of an item that differs beyond doubt from the others', () => {
    const others = Array.from({ length: 50 }, (): RollErrors => ({ naive: around(10), own: around(7) }));
    const odd: RollErrors = { naive: around(10, 12, 0.05), own: around(20, 12, 0.05) };
    expect(claims([...others, odd]).at(-1)).toBe(false);
  });
});
