/**
 * Trend, season and rest by locally weighted lines (Cleveland, Cleveland, McRae and Terpenning, "STL: A Seasonal-Trend
 * Decomposition Procedure Based on Loess", 1990), without its robust weights, and for several seasons (Bandara, Hyndman and
 * Bergmeir, "MSTL", 2021), each taken out in turn, the shortest first, twice.
 */
import { loess } from './loess.ts';

export interface Decomposition {
  readonly trend: Float64Array;
  /** By season, in the order asked for. */
  readonly seasonal: readonly Float64Array[];
}

export interface StlOptions {
  /** Seasons that one place of the season is smoothed over, an odd number: the fewer, the faster it may change. Default 7. */
  readonly window?: number;
}

const INNER = 2;
/** Of several seasons: windows of the first and, as they grow, of those after it (Bandara et al., section 3). */
const FIRST_WINDOW = 11;
const WINDOW_GROWTH = 4;
const ROUNDS = 2;

/** @returns undefined for fewer than two seasons */
export function stl(
  series: Float64Array,
  season: number,
  { window = 7 }: StlOptions = {},
): { readonly trend: Float64Array; readonly seasonal: Float64Array } | undefined {
  const n = series.length;
  if (season < 2 || n < 2 * season) return undefined;
  const trendWindow = oddFrom(Math.ceil((1.5 * season) / (1 - 1.5 / window)));
  const lowPass = oddFrom(season + 1);
  let trend: Float64Array = new Float64Array(n);
  let seasonal: Float64Array = new Float64Array(n);
  for (let round = 0; round < INNER; round++) {
    const cycles = smoothCycles(
      series.map((value, t) => value - trend[t]!),
      season,
      window,
    );
    const low = loess(average(average(average(cycles, season), season), 3), lowPass);
    seasonal = Float64Array.from({ length: n }, (_, t) => cycles[t + season]! - low[t]!);
    trend = loess(
      series.map((value, t) => value - seasonal[t]!),
      trendWindow,
    );
  }
  return { trend, seasonal };
}

/** @returns undefined for fewer than two of the shortest season; longer ones that do not fit twice are 0 */
export function mstl(series: Float64Array, seasons: readonly number[]): Decomposition | undefined {
  const n = series.length;
  const order = seasons.map((_, i) => i).sort((a, b) => seasons[a]! - seasons[b]!);
  const fitting = order.filter((i) => seasons[i]! >= 2 && n >= 2 * seasons[i]!);
  if (fitting.length === 0) return undefined;
  const seasonal = seasons.map(() => new Float64Array(n));
  const rest = series.slice();
  let trend: Float64Array = new Float64Array(n);
  for (let round = 0; round < (fitting.length > 1 ? ROUNDS : 1); round++) {
    for (const [place, i] of fitting.entries()) {
      const own = seasonal[i]!;
      for (let t = 0; t < n; t++) rest[t]! += own[t]!;
      const parts = stl(rest, seasons[i]!, { window: FIRST_WINDOW + WINDOW_GROWTH * place })!;
      own.set(parts.seasonal);
      trend = Float64Array.from(parts.trend);
      for (let t = 0; t < n; t++) rest[t]! -= own[t]!;
    }
  }
  return { trend, seasonal };
}

/** Every place of the season smoothed over the seasons, and drawn further by one season at both ends. */
function smoothCycles(series: Float64Array, season: number, window: number): Float64Array {
  const n = series.length;
  const answer = new Float64Array(n + 2 * season);
  for (let place = 0; place < season; place++) {
    const count = Math.floor((n - place - 1) / season) + 1;
    const values = Float64Array.from({ length: count }, (_, i) => series[place + i * season]!);
    const smooth = loess(values, window, 1);
    for (let i = 0; i < count + 2; i++) answer[place + i * season] = smooth[i]!;
  }
  return answer;
}

function average(series: Float64Array, window: number): Float64Array {
  const answer = new Float64Array(series.length - window + 1);
  let sum = 0;
  for (let t = 0; t < series.length; t++) {
    sum += series[t]!;
    if (t >= window) sum -= series[t - window]!;
    if (t >= window - 1) answer[t - window + 1] = sum / window;
  }
  return answer;
}

function oddFrom(value: number): number {
  return value % 2 === 1 ? value : value + 1;
}
