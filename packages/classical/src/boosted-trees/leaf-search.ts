/**
 * What one thread does for each split: it makes the histograms of two leaves over its own columns, and finds the best split of
 * each. Tasks and answers are numbers in shared memory: a message would take longer than a small leaf.
 */
import type { ColumnGroup, TableLayout } from './binned-table.ts';
import { categorySplit } from './category-split.ts';
import { type AddRows, addRows, type Kernels, kernels } from './kernels.ts';
import { numberSplit } from './number-split.ts';
import { type NextPromising, nextPromising, SCAN_BYTES } from './promising-bins.ts';
import { type LeafSums, type Split, type SplitOptions, worth } from './splits.ts';

/** What a thread is told once. */
export interface SearchPlan {
  readonly table: TableLayout;
  readonly worker: number;
  readonly workers: number;
  readonly options: SplitOptions;
  /** 1, −1 or 0 by column. */
  readonly monotone: readonly number[];
  readonly mail: Mail;
}

/** Where tasks and answers lie. */
export interface Mail {
  /** [2 leaves, TASK_FIELDS], before them the task's number and the units of gradients and second derivatives */
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
const HEAD = 3;
const TASK_FIELDS = 9;
const WORDS = 8;
const ANSWER_FIELDS = 8 + WORDS;

const shared = (values: number) => new Float64Array(new SharedArrayBuffer(8 * values));

export const newMail = (columns: number, workers: number): Mail => ({
  task: shared(HEAD + LEAVES * TASK_FIELDS),
  allowed: new Uint8Array(new SharedArrayBuffer(LEAVES * columns)),
  answers: shared(workers * LEAVES * ANSWER_FIELDS),
});

/** @param tasks of two leaves, the one that is made from rows first */
export function writeTasks(
  { task, answers }: Mail,
  units: { readonly gradient: number; readonly hessian: number },
  tasks: readonly (LeafTask | undefined)[],
): void {
  task[0]!++;
  task[1] = units.gradient;
  task[2] = units.hessian;
  for (let at = 0; at < answers.length; at += ANSWER_FIELDS) answers[at] = -1;
  for (let leaf = 0; leaf < LEAVES; leaf++) {
    const at = HEAD + leaf * TASK_FIELDS;
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
  const at = HEAD + leaf * TASK_FIELDS;
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

function writeAnswer({ answers }: Mail, worker: number, leaf: number, split: Split): void {
  const at = (worker * LEAVES + leaf) * ANSWER_FIELDS;
  const { column, worth, gain, bin, missingLeft, left, bins } = split;
  answers.set([column, worth, gain, bin, missingLeft ? 1 : 0, left.gradient, left.hessian, left.rows], at);
  if (bins) answers.set(bins, at + 8);
}

interface Group extends ColumnGroup {
  /** Of its histograms, from the start of the leaf's. */
  readonly histograms: number;
  readonly bytes: number;
  readonly add: AddRows;
}

export class LeafSearch {
  readonly #plan: SearchPlan;
  readonly #kernels: Kernels;
  readonly #groups: readonly Group[];
  readonly #words: Int32Array;
  readonly #next: NextPromising;
  /** The number of the task that the leaves are of. */
  #task = 0;
  #leaves: (LeafTask & { least: number })[] = [];

  constructor(plan: SearchPlan) {
    this.#plan = plan;
    const { table } = plan;
    const { memory, histogramOf } = table;
    this.#kernels = kernels(memory);
    this.#words = new Int32Array(memory.buffer);
    this.#next = nextPromising(memory);
    this.#groups = table.groups.map((group) => {
      const end = group.first + group.count;
      const start = histogramOf[group.first]!;
      const offsets = histogramOf.slice(group.first, end).map((at) => at - start);
      return {
        ...group,
        histograms: start,
        bytes: (histogramOf[end] ?? table.leafBytes) - start,
        add: addRows(memory, offsets),
      };
    });
  }

  /** Of a task: the groups of columns. */
  get parts(): number {
    return this.#groups.length;
  }

  /** Carries out a part of the task in the mail, and puts the thread's best answers there. */
  run(part: number): void {
    const { mail, options } = this.#plan;
    if (mail.task[0] !== this.#task) {
      this.#task = mail.task[0]!;
      this.#leaves = [0, 1].map((leaf) => {
        const task = readTask(mail, leaf);
        return { ...task, least: worth(task.sums, options, task.bounds) + options.minGain };
      });
    }
    const group = this.#groups[part]!;
    for (const [leaf, task] of this.#leaves.entries()) {
      if (task.source === NOTHING) continue;
      this.#make(group, task);
      if (task.sums.rows >= 2 * options.minRows) this.#search(group, task, leaf);
    }
  }

  #make({ histograms, bytes, place: bins, add }: Group, task: LeafTask): void {
    const { order, quantized } = this.#plan.table;
    const place = this.#slot(task.slot) + histograms;
    if (task.source === FROM_PARENT) {
      this.#kernels.subtract(place, this.#slot(this.#leaves[0]!.slot) + histograms, bytes);
      return;
    }
    this.#kernels.clear(place, bytes);
    if (task.to > task.from) add(order + 4 * task.from, order + 4 * task.to, quantized, bins, place);
  }

  #slot(slot: number): number {
    return this.#plan.table.histograms + slot * this.#plan.table.leafBytes;
  }

  #search({ first, count }: Group, task: LeafTask & { least: number }, leaf: number): void {
    const { table, options, monotone, mail, worker } = this.#plan;
    const { sums, bounds, slot } = task;
    const units = { words: this.#words, gradientUnit: mail.task[1]!, hessianUnit: mail.task[2]! };
    const scan = { ...units, place: table.scans + worker * SCAN_BYTES, next: this.#next };
    for (let column = first; column < first + count; column++) {
      if (mail.allowed[leaf * table.bins.length + column] === 0) continue;
      const bins = table.bins[column]!;
      const place = this.#slot(slot) + table.histogramOf[column]!;
      const split =
        bins.kind === 'category'
          ? categorySplit(place, bins.count, units, sums, options, bounds, task.least)
          : numberSplit(place, bins.missing, scan, sums, options, monotone[column]!, bounds, task.least);
      if (!split) continue;
      task.least = split.worth;
      writeAnswer(mail, worker, leaf, { column, ...split });
    }
  }
}
