/**
 * N-HiTS (Challu, Olivares, Oreshkin, Garza, Mergenthaler-Canseco and Dubrawski, 2023): a forecast as a sum of blocks, each of which sees
 * the past at its own rate (pooled) and tells the future at as coarse a rate (interpolated), and leaves to the next what it has not
 * explained. Beside them one linear layer from the past to the future (DLinear and NLinear: Zeng et al., 2023), which alone is hard to beat.
 */
import { checkOptions } from '@gradus/base';
import { constant, type Tensor } from '@gradus/engine';
import { zeros } from '../initializers.ts';
import { dense } from '../layers/dense.ts';
import { Module, stateOf } from '../module.ts';

export interface NHitsOptions {
  /** Values of the past. */
  readonly window: number;
  /** Steps of the future. */
  readonly horizon: number;
  /** By block, how many values it sees and tells as one. Default: 4, 2, 1. */
  readonly rates?: readonly number[];
  /** Units of the two hidden layers of each block. Default: 64. */
  readonly hidden?: number;
}

/** [batch, window] -> [batch, horizon]; the past is to have no level and one scale. */
export function nHits(options: NHitsOptions): NHits {
  checkOptions('nHits', options, { window: true, horizon: true, rates: true, hidden: true });
  return new NHits(options);
}

export class NHits extends Module {
  readonly linear;
  readonly blocks: readonly NHitsBlock[];

  constructor({ window, horizon, rates = [4, 2, 1], hidden = 64 }: NHitsOptions) {
    super();
    this.linear = dense(horizon, { initializer: zeros });
    this.blocks = rates.map((rate) => new NHitsBlock(window, horizon, rate, hidden));
  }

  forward(past: Tensor): Tensor {
    let left = past;
    let told = this.linear.forward(past);
    for (const block of this.blocks) {
      const { backcast, forecast } = block.pass(left);
      left = left.sub(backcast);
      told = told.add(forecast);
    }
    return told;
  }
}

export class NHitsBlock extends Module {
  readonly first;
  readonly second;
  readonly coefficients;
  /** [window, pooled] and [pooled + coarse, window + horizon], in rows: fixed. */
  readonly pooling: Float32Array;
  readonly interpolation: Float32Array;
  readonly #window: number;
  readonly #horizon: number;

  constructor(window: number, horizon: number, rate: number, hidden: number) {
    super();
    [this.#window, this.#horizon] = [window, horizon];
    const [pooled, coarse] = [Math.ceil(window / rate), Math.ceil(horizon / rate)];
    this.first = dense(hidden);
    this.second = dense(hidden);
    this.coefficients = dense(pooled + coarse, { initializer: zeros });
    this.pooling = poolingOf(window, pooled, rate);
    this.interpolation = besideEachOther(
      interpolationOf(pooled, window),
      pooled,
      interpolationOf(coarse, horizon),
      coarse,
    );
  }

  pass(past: Tensor): { backcast: Tensor; forecast: Tensor } {
    const end = this.#window + this.#horizon;
    const pooled = past.matmul(matrix(this.pooling, this.#window));
    const hidden = this.second.forward(this.first.forward(pooled).relu()).relu();
    const both = this.coefficients
      .forward(hidden)
      .matmul(matrix(this.interpolation, this.interpolation.length / end));
    return {
      backcast: both.slice([0], [this.#window], [1]),
      forecast: both.slice([this.#window], [end], [1]),
    };
  }

  forward(past: Tensor): Tensor {
    return this.pass(past).forecast;
  }
}

const matrix = (data: Float32Array, rows: number): Tensor =>
  constant({ dtype: 'float32', dims: [rows, data.length / rows], data });

/** Means of `rate` values each, counted from the last. */
function poolingOf(window: number, pooled: number, rate: number): Float32Array {
  const data = new Float32Array(window * pooled);
  for (let t = 0; t < window; t++) {
    const place = pooled - 1 - Math.floor((window - 1 - t) / rate);
    const size = place === 0 ? window - rate * (pooled - 1) : rate;
    data[t * pooled + place] = 1 / size;
  }
  return data;
}

/** A line between neighbours, which lie evenly over all steps. */
function interpolationOf(coarse: number, steps: number): Float32Array {
  const data = new Float32Array(coarse * steps);
  for (let t = 0; t < steps; t++) {
    const at = Math.max(0, Math.min(coarse - 1, ((t + 0.5) * coarse) / steps - 0.5));
    const low = Math.floor(at);
    data[low * steps + t]! += 1 - (at - low);
    if (low + 1 < coarse) data[(low + 1) * steps + t]! += at - low;
  }
  return data;
}

/** [a, m] and [b, n] as the two blocks of [a + b, m + n]. */
function besideEachOther(left: Float32Array, a: number, right: Float32Array, b: number): Float32Array {
  const [m, n] = [left.length / a, right.length / b];
  const data = new Float32Array((a + b) * (m + n));
  for (let row = 0; row < a; row++) data.set(left.subarray(row * m, (row + 1) * m), row * (m + n));
  for (let row = 0; row < b; row++) data.set(right.subarray(row * n, (row + 1) * n), (a + row) * (m + n) + m);
  return data;
}

/** x W + b, the weight [in, out] in rows. */
export interface Affine {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** A trained network as plain matrices, for where one forecast is wanted and no graph runs. */
export interface NHitsMatrices {
  /** [window, horizon] */
  readonly linear: Affine;
  /** [window, hidden], [hidden, hidden], [hidden, window + horizon]: pooling and interpolation are folded in. */
  readonly blocks: readonly (readonly [Affine, Affine, Affine])[];
}

/** @throws where the network has no parameters yet */
export function matricesOf(net: NHits): NHitsMatrices {
  const state = stateOf(net);
  const affine = (name: string): Affine => ({
    weight: Float32Array.from(state[`${name}.weight`]!.data as Float32Array),
    bias: Float32Array.from(state[`${name}.bias`]!.data as Float32Array),
  });
  return {
    linear: affine('linear'),
    blocks: net.blocks.map(({ pooling, interpolation }, b) => {
      const [first, second, coefficients] = ['first', 'second', 'coefficients'].map((name) =>
        affine(`blocks.${b}.${name}`),
      ) as [Affine, Affine, Affine];
      const pooled = first.weight.length / first.bias.length;
      const coarse = coefficients.bias.length;
      return [
        { weight: product(pooling, first.weight, pooled), bias: first.bias },
        second,
        {
          weight: product(coefficients.weight, interpolation, coarse),
          bias: product(coefficients.bias, interpolation, coarse),
        },
      ] as const;
    }),
  };
}

/** What a trained network tells of many windows, as a graph: [batch, window] -> [batch, horizon]. */
export function nHitsGraph({ linear, blocks }: NHitsMatrices, past: Tensor): Tensor {
  const affine = (x: Tensor, { weight, bias }: Affine): Tensor =>
    x.matmul(matrix(weight, weight.length / bias.length)).add(matrix(bias, 1));
  const window = linear.weight.length / linear.bias.length;
  let left = past;
  let told = affine(past, linear);
  for (const [first, second, coefficients] of blocks) {
    const both = affine(affine(affine(left, first).relu(), second).relu(), coefficients);
    left = left.sub(both.slice([0], [window], [1]));
    told = told.add(both.slice([window], [coefficients.bias.length], [1]));
  }
  return told;
}

/** What a trained network tells of one window: [window] -> [horizon]. */
export function nHitsForecast({ linear, blocks }: NHitsMatrices, past: Float32Array): Float32Array {
  const { length: window } = past;
  const left = Float32Array.from(past);
  const told = times(past, linear);
  for (const [first, second, coefficients] of blocks) {
    const both = times(rectified(times(rectified(times(left, first)), second)), coefficients);
    for (let t = 0; t < window; t++) left[t]! -= both[t]!;
    for (let k = 0; k < told.length; k++) told[k]! += both[window + k]!;
  }
  return told;
}

function times(x: Float32Array, { weight, bias }: Affine): Float32Array {
  const { length: units } = bias;
  const y = Float32Array.from(bias);
  for (let k = 0; k < x.length; k++) {
    const value = x[k]!;
    if (value === 0) continue;
    const row = k * units;
    for (let u = 0; u < units; u++) y[u]! += value * weight[row + u]!;
  }
  return y;
}

const rectified = (x: Float32Array): Float32Array => x.map((value) => Math.max(0, value));

/** [rows, inner] times [inner, columns], in rows. */
function product(a: Float32Array, b: Float32Array, inner: number): Float32Array {
  const [rows, columns] = [a.length / inner, b.length / inner];
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < inner; k++) {
      const value = a[row * inner + k]!;
      if (value === 0) continue;
      for (let column = 0; column < columns; column++)
        data[row * columns + column]! += value * b[k * columns + column]!;
    }
  }
  return data;
}
