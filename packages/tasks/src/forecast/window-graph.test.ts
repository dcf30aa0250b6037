/** The graph that takes a history: its forecasts, its quantiles, and that it survives ONNX. */
import { Random } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { expect, it } from 'vitest';
import type { SalesHistory } from './history.ts';
import { type ItemForecast, QUANTILES } from './model.ts';
import { windowGraph, windowModel } from './window-graph.ts';

const WEEK = [5, 3, 4, 6, 8, 12, 10];

it('tells the season of a history that it has not seen, with quantiles that rise and do not fall below zero', async () => {
  const random = new Random(7);
  const series = Array.from({ length: 20 }, (_, i) =>
    Float64Array.from({ length: 140 }, (_, t) =>
      Math.max(0, (i + 1) * (WEEK[t % 7]! + random.normal(0, 0.5))),
    ),
  );
  const history = { items: series.map((values) => ({ values })) } as unknown as SalesHistory;
  const forecasts = series.map(
    (_, place) =>
      ({ place, season: 7, mean: new Float64Array(7), isNonNegative: true }) as unknown as ItemForecast,
  );
  const model = windowModel(history, forecasts)!;
  expect(model.error).toBeLessThan(model.naiveError);

  const compiled = await compile(writeOnnx(windowGraph(model)));
  try {
    const seen = Float32Array.from(
      { length: model.window },
      (_, t) => 50 * WEEK[(t + 7 - (model.window % 7)) % 7]!,
    );
    const { mean, quantiles } = await compiled.run({
      history: { dtype: 'float32', dims: [1, model.window], data: seen },
    });
    for (const [k, value] of [...(mean!.data as Float32Array)].entries()) {
      expect(Math.abs(value / (50 * WEEK[k]!) - 1)).toBeLessThan(0.1);
      const own = [
        ...(quantiles!.data as Float32Array).subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length),
      ];
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(own[0]).toBeGreaterThanOrEqual(0);
    }
  } finally {
    await compiled.close();
  }
}, 30_000);
