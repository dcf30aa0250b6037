/**
 * Columns that give the target away: they say what is known only once the outcome is (Kaufman et al., "Leakage in data mining",
 * 2012). A model that learns from them looks perfect and is of no use, since nobody has them when predictions are needed.
 *
 * Three signs, each on training rows alone: a column is the target itself; a column alone predicts held-out rows almost perfectly; one
 * value of a column, or that it is filled at all, goes with a rare class almost always, as kinds of failure go with failure.
 */
import type { Random } from '@gradus/base';
import type { Leak, TableRows } from './columns.ts';
import { columnScore } from './leaks/column-score.ts';
import { isCopy } from './leaks/copies.ts';
import { rareLevel } from './leaks/levels.ts';
import { persistenceR2 } from './leaks/persistence.ts';

export interface LeakOptions {
  readonly random: Random;
  readonly signal?: AbortSignal;
}

/** Rows that single columns are tried on, and cells of all columns together. */
const MOST_ROWS = 20_000;
const FEWEST_TRIED = 1000;
const MOST_CELLS = 1_200_000;
/** Of fewer rows a column may tell all by chance, or because the task is easy. */
const FEWEST_ROWS = 50;
/** Of the area under the ROC curve of two classes, the accuracy of more, R² of numbers. */
const TOO_GOOD = 0.995;
/** Of series: a column that is off by more than this share of what the last value is off may be the last value. */
const OF_PERSISTENCE = 0.25;

/**
 * @param train Places of the rows that are looked at
 * @returns by the column's name, in the columns' order
 */
export async function findLeaks(
  rows: TableRows,
  train: Int32Array,
  { random, signal }: LeakOptions,
): Promise<Map<string, Leak>> {
  const leaks = new Map<string, Leak>();
  const most = Math.max(FEWEST_TRIED, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / rows.columns.length)));
  const tried = sampleOf(rows, train, most, random.fork('leaks'));
  const goal = Math.max(TOO_GOOD, 1 - OF_PERSISTENCE * (1 - persistenceR2(rows, train)));
  for (const { name, cells } of rows.columns) {
    signal?.throwIfAborted();
    if (isCopy(cells, rows.target, train)) {
      leaks.set(name, { code: 'copy' });
      continue;
    }
    const level = rareLevel(cells, rows, train);
    if (level) leaks.set(name, level);
    if (level || train.length < FEWEST_ROWS) continue;
    const score = await columnScore(cells, rows, tried, goal);
    if (score && score.value >= goal)
      leaks.set(name, { code: 'too-good', score: score.value, metric: score.metric });
  }
  return leaks;
}

/** Of two classes as many of each as there may be, so that the rare one is seen; its share does not change the area under the curve. */
function sampleOf({ target }: TableRows, train: Int32Array, most: number, random: Random): Int32Array {
  const shuffled = random.shuffle(train.slice());
  if (shuffled.length <= most || target.kind === 'numbers' || target.classes.length > 2)
    return shuffled.subarray(0, most);
  const halves = [0, 1].map((label) => shuffled.filter((place) => target.labels[place] === label));
  const least = Math.min(halves[0]!.length, halves[1]!.length, Math.floor(most / 2));
  return random.shuffle(
    Int32Array.from(halves.flatMap((half) => [...half.subarray(0, Math.max(least, most - least))])),
  );
}
