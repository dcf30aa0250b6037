/** A lockdown is named and not learnt from; a season, an item that stopped and rare sales are none. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../grid.ts';
import { disruptionsOf, withoutDisruptions } from './disruptions.ts';

const DAYS: Grid = { kind: 'even', length: 86_400_000, phase: 0 };
const MONTHS: Grid = { kind: 'calendar', months: 1, phase: 0, day: 1, clock: 0 };
const random = new Random('lockdown');
const daily = (length: number, of = (_: number) => 1): Float64Array =>
  Float64Array.from(
    { length },
    (_, t) => (20 + 8 * Number(t % 7 < 2)) * Math.exp(random.normal(0, 0.2)) * of(t),
  );
const found = (values: Float64Array, grid: Grid = DAYS) =>
  disruptionsOf({ values }, grid).map(({ from, to }) => [from, to]);

describe('disruptions', () => {
  it.each([
    ['zeros', 0],
    ['a deep drop', 0.1],
  ])('are found as %s between sales as usual', (_, left) => {
    expect(found(daily(500, (t) => (t >= 200 && t < 240 ? left : 1)))).toEqual([[200, 240]]);
    expect(
      found(
        daily(80, (t) => (t >= 40 && t < 46 ? left : 1)).map((v) => v * 30),
        MONTHS,
      ),
    ).toEqual([[40, 46]]);
  });

  it.each([
    ['nothing happened', daily(500)],
    ['a low that comes every year', daily(1100, (t) => (t % 365 >= 200 && t % 365 < 240 ? 0.05 : 1))],
    ['an item that stopped', daily(500, (t) => (t >= 420 ? 0 : 1))],
    ['sales now and then', Float64Array.from({ length: 400 }, () => (random.uniform() < 0.3 ? 3 : 0))],
    ['closed weekends', daily(500, (t) => (t % 7 < 2 ? 0 : 1))],
    ['a new level', daily(500, (t) => (t < 250 ? 0.2 : 1))],
  ])('are none: %s', (_, values) => {
    expect(found(values)).toEqual([]);
  });

  it('become steps that are not known, and are named with their dates', () => {
    const values = daily(500, (t) => (t >= 200 && t < 240 ? 0 : 1));
    const { items, notes } = withoutDisruptions({
      file: 'sales.csv',
      columns: { layout: 'long', keys: ['item'] },
      grids: [DAYS],
      items: [{ item: 'tea', levels: {}, grid: 0, first: 18_000, values, covariates: {} }],
      covariates: [],
      setAside: [],
      rows: { read: 500, used: 500, setAside: 0 },
      notes: [],
    });
    expect(items[0]!.values.filter(Number.isNaN)).toHaveLength(40);
    expect(notes[0]!.en).toMatch(/^From 2019-10-31 to 2019-12-09 "tea" sold 0% of what is usual/);
    expect(notes[0]!.zh).toMatch(/不用于学习/);
  });
});
