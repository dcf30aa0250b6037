/**
 * Has one feature drifted? The method is chosen by type and size as Evidently does: a test while the reference is small
 * enough for its power to be about right; beyond, where a test calls every trifle significant, a distance.
 *
 * | reference | numeric | categorical, or numeric of at most 5 values |
 * | --- | --- | --- |
 * | at most 1,000 | Kolmogorov–Smirnov, p < 0.05 | chi-squared, p < 0.05 |
 * | more | Wasserstein over standard deviation ≥ 0.1 | Jensen–Shannon ≥ 0.1 |
 *
 * One look at one feature: over many, one in twenty tests is wrong. `DriftMonitor` corrects for that.
 *
 * Source: https://docs-old.evidentlyai.com/reference/data-drift-algorithm. For two categories it takes the z-test, which
 * is the same as chi-squared here: ours counts the reference as a sample too.
 */
import { UserError } from '@gradus/base';
import { chiSquared } from '../inference/chi-squared.ts';
import { kolmogorovSmirnov } from '../inference/kolmogorov-smirnov.ts';
import { aligned, type Column, countsOf } from './column.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { wassersteinNormed } from './wasserstein.ts';

export interface Drift {
  readonly method: 'kolmogorov-smirnov' | 'chi-squared' | 'wasserstein' | 'jensen-shannon';
  /** A p-value of the tests; a distance otherwise. */
  readonly score: number;
  readonly threshold: number;
  readonly drifted: boolean;
}

const SMALL = 1000;
const FEW_VALUES = 5;
const LEVEL = 0.05;
const DISTANCE = 0.1;

const KINDS = { numeric: '数值型', categorical: '类别型' } as const;

/** Missing values are left out. @throws UserError where the types differ, or a sample holds no values. */
export function detectDrift(reference: Column, current: Column): Drift {
  if (reference.kind !== current.kind) {
    throw new UserError({
      en: `The reference is ${reference.kind} and the current sample ${current.kind}.`,
      zh: `参照数据为${KINDS[reference.kind]}，当前样本为${KINDS[current.kind]}。`,
    });
  }
  const [before, now] = [present(reference), present(current)];
  if (before.length === 0 || now.length === 0) {
    const [en, zh] = before.length === 0 ? ['reference', '参照数据'] : ['current sample', '当前样本'];
    throw new UserError({ en: `The ${en} holds no values.`, zh: `${zh}没有任何值。` });
  }
  const small = before.length <= SMALL;
  if (reference.kind === 'numeric' && new Set(before).size > FEW_VALUES) {
    const [a, b] = [before as number[], now as number[]];
    return small
      ? byTest('kolmogorov-smirnov', kolmogorovSmirnov(a, b).pValue)
      : byDistance('wasserstein', wassersteinNormed(a, b));
  }
  const [a, b] = aligned(countsOf(before.map(String)), countsOf(now.map(String)));
  return small
    ? byTest('chi-squared', chiSquared(a, b).pValue)
    : byDistance('jensen-shannon', jensenShannon(a, b));
}

const byTest = (method: Drift['method'], score: number): Drift => ({
  method,
  score,
  threshold: LEVEL,
  drifted: score < LEVEL,
});

const byDistance = (method: Drift['method'], score: number): Drift => ({
  method,
  score,
  threshold: DISTANCE,
  drifted: score >= DISTANCE,
});

function present(column: Column): (number | string)[] {
  return column.kind === 'numeric'
    ? Array.from(column.values).filter(Number.isFinite)
    : column.values.filter((value) => value !== null);
}
