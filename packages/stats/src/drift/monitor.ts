/**
 * Watches rows as they come, in windows of a fixed number of rows, against a reference: the data that a model was
 * trained on. Each full window is tested once, feature by feature, and alarms where a p-value is below a threshold
 * that allows for the number of features (Bonferroni) and of windows (`windowLevel`).
 *
 * Tests, not distances, decide: only of a p-value is it known how often chance passes it. Numbers are tested by
 * Kolmogorov–Smirnov, categories by chi-squared all together and by Fisher's exact test one by one, missing values by
 * Fisher's. The reference is a sample too, and
 * the tests count it as one; but all windows share it, so a small one errs the same way each time. Let it hold several times
 * as many rows as a window.
 *
 * What 500 rows can tell, watched for eight features against a reference of 5,000: half a standard deviation always; a
 * share that moves by 10 points 9 times in 10 from 10 or 15 %, 3 times in 4 from 30 %, and 6 times in 10 from 45 %, where
 * chance is greatest. Fewer features or larger windows tell more.
 */
import { type Localized, UserError } from '@gradus/base';
import { chiSquared } from '../inference/chi-squared.ts';
import { fisherExact } from '../inference/fisher-exact.ts';
import { kolmogorovSmirnovSorted } from '../inference/kolmogorov-smirnov.ts';
import { type Column, countsOf } from './column.ts';
import { windowLevel } from './false-alarms.ts';

export interface MonitorOptions {
  /** Rows a window. Default 500. */
  readonly window?: number;
  /** The rate of windows that may alarm though nothing drifts. Default 0.01. */
  readonly falseAlarms?: number;
  /** Over how many windows that is promised, with a probability of 99 %. Default 1000. */
  readonly windows?: number;
}

/** A row: a value for each feature. What is not a finite number, or not a text, is a missing value. */
export type Row = Readonly<Record<string, unknown>>;

export interface FeatureReport {
  readonly feature: string;
  readonly pValue: number;
  readonly drifted: boolean;
}

export interface WindowReport {
  /** From 1 on. */
  readonly window: number;
  readonly rows: number;
  /** Whether any feature drifted. */
  readonly alarm: boolean;
  /** A p-value below it is an alarm. */
  readonly threshold: number;
  /** The least probable first. */
  readonly features: readonly FeatureReport[];
}

export class DriftMonitor {
  /** A p-value below it is an alarm. */
  readonly threshold: number;
  readonly #window: number;
  readonly #tests: ReadonlyMap<string, FeatureTest>;
  #rows: Row[] = [];
  #windows = 0;

  /** @throws UserError where the reference is too small for a window, or an option makes no sense. */
  constructor(
    reference: Readonly<Record<string, Column>>,
    { window = 500, falseAlarms = 0.01, windows = 1000 }: MonitorOptions = {},
  ) {
    const columns = Object.entries(reference);
    if (columns.length === 0) {
      throw new UserError({
        en: 'The reference has no features. Expected at least one.',
        zh: '参照数据没有特征，至少需要一个。',
      });
    }
    requireOption('window', window, Number.isInteger(window) && window >= 20, {
      en: 'a whole number from 20 on',
      zh: '不小于 20 的整数',
    });
    requireOption('windows', windows, Number.isInteger(windows) && windows >= 1, {
      en: 'a whole number from 1 on',
      zh: '不小于 1 的整数',
    });
    requireOption('falseAlarms', falseAlarms, falseAlarms > 0 && falseAlarms < 1, {
      en: 'a share between 0 and 1',
      zh: '0 与 1 之间的比例',
    });
    for (const [feature, { values }] of columns) {
      if (values.length >= window) continue;
      throw new UserError({
        en: `The reference has ${values.length} rows of "${feature}", fewer than a window of ${window}. Give more, or a smaller window.`,
        zh: `参照数据中 "${feature}" 只有 ${values.length} 行，少于一个窗口的 ${window} 行。请提供更多行，或使用更小的窗口。`,
      });
    }
    this.#window = window;
    this.threshold = windowLevel(falseAlarms, windows) / columns.length;
    this.#tests = new Map(columns.map(([feature, column]) => [feature, featureTest(column, window)]));
  }

  /** Takes a row; gives the report of the window that it completes. */
  push(row: Row): WindowReport | undefined {
    this.#rows.push(row);
    if (this.#rows.length < this.#window) return undefined;
    const rows = this.#rows;
    this.#rows = [];
    this.#windows += 1;
    const features = [...this.#tests]
      .map(([feature, test]) => {
        const pValue = test(rows.map((each) => each[feature]));
        return { feature, pValue, drifted: pValue < this.threshold };
      })
      .sort((a, b) => a.pValue - b.pValue);
    return {
      window: this.#windows,
      rows: rows.length,
      alarm: features.some(({ drifted }) => drifted),
      threshold: this.threshold,
      features,
    };
  }
}

/** From a window's values of a feature to a p-value. */
type FeatureTest = (values: readonly unknown[]) => number;

function featureTest(reference: Column, window: number): FeatureTest {
  return reference.kind === 'numeric'
    ? numericTest(reference.values)
    : categoricalTest(reference.values, window);
}

function numericTest(values: ArrayLike<number>): FeatureTest {
  const reference = Float64Array.from(Array.from(values).filter(Number.isFinite)).sort();
  const missing = values.length - reference.length;
  return (row) => {
    const current = Float64Array.from(row.filter((value) => Number.isFinite(value)) as number[]).sort();
    const lost = row.length - current.length;
    const moved =
      reference.length > 0 && current.length > 0 ? kolmogorovSmirnovSorted(reference, current).pValue : 1;
    // Two tests, so each may be only half as probable.
    return Math.min(1, 2 * Math.min(moved, fisherExact(missing, values.length, lost, row.length)));
  };
}

/** The chi-squared distribution is near the truth where each count is expected to be at least so large. */
const LEAST_EXPECTED = 5;

function categoricalTest(values: readonly (string | null)[], window: number): FeatureTest {
  const counts = countsOf(values.filter((value) => value !== null));
  const common = [...counts].filter(([, count]) => (count * window) / values.length >= LEAST_EXPECTED);
  const index = new Map<unknown, number>(common.map(([name], k) => [name, k]));
  const reference = common.map(([, count]) => count);
  // Missing values, and categories that are rare or were never seen.
  const others = values.length - total(reference);
  return (row) => {
    const current = common.map(() => 0);
    for (const value of row) {
      const k = index.get(value);
      if (k !== undefined) current[k]! += 1;
    }
    const oneByOne = Math.min(
      fisherExact(others, values.length, row.length - total(current), row.length),
      mostMoved(reference, values.length, current, row.length),
    );
    const tests = common.length + 1;
    return Math.min(1, 2 * Math.min(chiSquared(reference, current).pValue, tests * oneByOne));
  };
}

/** The p-value of the category whose proportion has moved most: among many, chi-squared would hardly see one. */
function mostMoved(reference: readonly number[], n: number, current: readonly number[], m: number): number {
  let farthest = 0;
  let pValue = 1;
  for (const [k, count] of current.entries()) {
    const proportion = (reference[k]! + count) / (n + m);
    const z = Math.abs(count / m - reference[k]! / n) / Math.sqrt(proportion * (1 - proportion));
    if (z <= farthest) continue;
    farthest = z;
    pValue = fisherExact(reference[k]!, n, count, m);
  }
  return pValue;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

function requireOption(name: string, value: number, fits: boolean, expected: Localized): void {
  if (fits) return;
  throw new UserError({
    en: `The option "${name}" is ${value}. Expected ${expected.en}.`,
    zh: `选项 "${name}" 为 ${value}，应为${expected.zh}。`,
  });
}
