/**
 * Ordinary least squares with the errors that business data need: rows of one shop, item or city belong together (clustered; Liang and
 * Zeger, 1986; Cameron and Miller, "A Practitioner's Guide to Cluster-Robust Inference", 2015), and days that follow each other too
 * (Newey and West, 1987). There is no intercept unless a column is 1.
 */
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import type { Interval, Numbers } from '../numbers.ts';
import { cholesky, inverseCholesky } from './cholesky.ts';

export type ErrorKind =
  | { readonly kind: 'classical' }
  /** Rows with the same number belong together; numbers run from 0. */
  | { readonly kind: 'clustered'; readonly clusters: Int32Array }
  /** Rows follow each other in time; errors so many rows apart may go together. */
  | { readonly kind: 'newey-west'; readonly lags: number };

export interface LeastSquaresOptions {
  readonly errors?: ErrorKind;
  /** Parameters that were fitted before and taken out of the columns, such as the means of groups. */
  readonly absorbed?: number;
  readonly level?: number;
}

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
  readonly interval: Interval;
  /** Of no effect, two-sided. */
  readonly pValue: number;
}

export interface LeastSquares {
  /** By column; a column that is a combination of earlier ones has NaN. */
  readonly estimates: readonly Estimate[];
  /** [columns, columns] */
  readonly covariance: Float64Array;
  /** Columns that are combinations of earlier ones. */
  readonly dependent: readonly number[];
  readonly residuals: Float64Array;
  readonly freedom: number;
}

/** @param columns Each [rows] */
export function leastSquares(
  columns: readonly Numbers[],
  y: Numbers,
  { errors = { kind: 'classical' }, absorbed = 0, level = 0.95 }: LeastSquaresOptions = {},
): LeastSquares {
  const size = columns.length;
  const rows = y.length;
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    const a = columns[j]!;
    for (let i = 0; i < rows; i++) moment[j]! += a[i]! * y[i]!;
    for (let k = 0; k <= j; k++) {
      const b = columns[k]!;
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += a[i]! * b[i]!;
      gram[j * size + k] = sum;
    }
  }
  const decomposition = cholesky(gram, size);
  const inverse = inverseCholesky(decomposition);
  const fit = Float64Array.from({ length: size }, (_, j) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += inverse[j * size + k]! * moment[k]!;
    return sum;
  });
  const residuals = Float64Array.from({ length: rows }, (_, i) => {
    let rest = y[i]!;
    for (let j = 0; j < size; j++) rest -= fit[j]! * columns[j]![i]!;
    return rest;
  });

  const fitted = size - decomposition.dependent.length + absorbed;
  const rest = Math.max(rows - fitted, 0);
  const { meat, freedom } = MEATS[errors.kind]({ columns, residuals, errors, fitted, rest });
  const covariance = meat ? sandwich(inverse, meat, size) : scaled(inverse, squares(residuals) / rest);
  const reach = freedom >= 1 ? intervalT(level, freedom) : Number.POSITIVE_INFINITY;
  const estimates = Array.from(fit, (value, j): Estimate => {
    if (decomposition.dependent.includes(j)) {
      return { value: Number.NaN, standardError: Number.NaN, interval: [Number.NaN, Number.NaN], pValue: 1 };
    }
    const standardError = Math.sqrt(Math.max(covariance[j * size + j]!, 0));
    const half = reach * standardError;
    const pValue =
      standardError > 0 && freedom >= 1
        ? studentTwoSided(value / standardError, freedom)
        : Number(value === 0);
    return { value, standardError, interval: [value - half, value + half], pValue };
  });
  return { estimates, covariance, dependent: decomposition.dependent, residuals, freedom };
}

interface MeatInput {
  readonly columns: readonly Numbers[];
  readonly residuals: Float64Array;
  readonly errors: ErrorKind;
  readonly fitted: number;
  readonly rest: number;
}

/** The middle of the sandwich estimator (undefined: equal variance), and the degrees of freedom that go with it. */
const MEATS: Readonly<
  Record<ErrorKind['kind'], (input: MeatInput) => { meat?: Float64Array; freedom: number }>
> = {
  classical: ({ rest }) => ({ freedom: rest }),
  clustered: ({ columns, residuals, errors, fitted }) => {
    const { clusters } = errors as Extract<ErrorKind, { kind: 'clustered' }>;
    const count = clusters.reduce((most, cluster) => Math.max(most, cluster + 1), 0);
    const size = columns.length;
    const scores = new Float64Array(count * size);
    for (let j = 0; j < size; j++) {
      const column = columns[j]!;
      for (let i = 0; i < residuals.length; i++)
        scores[clusters[i]! * size + j]! += column[i]! * residuals[i]!;
    }
    const meat = new Float64Array(size * size);
    for (let c = 0; c < count; c++) addOuter(meat, scores, scores, c * size, c * size, size, 1);
    const rows = residuals.length;
    // The correction of Stata and statsmodels for few clusters.
    const correction = (count / (count - 1)) * ((rows - 1) / Math.max(rows - fitted, 1));
    return { meat: scaled(meat, correction), freedom: count - 1 };
  },
  'newey-west': ({ columns, residuals, errors, rest }) => {
    const { lags } = errors as Extract<ErrorKind, { kind: 'newey-west' }>;
    const size = columns.length;
    const rows = residuals.length;
    const scores = new Float64Array(rows * size);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < size; j++) scores[i * size + j] = columns[j]![i]! * residuals[i]!;
    const meat = new Float64Array(size * size);
    for (let lag = 0; lag <= lags; lag++) {
      const weight = 1 - lag / (lags + 1);
      for (let i = lag; i < rows; i++) {
        addOuter(meat, scores, scores, i * size, (i - lag) * size, size, weight);
        if (lag > 0) addOuter(meat, scores, scores, (i - lag) * size, i * size, size, weight);
      }
    }
    return { meat: scaled(meat, rows / Math.max(rest, 1)), freedom: rest };
  },
};

function addOuter(
  into: Float64Array,
  a: Float64Array,
  b: Float64Array,
  atA: number,
  atB: number,
  size: number,
  weight: number,
): void {
  for (let j = 0; j < size; j++)
    for (let k = 0; k < size; k++) into[j * size + k]! += weight * a[atA + j]! * b[atB + k]!;
}

/** bread · meat · bread */
function sandwich(bread: Float64Array, meat: Float64Array, size: number): Float64Array {
  return product(product(bread, meat, size), bread, size);
}

function product(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const value = a[i * size + k]!;
      if (value !== 0) for (let j = 0; j < size; j++) out[i * size + j]! += value * b[k * size + j]!;
    }
  return out;
}

const scaled = (matrix: Float64Array, factor: number): Float64Array => matrix.map((value) => value * factor);
const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
