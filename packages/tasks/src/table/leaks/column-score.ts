/** How well one column alone predicts the target on rows that were held out, of three folds. */
import { boostedTrees, predictTrees, type TreeColumn } from '@gradus/classical';
import { r2, rocAuc } from '@gradus/stats';
import type { Cells, ClassTarget, TableRows } from '../columns.ts';

const FOLDS = 3;
/** Of the first fold; a column that is further off is not tried on the others. */
const NEAR = 0.02;
const TREES = { rounds: 40, learningRate: 0.3, leaves: 31, minRows: 5, threads: 1 } as const;
/** Of classes that are no more than one mostly, accuracy says little: of the other rows, this share may be missed. */
const MISSED = 0.1;

export interface ColumnScore {
  readonly metric: 'auc' | 'accuracy' | 'r2';
  readonly value: number;
}

type Values = Exclude<Cells, { kind: 'text' | 'image' }>;

/**
 * @param places Of rows, in random order
 * @param goal A column that is clearly below it is not judged to the end
 * @returns undefined where the column is no single value, or no fold has all that a score needs
 */
export async function columnScore(
  cells: Cells,
  rows: TableRows,
  places: Int32Array,
  goal: number,
): Promise<ColumnScore | undefined> {
  if (cells.kind === 'text' || cells.kind === 'image') return undefined;
  const { target } = rows;
  if (target.kind === 'classes' && target.classes.length > 2)
    return { metric: 'accuracy', value: accuracyOf(cells, target, rows, places) };
  const metric = target.kind === 'classes' ? 'auc' : 'r2';
  const scores: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const { fit, held } = foldOf(rows, places, fold);
    if (fit.length === 0 || held.length === 0) return undefined;
    const truth = (some: Int32Array): Float64Array =>
      Float64Array.from(some, (place) =>
        target.kind === 'classes' ? target.labels[place]! : target.values[place]!,
      );
    const loss = target.kind === 'classes' ? 'logistic' : 'squared';
    const model = await boostedTrees([columnOf(cells, fit)], { values: truth(fit) }, { loss, ...TREES });
    const answers = predictTrees(model, [columnOf(cells, held)]);
    const score = target.kind === 'classes' ? rocAuc(truth(held), answers) : r2(truth(held), answers);
    if (Number.isNaN(score)) return undefined;
    scores.push(score);
    if (fold === 0 && score < goal - NEAR) break;
  }
  return { metric, value: scores.reduce((sum, score) => sum + score, 0) / scores.length };
}

/** Rows of a group are in the same fold. */
function foldOf(
  { groups }: TableRows,
  places: Int32Array,
  fold: number,
): { fit: Int32Array; held: Int32Array } {
  const isHeld = (place: number, i: number): boolean => (groups ? groups.values[place]! : i) % FOLDS === fold;
  return {
    fit: places.filter((place, i) => !isHeld(place, i)),
    held: places.filter((place, i) => isHeld(place, i)),
  };
}

function columnOf(cells: Values, places: Int32Array): TreeColumn {
  if (cells.kind === 'category')
    return {
      kind: 'category',
      codes: Int32Array.from(places, (place) => cells.codes[place]!),
      categories: cells.levels.length,
    };
  const { values } = cells;
  // Trees compare numbers as float32, in which times of one minute would be one.
  const start = cells.kind === 'time' ? (values.find((value) => !Number.isNaN(value)) ?? 0) : 0;
  return { kind: 'number', values: Float64Array.from(places, (place) => values[place]! - start) };
}

/**
 * Of many classes: each held-out row is of the class that most rows with its value have, or with the nearest value. Trees would take a
 * tree a class.
 */
function accuracyOf(
  cells: Values,
  { labels, classes }: ClassTarget,
  rows: TableRows,
  places: Int32Array,
): number {
  const values = cells.kind === 'category' ? cells.codes : cells.values;
  let hits = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const { fit, held } = foldOf(rows, places, fold);
    const nearest = classByValue(values, labels, fit, cells.kind === 'category');
    for (const place of held) hits += Number(nearest(values[place]!) === labels[place]);
  }
  const counts = new Int32Array(classes.length);
  for (const place of places) counts[labels[place]!]! += 1;
  const others = places.length - Math.max(...counts);
  const missed = places.length - hits;
  return missed > MISSED * others ? 0 : hits / places.length;
}

/** @param isCode Values are codes, of which none is nearer than another */
function classByValue(
  values: ArrayLike<number>,
  labels: Int32Array,
  fit: Int32Array,
  isCode: boolean,
): (value: number) => number | undefined {
  const counts = new Map<number, Map<number, number>>();
  for (const place of fit) {
    const own = counts.get(values[place]!) ?? new Map<number, number>();
    own.set(labels[place]!, (own.get(labels[place]!) ?? 0) + 1);
    counts.set(values[place]!, own);
  }
  const commonest = new Map(
    [...counts].map(([value, own]) => [value, [...own].sort(([, a], [, b]) => b - a)[0]![0]]),
  );
  const sorted = Float64Array.from(commonest.keys())
    .filter((value) => !Number.isNaN(value))
    .sort();
  return (value) => {
    const known = commonest.get(value);
    if (known !== undefined || isCode || Number.isNaN(value) || sorted.length === 0) return known;
    let [from, to] = [0, sorted.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle]! < value) from = middle + 1;
      else to = middle;
    }
    const below = sorted[Math.max(0, from - 1)]!;
    return commonest.get(Math.abs(value - below) <= Math.abs(sorted[from]! - value) ? below : sorted[from]!);
  };
}
