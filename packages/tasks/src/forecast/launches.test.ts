/** New items are told by how other items began, where that tells more than their first steps. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fitForecasts } from './fit.ts';
import type { Grid } from './grid.ts';
import type { ItemHistory } from './history.ts';

const WEEKS: Grid = { kind: 'even', length: 7 * 86_400_000, phase: 0 };
const WEEKS_OLD = 60;

/** Launches rise to a peak in the fifth week and fade; drinks peak three times as high as snacks. */
const launched = (random: Random, kind: string, weeks: number): Float64Array => {
  const size = (kind === 'drinks' ? 300 : 100) * Math.exp(random.normal(0, 0.15));
  return Float64Array.from({ length: weeks }, (_, t) =>
    Math.round(size * ((t + 1) / 5) * Math.exp(1 - (t + 1) / 5) * Math.exp(random.normal(0, 0.1)) + 20),
  );
};

async function forecastsWith(fresh: readonly ItemHistory[]) {
  const random = new Random('launches');
  const item = (name: string, kind: string, values: Float64Array): ItemHistory => ({
    item: name,
    levels: { item: name, kind },
    grid: 0,
    first: WEEKS_OLD - values.length,
    values,
    covariates: {},
  });
  const items = [
    item(
      'old',
      'snacks',
      Float64Array.from({ length: WEEKS_OLD }, () => 80 + random.below(20)),
    ),
    ...Array.from({ length: 14 }, (_, i) => {
      const kind = i % 2 === 0 ? 'drinks' : 'snacks';
      return item(`launch ${i}`, kind, launched(random, kind, 22 + 2 * i));
    }),
    ...fresh,
  ];
  const { forecasts } = await fitForecasts(
    {
      file: 'sales.csv',
      columns: { layout: 'long', keys: ['item', 'kind'] },
      grids: [WEEKS],
      items,
      covariates: [],
      setAside: [],
      rows: { read: 1, used: 1, setAside: 0 },
      notes: [],
    },
    { horizon: 10, random: new Random(1) },
  );
  return forecasts;
}

describe('new items', () => {
  const fresh = (kind: string): ItemHistory => ({
    item: `new ${kind}`,
    levels: { item: `new ${kind}`, kind },
    grid: 0,
    first: WEEKS_OLD - 2,
    values: Float64Array.from(kind === 'drinks' ? [180, 280] : [72, 110]),
    covariates: {},
  });

  it('follow the curve of past launches of their kind, and say which', async () => {
    const forecasts = await forecastsWith([fresh('drinks'), fresh('snacks')]);
    const [drinks, snacks] = forecasts.slice(-2);
    for (const one of [drinks!, snacks!]) {
      expect(one.method).toBe('analogy');
      expect(one.analogy!.error).toBeLessThan(one.analogy!.plainError);
      // The peak is still to come, and what follows it falls.
      expect(Math.max(...one.mean)).toBeGreaterThan(one.mean[9]! * 1.2);
      expect(one.quantiles.every((value) => value >= 0)).toBe(true);
    }
    expect(drinks!.mean[2]!).toBeGreaterThan(2 * snacks!.mean[2]!);
    expect(forecasts[0]!.method).not.toBe('analogy');
  });
});
