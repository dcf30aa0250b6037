/** Networks of others: what is asked of them, how they are read, and that one which knows better is used. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { concat, constant, type Graph, input, type Tensor, writeOnnx } from '@gradus/engine';
import { afterAll, describe, expect, it } from 'vitest';
import { fitForecasts } from '../fit.ts';
import type { SalesHistory } from '../history.ts';
import { openNetwork } from './network.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-network-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const written = (
  name: string,
  inputs: Graph<Tensor>['inputs'],
  outputs: Graph<Tensor>['outputs'],
): string => {
  const path = join(directory, name);
  writeFileSync(path, writeOnnx({ name: 'network', inputs, outputs }));
  return path;
};

/** The next step of the logistic map, which looks like noise to whoever does not know it. */
const MOST = 100;
const next = (value: number) => 4 * value * (1 - value / MOST);
function logistic(): string {
  const history = input('history', ['batch', 1]);
  const forecast = history.mul(history.mul(-4 / MOST).add(4));
  return written('logistic.onnx', { history }, { forecast });
}

describe('a network', () => {
  it('is asked again where it tells fewer steps than are wanted', async () => {
    await using network = await openNetwork(logistic());
    const [told] = await network.forecasts([Float64Array.of(5, 30)], 3);
    expect(told![0]).toBeCloseTo(next(30), 3);
    expect(told![2]).toBeCloseTo(next(next(next(30))), 2);
  });

  it('may take any history and tell quantiles, of which the middle one counts', async () => {
    const history = input('context', ['batch', 'length']);
    const last = history.mean([1], true).unsqueeze(1);
    const path = written(
      'quantiles.onnx',
      { context: history },
      {
        quantiles: concat([last.mul(0.5), last, last.mul(2)], 1).mul(
          constant({ dtype: 'float32', dims: [1, 1, 2], data: Float32Array.of(1, 1) }, 'ones'),
        ),
      },
    );
    await using network = await openNetwork(path);
    const told = await network.forecasts(
      [Float64Array.of(2, 4), Float64Array.of(1, 2, 6), Float64Array.of(0, 8)],
      2,
    );
    expect(told.map((own) => [...own])).toEqual([
      [3, 3],
      [3, 3],
      [4, 4],
    ]);
  });

  it('that takes something else is refused, and it is said what it takes', async () => {
    const pixels = input('pixels', ['batch', 3, 8, 8]);
    const path = written('images.onnx', { pixels }, { mean: pixels.mean([1, 2, 3]) });
    await expect(openNetwork(path)).rejects.toThrow('pixels float32 [batch, 3, 8, 8]');
  });

  it('that tells nothing is refused', async () => {
    const history = input('history', ['batch', 'length']);
    await using network = await openNetwork(
      written('empty.onnx', { history }, { forecast: history.slice([0], [0], [1]) }),
    );
    await expect(network.forecasts([Float64Array.of(1, 2)], 2)).rejects.toThrow('no step at all');
  });
});

it('a network that knows better forecasts, and what is served without it is said', async () => {
  const items = Array.from({ length: 6 }, (_, i) => {
    const values = new Float64Array(60);
    values[0] = 7 + 11 * i;
    for (let t = 1; t < values.length; t++) values[t] = next(values[t - 1]!);
    return { item: `item ${i}`, levels: {}, grid: 0, first: 0, values, covariates: {} };
  });
  const history: SalesHistory = {
    file: '',
    columns: { layout: 'wide', keys: [] },
    grids: [{ kind: 'order' }],
    items,
    covariates: [],
    setAside: [],
    notes: [],
    rows: { read: 0, used: 0, setAside: 0 },
  };
  await using network = await openNetwork(logistic());
  const { forecasts } = await fitForecasts(history, { horizon: 2, network, random: new Random(1) });
  for (const [i, { mean, weights, ownWeights }] of forecasts.entries()) {
    expect(weights).toEqual({ network: 1 });
    expect(ownWeights).toBeDefined();
    expect(mean[1]! / next(next(items[i]!.values.at(-1)!))).toBeCloseTo(1, 2);
  }
});
