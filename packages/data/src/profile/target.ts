/**
 * How well each column alone predicts the target. A column that alone predicts it almost perfectly on held-out rows
 * usually contains what is known only afterwards: a leak (Kaufman et al., "Leakage in data mining", 2012). The predictor is as
 * simple as can be: the column in bins, and of each bin the mean of the target among the other rows.
 */
import { type Localized, Random } from '@gradus/base';
import { binned } from './bins.ts';
import type { ColumnProfile, Predictor, TargetProfile, ValueCount } from './document.ts';
import { type Feature, isMissing, rowsOf } from './feature.ts';

const BINS = 20;
const HELD_OUT = 0.4;
const MOST_ROWS = 20_000;
/** Of the held-out rows of each class; fewer give no figure worth its name. */
const FEWEST = 10;
const MOST_CLASSES = 20;

export function targetProfile(
  column: ColumnProfile,
  target: Feature,
  features: readonly Feature[],
  notJudged: TargetProfile['notJudged'],
): TargetProfile {
  const task = target.kind === 'category' || target.type === 'boolean' ? 'classification' : 'regression';
  const classes: readonly ValueCount[] | undefined = task === 'classification' ? column.values : undefined;
  const base = { column: column.name, task, ...(classes && { classes }) } as const;
  const tooMany = target.kind === 'category' && target.levels.length > MOST_CLASSES;
  const { train, test } = halves(target);
  if (tooMany || train.length < FEWEST || test.length < FEWEST) {
    const reason: Localized = tooMany
      ? { en: `the target has more than ${MOST_CLASSES} classes`, zh: `目标列的类别超过 ${MOST_CLASSES} 个` }
      : { en: 'too few rows have a target', zh: '有目标值的行太少' };
    return {
      ...base,
      predictors: [],
      notJudged: [...notJudged, ...features.map(({ name }) => ({ column: name, reason }))],
    };
  }
  const measure =
    task === 'classification' ? classifies(target, train, test) : regresses(target, train, test);
  const judged = features.map((feature) => ({ feature, predictor: measure(feature) }));
  const few: Localized = {
    en: `fewer than ${FEWEST} held-out rows of a class`,
    zh: `留出的行中有类别不足 ${FEWEST} 行`,
  };
  return {
    ...base,
    predictors: judged
      .flatMap(({ predictor }) => (predictor ? [predictor] : []))
      .sort((a, b) => b.value - a.value || (a.column < b.column ? -1 : 1)),
    notJudged: [
      ...notJudged,
      ...judged.flatMap(({ feature, predictor }) =>
        predictor ? [] : [{ column: feature.name, reason: few }],
      ),
    ],
  };
}

/** At most `MOST_ROWS` rows with a target, split at random. */
function halves(target: Feature): { train: Uint32Array; test: Uint32Array } {
  const all = Uint32Array.from({ length: rowsOf(target) }, (_, i) => i).filter(
    (row) => !isMissing(target, row),
  );
  const shuffled = new Random('held out').shuffle(all).subarray(0, MOST_ROWS);
  const cut = Math.floor(shuffled.length * HELD_OUT);
  return { test: shuffled.slice(0, cut), train: shuffled.slice(cut) };
}

type Measure = (feature: Feature) => Predictor | undefined;

function classifies(target: Feature, train: Uint32Array, test: Uint32Array): Measure {
  const classOf = target.kind === 'category' ? target.codes : Int32Array.from(target.numbers);
  const count = target.kind === 'category' ? target.levels.length : 2;
  return (feature) => {
    const bins = binned(feature, train, BINS);
    const totals = new Float64Array(bins.count);
    for (const row of train) totals[bins.of[row]!]! += 1;
    let [value, weight] = [0, 0];
    let widest = 0;
    // Of two classes one tells of both.
    for (let label = count === 2 ? 1 : 0; label < count; label++) {
      const hits = new Float64Array(bins.count);
      let base = 0;
      for (const row of train) {
        if (classOf[row] !== label) continue;
        hits[bins.of[row]!]! += 1;
        base += 1;
      }
      // Towards the share of all, by as much as one row.
      const rate = hits.map((hit, bin) => (hit + base / train.length) / (totals[bin]! + 1));
      const positive = new Float64Array(bins.count);
      const negative = new Float64Array(bins.count);
      for (const row of test) (classOf[row] === label ? positive : negative)[bins.of[row]!]! += 1;
      const curve = areaUnderCurve(rate, positive, negative);
      if (curve.positives + curve.negatives === 0) return undefined;
      if (Math.min(curve.positives, curve.negatives) < FEWEST) {
        if (count === 2) return undefined;
        continue;
      }
      value += curve.area * curve.positives;
      weight += curve.positives;
      widest = Math.max(widest, hanleyMcNeil(curve));
    }
    if (weight === 0) return undefined;
    const auc = value / weight;
    return {
      column: feature.name,
      measure: 'auc',
      value: auc,
      low: Math.max(0, auc - 1.96 * widest),
      high: Math.min(1, auc + 1.96 * widest),
      rows: test.length,
    };
  };
}

interface Curve {
  readonly area: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Of rows in bins that share a score: the chance that one of the class scores above one of the others, ties by half. */
export function areaUnderCurve(score: Float64Array, positive: Float64Array, negative: Float64Array): Curve {
  const order = Array.from(score.keys()).sort((a, b) => score[a]! - score[b]!);
  let [positives, negatives, area] = [0, 0, 0];
  for (let from = 0; from < order.length; ) {
    let [p, n] = [0, 0];
    const at = score[order[from]!];
    do {
      p += positive[order[from]!]!;
      n += negative[order[from]!]!;
      from += 1;
    } while (from < order.length && score[order[from]!] === at);
    area += p * (negatives + n / 2);
    positives += p;
    negatives += n;
  }
  return { area: area / (positives * negatives), positives, negatives };
}

/** The standard error of an area. One of exactly 1 is taken as what half a row would make of it: else it would have none. */
function hanleyMcNeil({ area: measured, positives, negatives }: Curve): number {
  const area = Math.min(measured, 1 - 0.5 / Math.min(positives, negatives));
  const q1 = area / (2 - area);
  const q2 = (2 * area ** 2) / (1 + area);
  const variance =
    (area * (1 - area) + (positives - 1) * (q1 - area ** 2) + (negatives - 1) * (q2 - area ** 2)) /
    (positives * negatives);
  return Math.sqrt(Math.max(0, variance));
}

function regresses(target: Feature, train: Uint32Array, test: Uint32Array): Measure {
  if (target.kind !== 'number') throw new Error('a regression needs a target of numbers');
  const { numbers } = target;
  const meanOf = (rows: Uint32Array) => rows.reduce((sum, row) => sum + numbers[row]!, 0) / rows.length;
  const overall = meanOf(train);
  const center = meanOf(test);
  const total = test.reduce((sum, row) => sum + (numbers[row]! - center) ** 2, 0);
  return (feature) => {
    const bins = binned(feature, train, BINS);
    const [sums, counts] = [new Float64Array(bins.count), new Float64Array(bins.count)];
    for (const row of train) {
      sums[bins.of[row]!]! += numbers[row]!;
      counts[bins.of[row]!]! += 1;
    }
    const means = sums.map((sum, bin) => (sum + overall) / (counts[bin]! + 1));
    const rest = test.reduce((sum, row) => sum + (numbers[row]! - means[bins.of[row]!]!) ** 2, 0);
    if (!(total > 0)) return undefined;
    const value = 1 - rest / total;
    const z = Math.atanh(Math.min(1 - 1e-12, Math.sqrt(Math.max(0, value))));
    const reach = 1.96 / Math.sqrt(Math.max(1, test.length - 3));
    return {
      column: feature.name,
      measure: 'r2',
      value,
      low: Math.max(0, Math.tanh(z - reach)) ** 2,
      high: Math.tanh(z + reach) ** 2,
      rows: test.length,
    };
  };
}
