/** For whom a model is worse: its chosen figure on parts of the rows, against that of all rows. */
import { benjaminiHochberg, pValueOf, uncertaintyOf } from '@gradus/stats';
import { slicesOf } from '../../shared/slices.ts';
import { SIGNIFICANT } from '../../shared/standing.ts';
import type { Judged } from '../answers.ts';
import { estimate, isRanking, type Measured, rarest } from './estimates.ts';
import type { TableSlice } from './evaluation.ts';
import { type MetricName, metricOf } from './metrics.ts';
import { pickJudged, type Rows } from './rows.ts';

/** A ranking of fewer rows of a class is chance. */
const FEWEST_OF_CLASS = 5;

export function measureSlices(
  { slices, times }: Pick<Judged, 'slices' | 'times'>,
  rows: Rows,
  metric: MetricName,
  all: Measured,
): TableSlice[] {
  const { isGain } = metricOf(metric);
  const measured = slicesOf({
    rows: rows.truth,
    slices,
    times: times && Array.from(times, (time) => (Number.isNaN(time) ? null : time)),
  }).flatMap((slice) => {
    const part = pickJudged(rows, slice.rows);
    const { value, interval, influence, uncertainty } = estimate(metric, part);
    if (!Number.isFinite(value) || uncertainty.pieces < 2) return [];
    if (isRanking(metric) && rarest(part) < FEWEST_OF_CLASS) return [];
    // The slice is among all rows: their influences are subtracted row by row before anything is squared.
    const difference = all.influence.map((each) => -each);
    for (const [i, place] of slice.rows.entries()) difference[place]! += influence[i]!;
    const { standardError } = uncertaintyOf(difference, rows.clusters);
    const gain = isGain ? value - all.value : all.value - value;
    const pValue = pValueOf(gain, { ...uncertainty, standardError });
    return [
      { name: slice.name, n: slice.rows.length, value, interval, gain, pValue, isNewest: slice.isNewest },
    ];
  });
  const adjusted = benjaminiHochberg(measured.map(({ pValue }) => pValue));
  return measured.map(({ gain, ...slice }, i) => ({
    ...slice,
    pValue: adjusted[i]!,
    isWorse: gain < 0 && adjusted[i]! <= SIGNIFICANT,
  }));
}
