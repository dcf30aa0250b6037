/** Rows of a watched process: which are in control, which belong to one run, and in which parts the others are shown. */
import type { Localized } from '@gradus/base';
import type { SliceColumn } from '@gradus/tasks';
import { cellsOf } from './columns.ts';
import type { Evidence, EvidenceTable } from './evidence.ts';
import { SYSTEM } from './join.ts';
import { isNormal, isTrial, type MeasurementColumns } from './measurement-columns.ts';

/** Rows are by their place among those that are read. */
export interface Control {
  /** Whether the model learns from it. */
  isReference(i: number): boolean;
  /** Absent where nothing says which rows have a fault. */
  readonly isFault?: (i: number) => boolean;
  /** What parts the other rows: the fault's name, or the file; and what the column is called. */
  readonly part?: { readonly name: string; of(i: number): string };
  readonly notes: readonly Localized[];
}

/** Of new rows, all of which are held against a model that is known. */
export const NO_CONTROL: Control = { isReference: () => false, notes: [] };

/** What the parts of several files are called. */
export const FILE = 'file';
/** Of rows without a fault, those that are learnt from; alarms of the others are false. */
const LEARNT = 2 / 3;
/** A file whose name says so holds rows in control. */
const IN_CONTROL =
  /normal|healthy|in.?control|fault.?free|no.?fault|reference|^[a-z]?0+(?:_|$)|正常|受控|无故障/i;
const LEARNS = /train|learn|训练/i;

/**
 * In control are rows that a column marks ("trial"); else rows that a column of faults calls normal, the first two thirds of them;
 * else a file that is called after it, or the first one.
 */
export function rowsInControl(
  table: EvidenceTable,
  columns: MeasurementColumns,
  rows: readonly number[],
): Control {
  const [trial, fault, file] = [
    cellsOf(table, columns.trial),
    cellsOf(table, columns.fault),
    cellsOf(table, SYSTEM),
  ];
  const isOfFiles = table.columns.includes(SYSTEM);
  const faulty = rows.map((row) => columns.fault !== undefined && !isNormal(fault(row)));
  const isLabelled = faulty.includes(true) && faulty.includes(false);
  const files = [...new Set(rows.map((row) => file(row)))];
  const part =
    isLabelled && columns.fault !== undefined
      ? { name: columns.fault, of: (i: number) => (faulty[i] ? fault(rows[i]!) : '') }
      : isOfFiles
        ? { name: FILE, of: (i: number) => file(rows[i]!) }
        : undefined;
  const shared = {
    ...(part && { part }),
    ...(isLabelled && { isFault: (i: number) => faulty[i]! }),
  };
  if (columns.trial !== undefined)
    return { ...shared, isReference: (i) => isTrial(trial(rows[i]!)), notes: [] };
  if (isLabelled) {
    const normal = [...rows.keys()].filter((i) => !faulty[i]);
    const last = normal[Math.ceil(LEARNT * normal.length) - 1]!;
    return { ...shared, isReference: (i) => !faulty[i] && i <= last, notes: [learntInWords(columns.fault!)] };
  }
  if (!isOfFiles) return { ...shared, isReference: () => true, notes: [] };
  const named = files.filter((name) => IN_CONTROL.test(name));
  const chosen = named.find((name) => LEARNS.test(name)) ?? named[0] ?? files[0]!;
  return {
    ...shared,
    isReference: (i) => file(rows[i]!) === chosen,
    notes: [referenceInWords(chosen, named.includes(chosen))],
  };
}

const learntInWords = (column: string): Localized => ({
  en: `"${column}" says which rows have a fault: the first two thirds of the others taught what is usual, the rest say how often an alarm is false.`,
  zh: `“${column}”标明有故障的行：其余行的前三分之二用于学习正常状态，剩下的用于统计误报。`,
});
const referenceInWords = (file: string, isNamed: boolean): Localized => ({
  en: `Rows of ${file} are taken to be in control, ${isNamed ? 'as it is called' : 'as it is the first file'}; the others are held against them.`,
  zh: `${isNamed ? '按文件名' : '作为第一个文件'}，${file} 的行视为受控；其他行与之比较。`,
});

export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Rows after each other of one file, and of one run where a column says so: means over time begin anew with each. */
export function runsOf(table: EvidenceTable, columns: MeasurementColumns, rows: readonly number[]): Run[] {
  const [run, file] = [cellsOf(table, columns.run), cellsOf(table, SYSTEM)];
  const fault = /run|simul/i.test(columns.run ?? '') ? cellsOf(table, columns.fault) : () => '';
  const key = (i: number) => `${file(rows[i]!)}\n${run(rows[i]!)}\n${fault(rows[i]!)}`;
  const runs: Run[] = [];
  for (let from = 0, to = 1; from < rows.length; to++) {
    if (to < rows.length && key(to) === key(from)) continue;
    runs.push({ from, to });
    from = to;
  }
  return runs;
}

/** Rows of a stretch at least. */
const SHORTEST = 20;
/** Of the rows over which scores resemble each other. */
const STRETCH = 4;
const LONGEST = 200;

/**
 * Rows after each other are alike, so that intervals take a stretch of them as one: the longer, the more a score resembles the one before (by
 * the autocorrelation, as that of a first-order process).
 */
export function stretches(
  runs: readonly Run[],
  scores: readonly number[],
): Pick<Evidence, 'clusters' | 'clusteredBy'> {
  const length = Math.round(
    Math.min(LONGEST, Math.max(SHORTEST, STRETCH * rowsAlike(runs, scores.map(Math.log)))),
  );
  const clusters = new Int32Array(scores.length);
  let next = 0;
  for (const { from, to } of runs) {
    for (let i = from; i < to; i++) clusters[i] = next + Math.floor((i - from) / length);
    next += Math.ceil((to - from) / length);
  }
  return next > 1 ? { clusters, clusteredBy: 'stretch' } : {};
}

/** How many rows say as much as one that is independent; each run around its own mean, as a fault is no resemblance. */
function rowsAlike(runs: readonly Run[], values: readonly number[]): number {
  let [own, next] = [0, 0];
  for (const { from, to } of runs) {
    let mean = 0;
    for (let i = from; i < to; i++) mean += values[i]! / (to - from);
    for (let i = from; i < to; i++) {
      own += (values[i]! - mean) ** 2;
      if (i > from) next += (values[i]! - mean) * (values[i - 1]! - mean);
    }
  }
  const correlation = own > 0 ? Math.min(0.98, Math.max(0, next / own)) : 0;
  return (1 + correlation) / (1 - correlation);
}

const MOST_LEVELS = 60;

/** The rows that are held against the model, by their fault or their file. */
export function partsOf({ part }: Control, rows: readonly number[], looked: readonly boolean[]): SliceColumn {
  const of = (i: number) => (looked[i] && part ? part.of(i) : '');
  const levels = [...new Set(rows.map((_, i) => of(i)))]
    .filter((level) => level !== '')
    .slice(0, MOST_LEVELS);
  return {
    name: part?.name ?? '',
    levels,
    codes: Int32Array.from(rows, (_, i) => levels.indexOf(of(i))),
  };
}
