/**
 * What one thread does for each split: it makes the histograms of two leaves over its own columns, and finds the best split of
 * each. Tasks and answers are numbers in shared memory: a message would take longer than a small leaf.
 */
import type { ColumnGroup, TableLayout } from './binned-table.ts';
import { categorySplit } from './category-split.ts';
import { type AddRows, addRows, type Kernels, kernels } from './kernels.ts';
import { numberSplit } from './number-split.ts';
import { type NextPromising, nextPromising, SCAN_BYTES } from './promising-bins.ts';
import { type ColumnSplit, type LeafSums, type Split, type SplitOptions, worth } from './splits.ts';

/** What a thread is told once. */
export interface SearchPlan {
  readonly table: TableLayout;
  /** Whose groups of columns: every `workers`-th, from this one on. */
  readonly worker: number;
  readonly workers: number;
  readonly options: SplitOptions;
  /** 1, −1 or 0 by column. */
  readonly monotone: readonly number[];
  readonly mail: Mail;
}

/** Where tasks and answers lie. */
export interface Mail {
  /** [2 leaves, TASK_FIELDS], before them the units of gradients and second derivatives */
  readonly task: Float64Array<SharedArrayBuffer>;
  /** [2 leaves, columns]: 1 for columns that may be split by */
  readonly allowed: Uint8Array<SharedArrayBuffer>;
  /** [workers, 2 leaves, ANSWER_FIELDS] */
  readonly answers: Float64Array<SharedArrayBuffer>;
}

/** Of a leaf without a task, of one whose histograms are made from its rows, and of one that has its parent's less the other's. */
export const [NOTHING, FROM_ROWS, FROM_PARENT] = [0, 1, 2] as const;

export interface LeafTask {
  readonly source: number;
  /** Its rows in the table's order. */
  readonly from: number;
  readonly to: number;
  /** Of its histograms. */
  readonly slot: number;
  readonly sums: LeafSums;
  readonly bounds: { readonly low: number; readonly high: number } | undefined;
}

const LEAVES = 2;
const UNITS = 2;
const TASK_FIELDS = 9;
const WORDS = 8;
const ANSWER_FIELDS = 8 + WORDS;

const shared = (values: number) => new Float64Array(new SharedArrayBuffer(8 * values));

export const newMail = (columns: number, workers: number): Mail => ({
  task: shared(UNITS + LEAVES * TASK_FIELDS),
  allowed: new Uint8Array(new SharedArrayBuffer(LEAVES * columns)),
  answers: shared(workers * LEAVES * ANSWER_FIELDS),
});

/** @param tasks of two leaves, the one that is made from rows first */
export function writeTasks(
  { task }: Mail,
  units: { readonly gradient: number; readonly hessian: number },
  tasks: readonly (LeafTask | undefined)[],
): void {
  task[0] = units.gradient;
  task[1] = units.hessian;
  for (let leaf = 0; leaf < LEAVES; leaf++) {
    const at = UNITS + leaf * TASK_FIELDS;
    const given = tasks[leaf];
    task[at] = given ? given.source : NOTHING;
    if (!given) continue;
    const { from, to, slot, sums, bounds } = given;
    const fields = [from, to, slot, sums.gradient, sums.hessian, sums.rows];
    task.set(
      [...fields, bounds?.low ?? Number.NEGATIVE_INFINITY, bounds?.high ?? Number.POSITIVE_INFINITY],
      at + 1,
    );
  }
}

function readTask({ task }: Mail, leaf: number): LeafTask {
  const at = UNITS + leaf * TASK_FIELDS;
  const [source, from, to, slot, gradient, hessian, rows, low, high] = task.subarray(
    at,
    at + TASK_FIELDS,
  ) as unknown as [number, number, number, number, number, number, number, number, number];
  const bounded = low > Number.NEGATIVE_INFINITY || high < Number.POSITIVE_INFINITY;
  return {
    source,
    from,
    to,
    slot,
    sums: { gradient, hessian, rows },
    bounds: bounded ? { low, high } : undefined,
  };
}

/** The best of what all threads found for a leaf; of equal ones that of the first column. */
export function readAnswer({ answers }: Mail, workers: number, leaf: number): Split | undefined {
  let best: Float64Array | undefined;
  for (let worker = 0; worker < workers; worker++) {
    const at = (worker * LEAVES + leaf) * ANSWER_FIELDS;
    const answer = answers.subarray(at, at + ANSWER_FIELDS);
    if (answer[0]! < 0) continue;
    if (!best || answer[1]! > best[1]! || (answer[1] === best[1] && answer[0]! < best[0]!)) best = answer;
  }
  if (!best) return undefined;
  const [column, worth, gain, bin, missingLeft, gradient, hessian, rows] = best as unknown as number[];
  return {
    column: column!,
    worth: worth!,
    gain: gain!,
    bin: bin!,
    missingLeft: missingLeft === 1,
    bins: bin === -1 ? Uint32Array.from(best.subarray(8)) : undefined,
    left: { gradient: gradient!, hessian: hessian!, rows: rows! },
  };
}

interface OwnGroup extends ColumnGroup {
  /** Of its histograms, from the start of the leaf's. */
  readonly histograms: number;
  readonly add: AddRows;
}

export class LeafSearch {
  readonly #plan: SearchPlan;
  readonly #kernels: Kernels;
  readonly #groups: readonly OwnGroup[];
  readonly #words: Int32Array;
  readonly #next: NextPromising;

  constructor(plan: SearchPlan) {
    this.#plan = plan;
    const { table, worker, workers } = plan;
    this.#kernels = kernels(table.memory);
    this.#words = new Int32Array(table.memory.buffer);
    this.#next = nextPromising(table.memory);
    this.#groups = table.groups
      .filter((_, i) => i % workers === worker)
      .map((group) => {
        const start = table.histogramOf[group.first]!;
        const offsets = table.histogramOf.slice(group.first, group.first + group.count);
        return {
          ...group,
          histograms: start,
          add: addRows(
            table.memory,
            offsets.map((at) => at - start),
          ),
        };
      });
  }

  /** Carries out the task in the mail, and puts the answers there. */
  run(): void {
    const { mail, worker } = this.#plan;
    const first = readTask(mail, 0);
    for (let leaf = 0; leaf < LEAVES; leaf++) {
      const at = (worker * LEAVES + leaf) * ANSWER_FIELDS;
      mail.answers[at] = -1;
      const task = leaf === 0 ? first : readTask(mail, 1);
      if (task.source === NOTHING) continue;
      for (const group of this.#groups) this.#make(group, task, first);
      const split = this.#search(task, leaf);
      if (!split) continue;
      const { column, worth, gain, bin, missingLeft, left, bins } = split;
      mail.answers.set(
        [column, worth, gain, bin, missingLeft ? 1 : 0, left.gradient, left.hessian, left.rows],
        at,
      );
      if (bins) mail.answers.set(bins, at + 8);
    }
  }

  #make(group: OwnGroup, task: LeafTask, other: LeafTask): void {
    const { table } = this.#plan;
    const place = this.#slot(task.slot) + group.histograms;
    const bytes = this.#groupBytes(group);
    if (task.source === FROM_PARENT) {
      this.#kernels.subtract(place, this.#slot(other.slot) + group.histograms, bytes);
      return;
    }
    this.#kernels.clear(place, bytes);
    if (task.to === task.from) return;
    const order = table.order + 4 * task.from;
    group.add(order, table.order + 4 * task.to, table.quantized, group.place, place);
  }

  #slot(slot: number): number {
    return this.#plan.table.histograms + slot * this.#plan.table.leafBytes;
  }

  #groupBytes({ first, count, histograms }: OwnGroup): number {
    const { histogramOf, leafBytes } = this.#plan.table;
    return (histogramOf[first + count] ?? leafBytes) - histograms;
  }

  #search(task: LeafTask, leaf: number): Split | undefined {
    const { table, options, monotone, mail, worker } = this.#plan;
    const { sums, bounds } = task;
    if (sums.rows < 2 * options.minRows) return undefined;
    const [gradientUnit, hessianUnit] = mail.task as unknown as [number, number];
    const units = { words: this.#words, gradientUnit, hessianUnit };
    const scan = { ...units, place: table.scans + worker * SCAN_BYTES, next: this.#next };
    let least = worth(sums, options, bounds) + options.minGain;
    let best: Split | undefined;
    for (const { first, count } of this.#groups) {
      for (let column = first; column < first + count; column++) {
        if (mail.allowed[leaf * table.bins.length + column] === 0) continue;
        const bins = table.bins[column]!;
        const place = this.#slot(task.slot) + table.histogramOf[column]!;
        const split: ColumnSplit | undefined =
          bins.kind === 'category'
            ? categorySplit(place, bins.count, units, sums, options, bounds, least)
            : numberSplit(place, bins.missing, scan, sums, options, monotone[column]!, bounds, least);
        if (!split) continue;
        least = split.worth;
        best = { column, ...split };
      }
    }
    return best;
  }
}
