/**
 * The seasons that a series itself shows, where its dates do not tell them: lags at which what is left without trend is most like
 * itself. Of a lag and its multiples, which are as alike, the shortest is taken; when that season is out, a longer one may appear (the
 * week behind the day).
 */
import { autocorrelation, seasonalIndices } from './seasonal-indices.ts';

export interface DetectSeasonsOptions {
  /** Lags to look at. Default: all from 2 to a third of the series, at most 400. */
  readonly candidates?: readonly number[];
  /** How many seasons at most. Default 2. */
  readonly most?: number;
}

const LONGEST = 400;
/** Cycles that a season has to be seen. */
const FEWEST_CYCLES = 3;
/** The correlation that a season has at least, beyond what chance explains. */
const ALIKE = 0.3;
/** The 99 % point of the normal distribution, one-sided: several lags are looked at. */
const Z99 = 2.326;
const MULTIPLES = 3;
/** Between a value and the next of its season the correlation falls below this share. */
const DIP = 0.5;
/** A shorter lag this near to the best one is the season, and the best its multiple. */
const NEARLY = 0.85;

/** @returns shortest first; none where nothing repeats */
export function detectSeasons(series: Float64Array, options: DetectSeasonsOptions = {}): number[] {
  const { most = 2 } = options;
  const longest = Math.min(LONGEST, Math.floor(series.length / FEWEST_CYCLES));
  const candidates = (
    options.candidates ?? Array.from({ length: Math.max(0, longest - 1) }, (_, i) => i + 2)
  ).filter((lag) => lag >= 2 && lag <= longest);
  const seasons: number[] = [];
  let rest = changesOf(series);
  while (seasons.length < most) {
    const season = strongest(rest, candidates, seasons);
    if (!season) break;
    seasons.push(season);
    const indices = seasonalIndices(rest, season, 'additive');
    if (!indices) break;
    rest = rest.map((value, t) => value - indices[t % season]!);
  }
  return seasons.sort((a, b) => a - b);
}

/** Steps, so that a trend is a constant. */
function changesOf(series: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.max(0, series.length - 1) }, (_, t) => series[t + 1]! - series[t]!);
}

function strongest(
  rest: Float64Array,
  candidates: readonly number[],
  known: readonly number[],
): number | undefined {
  const fitting = candidates.filter((lag) => !known.includes(lag) && rest.length >= FEWEST_CYCLES * lag - 1);
  if (fitting.length === 0) return undefined;
  const correlation = likeness(rest, Math.max(...fitting) + 1);
  const limit = Math.max(ALIKE, Z99 / Math.sqrt(rest.length));
  // What is left of a known season shows at its multiples too.
  const left = Math.max(-ALIKE, ...known.map((season) => correlation[season] ?? 0));
  const peaks = fitting.filter((lag) => {
    const here = correlation[lag]!;
    const isPeak = here >= Math.max(correlation[lag - 1]!, correlation[lag + 1] ?? -1);
    // A slow swing is like itself a step later too; a season is so only after it has not been.
    const dip = correlation.subarray(1, lag).reduce((least, value) => Math.min(least, value), 1);
    return here > limit && here - left > ALIKE / 2 && isPeak && dip < here * DIP;
  });
  const best = Math.max(...peaks.map((lag) => correlation[lag]!));
  return peaks.sort((a, b) => a - b).find((lag) => correlation[lag]! >= NEARLY * best);
}

/** By lag, the mean correlation at the lag and its next multiples, which tells 24 from 23 where one alone would not. */
function likeness(rest: Float64Array, most: number): Float64Array {
  const correlation = autocorrelation(rest, Math.min(rest.length - 1, MULTIPLES * most));
  return Float64Array.from({ length: most + 1 }, (_, lag) => {
    const multiples = Array.from({ length: MULTIPLES }, (_, k) => correlation[(k + 1) * lag]).filter(
      (value) => value !== undefined,
    );
    return multiples.reduce((sum, value) => sum + value, 0) / multiples.length;
  });
}
