/**
 * One network of all items (N-HiTS), from a window of the past to the steps after it: what no single history is long enough to show, all of
 * them show together. Windows are seen without their level, the mean of the last season, and in units of how far they lie from it, so
 * that large and small, risen and fallen items are one. Two networks see windows of two lengths, and their mean is told: one sees better what
 * changes, the other what comes back.
 *
 * It is trained on the engine, by the absolute error as items are judged, for a bounded number of steps; what it has learnt is a few
 * matrices, by which forecasts are told without a graph.
 */
import type { Random } from '@gradus/base';
import { input } from '@gradus/engine';
import {
  type Affine,
  adamW,
  averaged,
  cosine,
  dataset,
  fit,
  matricesOf,
  type NHitsMatrices,
  nHits,
  nHitsForecast,
  nHitsGraph,
  predict,
} from '@gradus/nn';
import { packed } from '../packed.ts';
import type { Question } from './refits.ts';

/** Lengths of the windows in seasons, where none is shorter than this, and in values at most. */
const SEASONS = [4, 8];
const SHORTEST_SEASON = 3;
const LONGEST = 192;
/** Steps of training, and windows of each. */
const STEPS = 300;
const BATCH = 256;
/** Windows that are learnt from; of more, an even sample. */
const MOST_ROWS = 20_000;
export const FEWEST_ROWS = 400;
const RATE = 2e-3;
const DECAY = 0.01;
const AVERAGING = 0.99;
/** What comes counts as no further from the level than this many units. */
const FURTHEST = 20;

/** Plain data. */
export interface NetworkModel {
  /** Of the items that it was trained on. */
  readonly season: number;
  readonly horizon: number;
  readonly networks: readonly { readonly window: number; readonly matrices: NHitsMatrices }[];
}

/** The same as text, for JSON: numbers of 32 bits in base64. */
export interface StoredNetwork {
  readonly season: number;
  readonly horizon: number;
  readonly networks: readonly {
    readonly window: number;
    readonly linear: StoredAffine;
    readonly blocks: readonly (readonly StoredAffine[])[];
  }[];
}
type StoredAffine = readonly [weight: string, bias: string];

/** A history without holes. */
export interface Windowed {
  readonly values: Float64Array;
}

/**
 * @param items of one season
 * @param until by item: how many values may be learnt from
 * @returns undefined where there are too few windows to learn from
 */
export async function fitNetwork(
  items: readonly Windowed[],
  until: readonly number[],
  season: number,
  horizon: number,
  { random, signal }: { readonly random: Random; readonly signal?: AbortSignal | undefined },
): Promise<NetworkModel | undefined> {
  const longest = until.toSorted((a, b) => a - b)[Math.floor(until.length * 0.75)] ?? 0;
  const windows = SEASONS.map((seasons) =>
    Math.min(LONGEST, seasons * Math.max(season, SHORTEST_SEASON), longest),
  );
  const networks: { window: number; matrices: NHitsMatrices }[] = [];
  for (const window of new Set(windows)) {
    const rows = rowsOf(items, until, { window, season, horizon });
    if (!rows) return undefined;
    const net = nHits({ window, horizon });
    const epochs = Math.ceil(STEPS / Math.ceil(rows.count / BATCH));
    await fit(net, rows.data, {
      loss: ({ past, next, known }) => net.forward(past!).sub(next!).abs().mul(known!).mean(),
      optimizer: averaged(
        adamW({ learningRate: cosine(RATE, epochs * Math.ceil(rows.count / BATCH)), weightDecay: DECAY }),
        AVERAGING,
      ),
      epochs,
      batchSize: BATCH,
      random: random.fork(`window ${window}`),
      // The same on every machine: the number of threads changes the order of sums.
      threads: 1,
      ...(signal && { signal }),
    });
    networks.push({ window, matrices: matricesOf(net) });
  }
  return { season, horizon, networks };
}

interface Shape {
  readonly window: number;
  readonly season: number;
  readonly horizon: number;
}

function rowsOf(items: readonly Windowed[], until: readonly number[], shape: Shape) {
  const { window, season, horizon } = shape;
  const places: { item: number; end: number }[] = [];
  for (const [item, end] of until.entries()) {
    // Windows that reach before the beginning teach what to do with short histories.
    const from = Math.max(season, Math.min(window, Math.ceil(end / 2)), 3);
    for (let origin = from; origin < end; origin++) places.push({ item, end: origin });
  }
  const stride = Math.max(1, places.length / MOST_ROWS);
  const count = Math.floor(places.length / stride);
  if (count < FEWEST_ROWS) return undefined;
  const past = new Float32Array(count * window);
  const next = new Float32Array(count * horizon);
  const known = new Float32Array(count * horizon);
  for (let row = 0; row < count; row++) {
    const { item, end } = places[Math.floor(row * stride)]!;
    const { values } = items[item]!;
    const { level, unit } = writeWindow(values, end, shape, past, row * window);
    for (let k = 0; k < horizon && end + k < until[item]!; k++) {
      next[row * horizon + k] = Math.max(-FURTHEST, Math.min(FURTHEST, (values[end + k]! - level) / unit));
      known[row * horizon + k] = 1;
    }
  }
  const tensor = (data: Float32Array, width: number) => ({
    dtype: 'float32' as const,
    dims: [count, width],
    data,
  });
  return {
    count,
    data: dataset({ past: tensor(past, window), next: tensor(next, horizon), known: tensor(known, horizon) }),
  };
}

/** The values before `end` in units around their level; what lies before the beginning is as the level. */
function writeWindow(
  values: Float64Array,
  end: number,
  { window, season }: Pick<Shape, 'window' | 'season'>,
  into: Float32Array,
  at: number,
): { level: number; unit: number } {
  const from = Math.max(0, end - window);
  let level = 0;
  const last = Math.max(from, end - season);
  for (let t = last; t < end; t++) level += values[t]! / (end - last);
  let apart = 0;
  for (let t = from; t < end; t++) apart += Math.abs(values[t]! - level) / (end - from);
  const unit = apart > 0 ? apart : Math.abs(level) || 1;
  for (let t = from; t < end; t++) into[at + window - (end - t)] = (values[t]! - level) / unit;
  return { level, unit };
}

/** Origins that are told at once. */
const AT_ONCE = 20_000;

/** Forecasts from many origins, by the engine. @returns by question */
export async function networkForecastsOfAll(
  model: NetworkModel,
  items: readonly Windowed[],
  questions: readonly Question[],
): Promise<Float64Array[]> {
  const forecasts: Float64Array[] = [];
  for (let from = 0; from < questions.length; from += AT_ONCE)
    forecasts.push(...(await forecastsAtOnce(model, items, questions.slice(from, from + AT_ONCE))));
  return forecasts;
}

async function forecastsAtOnce(
  { season, horizon, networks }: NetworkModel,
  items: readonly Windowed[],
  questions: readonly Question[],
): Promise<Float64Array[]> {
  const forecasts = packed(questions.map(({ steps }) => new Float64Array(Math.min(steps, horizon))));
  for (const { window, matrices } of networks) {
    const dims = [questions.length, window];
    const data = new Float32Array(questions.length * window);
    const units = questions.map(({ item, origin }, q) =>
      writeWindow(items[item]!.values, origin, { window, season }, data, q * window),
    );
    const past = input('past', ['batch', window]);
    const graph = { name: 'n-hits', inputs: { past }, outputs: { told: nHitsGraph(matrices, past) } };
    const { told } = await predict(graph, dataset({ past: { dtype: 'float32', dims, data } }), {
      threads: 1,
    });
    for (const [q, forecast] of forecasts.entries()) {
      const { level, unit } = units[q]!;
      for (let k = 0; k < forecast.length; k++)
        forecast[k]! += (level + unit * told![q * horizon + k]!) / networks.length;
    }
  }
  return forecasts;
}

/** Forecasts from a few origins, at once. @returns by question */
export function networkForecasts(
  { season, horizon, networks }: NetworkModel,
  items: readonly Windowed[],
  questions: readonly Question[],
): Float64Array[] {
  return questions.map(({ item, origin, steps }) => {
    const forecast = new Float64Array(Math.min(steps, horizon));
    for (const { window, matrices } of networks) {
      const past = new Float32Array(window);
      const { level, unit } = writeWindow(items[item]!.values, origin, { window, season }, past, 0);
      const told = nHitsForecast(matrices, past);
      for (let k = 0; k < forecast.length; k++) forecast[k]! += (level + unit * told[k]!) / networks.length;
    }
    return forecast;
  });
}

export const storedNetwork = ({ season, horizon, networks }: NetworkModel): StoredNetwork => ({
  season,
  horizon,
  networks: networks.map(({ window, matrices: { linear, blocks } }) => ({
    window,
    linear: storedAffine(linear),
    blocks: blocks.map((block) => block.map(storedAffine)),
  })),
});

export const readNetwork = ({ season, horizon, networks }: StoredNetwork): NetworkModel => ({
  season,
  horizon,
  networks: networks.map(({ window, linear, blocks }) => ({
    window,
    matrices: {
      linear: readAffine(linear),
      blocks: blocks.map((block) => block.map(readAffine) as [Affine, Affine, Affine]),
    },
  })),
});

const storedAffine = ({ weight, bias }: Affine): StoredAffine => [stored(weight), stored(bias)];
const readAffine = ([weight, bias]: StoredAffine): Affine => ({ weight: read(weight), bias: read(bias) });
const stored = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
const read = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
