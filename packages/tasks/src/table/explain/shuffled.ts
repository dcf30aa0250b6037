/**
 * By how much the loss grows when cells are shuffled among the rows: permutation importance (Breiman, 2001).
 *
 * No row keeps its own cell: the shuffle is a cycle through all rows in random order, so that the mean is without bias (e_switch
 * of Fisher, Rudin and Dominici, 2019). Where rows stand or fall together in groups, the cycle goes through the groups: rows get the
 * cells of another group, and a column that is one value a patient stays so.
 *
 * The mean over pairs of rows is a U-statistic (Hoeffding, 1948): a row counts by what other rows' cells do to it, and by what its cells
 * do to other rows. The interval adds both up by row, or by group.
 */
import type { Random } from '@gradus/base';
import { type Interval, intervalT } from '@gradus/stats';
import type { Answered } from '../answers.ts';
import { pickCells } from '../columns.ts';
import { weightedMean } from '../losses.ts';
import { type Asking, answersTo, type Variant } from './variants.ts';

export interface Importance {
  /** By how much the mean loss grows, in its own unit. */
  readonly loss: number;
  /** 95 %. Where it touches 0, nothing is seen of what was shuffled. */
  readonly interval: Interval;
}

export interface JudgedRows {
  readonly asking: Asking;
  /** [rows] */
  readonly losses: (answers: Answered) => Float64Array;
  /** [rows]: rows of one group share a number */
  readonly groups?: Int32Array | undefined;
  /** [rows] */
  readonly weights?: Float64Array | undefined;
}

export interface ShuffledLosses {
  /** The mean loss, nothing shuffled. */
  readonly loss: number;
  /** By set of columns. */
  readonly importance: readonly Importance[];
}

const LEVEL = 0.95;

/** @param sets Columns by name; those of a set are shuffled together. */
export async function shuffledLosses(
  { asking, losses, groups, weights }: JudgedRows,
  sets: readonly (readonly string[])[],
  repeats: number,
  random: Random,
): Promise<ShuffledLosses> {
  const { columns, rows } = asking;
  const units = unitsOf(groups, rows);
  const givers = Array.from({ length: repeats }, () => cycle(units, rows, random));
  const cellsOf = new Map(columns.map(({ name, cells }) => [name, cells]));
  const shares = weights ?? new Float64Array(rows).fill(1);
  const [before] = await answersTo(asking, [new Map()], losses);
  const variants = sets.flatMap((names) =>
    givers.map(
      (giver): Variant => new Map(names.map((name) => [name, pickCells(cellsOf.get(name)!, giver)])),
    ),
  );
  const growth = await answersTo(asking, variants, (answers) =>
    losses(answers).map((loss, row) => loss - before![row]!),
  );
  const importance = sets.map((_, i) =>
    importanceOf(growth.slice(i * repeats, (i + 1) * repeats), givers, units, shares),
  );
  return { loss: weightedMean(before!, shares), importance };
}

/** Rows that stand or fall together. A single group is judged as if each row stood for itself: there is no other to compare it with. */
function unitsOf(groups: Int32Array | undefined, rows: number): readonly ArrayLike<number>[] {
  if (groups) {
    const byGroup = Map.groupBy(groups.keys(), (row) => groups[row]!);
    if (byGroup.size > 1) return [...byGroup.values()];
  }
  return Array.from({ length: rows }, (_, row) => [row]);
}

/** For each row the row whose cells it gets. */
function cycle(units: readonly ArrayLike<number>[], rows: number, random: Random): Int32Array {
  const order = random.permutation(units.length);
  const givers = new Int32Array(rows);
  for (let i = 0; i < order.length; i++) {
    const takers = units[order[i]!]!;
    const giving = units[order[(i + 1) % order.length]!]!;
    // Groups differ in size: all rows of a larger one give equally often.
    const start = random.below(giving.length);
    for (let k = 0; k < takers.length; k++) givers[takers[k]!] = giving[(start + k) % giving.length]!;
  }
  return givers;
}

/** @param growth [repeats][rows] @param givers [repeats][rows] */
function importanceOf(
  growth: readonly Float64Array[],
  givers: readonly Int32Array[],
  units: readonly ArrayLike<number>[],
  weights: Float64Array,
): Importance {
  const mean = growth.reduce((sum, of) => sum + weightedMean(of, weights), 0) / growth.length;
  if (units.length < 2) return { loss: mean, interval: [mean, mean] };
  const influence = new Float64Array(weights.length);
  for (const [repeat, of] of growth.entries()) {
    for (let row = 0; row < of.length; row++) {
      const part = (weights[row]! * (of[row]! - mean)) / growth.length;
      influence[row]! += part;
      influence[givers[repeat]![row]!]! += part;
    }
  }
  let squares = 0;
  for (const unit of units) {
    let sum = 0;
    for (let k = 0; k < unit.length; k++) sum += influence[unit[k]!]!;
    squares += sum ** 2;
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const error = Math.sqrt((squares * units.length) / (units.length - 1)) / total;
  const reach = intervalT(LEVEL, units.length - 1) * error;
  return { loss: mean, interval: [mean - reach, mean + reach] };
}
