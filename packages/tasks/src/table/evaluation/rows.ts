/** Rows that are judged, in the form that metrics take; and some of them. */
import { numberedClusters } from '@gradus/stats';
import { pickRows, widthOf } from '../../shared/probabilities.ts';
import type { Answered, Judged } from '../answers.ts';

interface Common {
  readonly answers: Answered;
  readonly weights?: Float64Array | undefined;
  /** Of each row, from 0. */
  readonly clusters?: Int32Array | undefined;
}

export interface ClassRows extends Common {
  readonly kind: 'classes';
  /** How many there are. */
  readonly classes: number;
  readonly truth: Int32Array;
}

export interface NumberRows extends Common {
  readonly kind: 'numbers';
  readonly truth: Float64Array;
}

export type Rows = ClassRows | NumberRows;

/** Of one group alone the rows have to stand for themselves: what groups differ by is not seen. */
export function rowsOf({ target, answers, weights, groups }: Judged): Rows {
  const clusters = groups && numberedClusters(groups);
  const common = {
    answers,
    weights,
    clusters: clusters?.some((cluster) => cluster > 0) ? clusters : undefined,
  };
  return target.kind === 'classes'
    ? { kind: 'classes', classes: target.classes.length, truth: target.labels, ...common }
    : { kind: 'numbers', truth: target.values, ...common };
}

export function pickJudged(rows: Rows, places: readonly number[]): Rows {
  const { weights, clusters } = rows;
  const width = rows.kind === 'classes' ? widthOf(rows.classes) : 1;
  const common = {
    answers: pickRows(rows.answers, places, width),
    weights: weights && pickRows(weights, places),
    clusters: clusters && Int32Array.from(places, (place) => clusters[place]!),
  };
  return rows.kind === 'classes'
    ? { ...rows, ...common, truth: Int32Array.from(places, (place) => rows.truth[place]!) }
    : { ...rows, ...common, truth: pickRows(rows.truth, places) };
}
