/** What else readers want to know: class by class, or of numbers their intervals and errors. */
import { confusionMatrix, meanInfluence, quantile, reliabilityBins } from '@gradus/stats';
import { calibrated } from '../../shared/classifier.ts';
import { decide, hits } from '../../shared/probabilities.ts';
import type { Judged } from '../answers.ts';
import type { ClassTarget } from '../columns.ts';
import { shareOf } from './estimates.ts';
import type { ClassDetail, ClassReading, NumberDetail } from './evaluation.ts';
import { type ClassRows, type NumberRows, pickJudged, type Rows } from './rows.ts';

/** What a model that may say nothing said; the promise that it does so for. */
export interface AbstentionOutcome {
  readonly errorRate: number;
  /** By row. */
  readonly isGiven: readonly boolean[];
}

const TOP_SHARE = 0.1;
const PROMISED = 0.9;
const MOST_POINTS = 500;
const BINS = 10;
/** Fewer rows have no tenths. */
const FEWEST_ROWS = 50;

export function classDetail(
  rows: ClassRows,
  { classes }: ClassTarget,
  abstention?: AbstentionOutcome,
): ClassDetail {
  const { truth, answers, weights } = rows;
  const decisions = decide(answers, classes.length);
  const [events, chances] = calibrated(truth, answers, classes.length);
  return {
    kind: 'classes',
    classes,
    confusion: confusionMatrix(truth, decisions, classes.length),
    reliability: reliabilityBins(events, chances, BINS, weights),
    perClass: classes.map((_, k) => readingOf(rows, decisions, k)),
    top: classes.length === 2 ? topOf(rows) : null,
    abstention: abstention ? promiseKept(rows, abstention) : null,
  };
}

function readingOf(rows: ClassRows, decisions: Int32Array, k: number): ClassReading {
  const { truth } = rows;
  const said = placesWhere(decisions, (decision) => decision === k);
  const actual = placesWhere(truth, (label) => label === k);
  return {
    base: shareOf(
      Uint8Array.from(truth, (label) => Number(label === k)),
      rows,
    ).value,
    said: said.length,
    precision: shareAmong(rows, said, (row) => truth[row] === k),
    recall: shareAmong(rows, actual, (row) => decisions[row] === k),
  };
}

function topOf(rows: ClassRows): ClassDetail['top'] {
  const { truth, answers } = rows;
  const order = [...truth.keys()].sort((a, b) => answers[b]! - answers[a]!);
  const top = order.slice(0, Math.max(1, Math.round(TOP_SHARE * order.length)));
  return { n: top.length, precision: shareAmong(rows, top, (row) => truth[row] === 1)! };
}

function promiseKept(rows: ClassRows, { errorRate, isGiven }: AbstentionOutcome): ClassDetail['abstention'] {
  const right = hits(rows.truth, rows.answers, rows.classes);
  const given = placesWhere(isGiven, (each) => each);
  return {
    errorRate,
    coverage: shareOf(Uint8Array.from(isGiven, Number), rows),
    observed: shareAmong(rows, given, (row) => right[row] === 0) ?? { value: 0, interval: [0, 1] },
  };
}

export function numberDetail(rows: NumberRows, { low, high }: Pick<Judged, 'low' | 'high'>): NumberDetail {
  const { truth, answers, weights } = rows;
  const n = truth.length;
  const step = Math.max(1, n / MOST_POINTS);
  const sample = Array.from({ length: Math.min(n, MOST_POINTS) }, (_, i) => Math.floor(i * step));
  const isHeld = low && high && truth.map((value, row) => Number(low[row]! <= value && value <= high[row]!));
  return {
    kind: 'numbers',
    intervals:
      isHeld && low && high
        ? {
            promised: PROMISED,
            coverage: shareOf(isHeld, rows),
            meanWidth: meanInfluence(
              high.map((end, row) => end - low[row]!),
              weights,
            ).value,
          }
        : null,
    spread: [quantile(truth, 0.05), quantile(truth, 0.95)],
    points: sample.map((row) => [truth[row]!, answers[row]!]),
    tenths: n < FEWEST_ROWS ? [] : tenthsOf(rows),
  };
}

function tenthsOf(rows: NumberRows): NumberDetail['tenths'] {
  const { truth, answers } = rows;
  const order = [...truth.keys()].sort((a, b) => answers[a]! - answers[b]!);
  return Array.from({ length: BINS }, (_, bin) => {
    const places = order.slice(
      Math.round((bin * order.length) / BINS),
      Math.round(((bin + 1) * order.length) / BINS),
    );
    const part = pickJudged(rows, places);
    return {
      n: places.length,
      predicted: meanInfluence(part.answers, part.weights).value,
      actual: meanInfluence(part.truth, part.weights).value,
    };
  });
}

function placesWhere<T>(values: ArrayLike<T>, holds: (value: T) => boolean): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) if (holds(values[i]!)) places.push(i);
  return places;
}

/** Null among no rows. */
function shareAmong(rows: Rows, places: readonly number[], holds: (row: number) => boolean) {
  if (places.length === 0) return null;
  const of = Uint8Array.from(places, (place) => Number(holds(place)));
  const { weights, clusters } = pickJudged(rows, places);
  return shareOf(of, { weights, clusters });
}
