/**
 * For whom a model is worse: its chosen figure on parts of the rows, against that of all rows, and, where it says probabilities,
 * against what these promise of the part. Rows that are harder by nature come out as promised; that is not the model's fault.
 */
import { Random } from '@gradus/base';
import { benjaminiHochberg, pValueOf, type Uncertainty, uncertaintyOf } from '@gradus/stats';
import { probabilityOf } from '../../shared/probabilities.ts';
import { slicesOf } from '../../shared/slices.ts';
import { SIGNIFICANT } from '../../shared/standing.ts';
import type { Judged } from '../answers.ts';
import { estimate, isRanking, type Measured, rarest } from './estimates.ts';
import type { TableSlice } from './evaluation.ts';
import { type MetricName, measure, metricOf } from './metrics.ts';
import { type ClassRows, pickJudged, type Rows } from './rows.ts';

/** A ranking of fewer rows of a class is chance. */
const FEWEST_OF_CLASS = 5;
/** Draws of labels whose mean figure is what probabilities promise; their own error is a sixth of that of the figure. */
const DRAWS = 32;

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
      {
        name: slice.name,
        n: slice.rows.length,
        value,
        interval,
        gain,
        pValue,
        isNewest: slice.isNewest,
        part,
        uncertainty,
      },
    ];
  });
  const adjusted = benjaminiHochberg(measured.map(({ pValue }) => pValue));
  const suspects = measured.filter(({ gain }, i) => gain < 0 && adjusted[i]! <= SIGNIFICANT);
  const broken = benjaminiHochberg(
    suspects.map(({ part, value, uncertainty }) => pOfPromise(metric, part, value, uncertainty)),
  );
  const worse = new Set(suspects.filter((_, i) => broken[i]! <= SIGNIFICANT));
  return measured.map((slice, i) => {
    const { gain: _, part: __, uncertainty: ___, ...shown } = slice;
    return { ...shown, pValue: adjusted[i]!, isWorse: worse.has(slice) };
  });
}

/** How likely a figure this far below what the rows' own probabilities promise is by chance; 0 of numbers, which promise nothing. */
function pOfPromise(metric: MetricName, rows: Rows, value: number, uncertainty: Uncertainty): number {
  if (rows.kind === 'numbers') return 0;
  const promised = promisedFigure(metric, rows);
  const gain = metricOf(metric).isGain ? value - promised : promised - value;
  if (!(gain < 0)) return 1;
  const standardError = uncertainty.standardError * Math.sqrt(1 + 1 / DRAWS);
  return pValueOf(gain, { ...uncertainty, standardError });
}

/** The mean figure of the same rows if each was of a class as often as the model says. */
function promisedFigure(metric: MetricName, rows: ClassRows): number {
  const random = new Random('promised');
  const figures = Array.from({ length: DRAWS }, () =>
    measure(metric, { ...rows, truth: drawn(rows, random) }),
  )
    .map(({ value }) => value)
    .filter(Number.isFinite);
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

function drawn({ truth, answers, classes }: ClassRows, random: Random): Int32Array {
  return truth.map((_, row) => {
    let left = random.uniform();
    for (let label = 0; label < classes - 1; label++) {
      left -= probabilityOf(answers, row, label, classes);
      if (left < 0) return label;
    }
    return classes - 1;
  });
}
