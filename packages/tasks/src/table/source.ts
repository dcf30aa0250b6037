/** A run's table, and the one for testing where there is one, as rows of the table task. */
import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { readTable, type Table } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import type { TaskData } from '../recipe/read.ts';
import type { TableRows } from './columns.ts';
import { futureInWords } from './read/future.ts';
import { tableRows } from './read/rows.ts';
import type { TaskKind } from './read/target.ts';

/** What a recipe's options say of the table. */
export interface TableSourceOptions {
  readonly target?: string | undefined;
  readonly time?: string | undefined;
  readonly group?: string | undefined;
  readonly weight?: string | undefined;
  readonly ignore?: readonly string[];
  readonly task?: TaskKind | undefined;
}

/** More cells than this are sampled evenly, by rows. */
const MOST_CELLS = 30_000_000;
const MOST_CHARACTERS = 400e6;
/** Rows that are read before anyone knows how many columns there are. */
const MOST_ROWS = 1_000_000;

/** @param sources The names of the run's sources */
export async function readTableRows(
  run: RunContext<TableSourceOptions>,
  sources: { readonly main: string; readonly test: string },
): Promise<TaskData<TableRows>> {
  const { target, time, group, weight, ignore } = run.options;
  // Numbers that were classes stay classes when the file has grown.
  const task = run.options.task ?? (run.parent?.summary as { readonly task?: TaskKind } | undefined)?.task;
  const main = await read(run, sources.main);
  const file = basename(run.sources[sources.main]!.address);
  if (target === undefined) throw new UserError(noTarget(file, main.columns));
  const test = run.sources[sources.test] && (await read(run, sources.test));
  const { rows, notes, setAside } = tableRows(main, { target, time, group, weight, ignore, task }, test);
  const named = { target, time: rows.times?.column, group: rows.groups?.column, weight };
  return {
    rows,
    used: rows.count,
    file,
    read: main.rowsRead + (test?.rowsRead ?? 0),
    setAside: main.setAside.count + (test?.setAside.count ?? 0) + setAside.length,
    columns: Object.fromEntries(
      Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    notes: [
      ...notes,
      ...(rows.times ? futureInWords(rows.times, Date.now()) : []),
      ...setAsideInWords(setAside),
    ],
  };
}

async function read(run: RunContext<TableSourceOptions>, name: string): Promise<Table> {
  const table = await readTable(run.sources[name]!.path, {
    maxRows: MOST_ROWS,
    maxCharacters: MOST_CHARACTERS,
    signal: run.signal,
    onProgress: (bytes, total) => run.progress({ en: 'rows', zh: '行' }, bytes, total),
  });
  const most = Math.floor(MOST_CELLS / table.columns.length);
  if (table.rows.length <= most) return table;
  const places = Array.from({ length: most }, (_, i) => Math.floor((i * table.rows.length) / most));
  return {
    ...table,
    rows: places.map((i) => table.rows[i]!),
    numbers: places.map((i) => table.numbers[i]!),
    sampled: true,
  };
}

/** Reasons that rows were set aside for, the most frequent first, with the first row of each. */
function setAsideInWords(
  setAside: readonly { readonly row: number; readonly reason: Localized }[],
): Localized[] {
  const byReason = [...Map.groupBy(setAside, ({ reason }) => reason.en).values()];
  return byReason
    .sort((a, b) => b.length - a.length)
    .slice(0, 5)
    .map((rows) => ({
      en: `${rows.length} ${rows.length === 1 ? 'row' : 'rows'} set aside, the first of them row ${rows[0]!.row}: ${rows[0]!.reason.en}.`,
      zh: `搁置 ${rows.length} 行（首个为第 ${rows[0]!.row} 行）：${rows[0]!.reason.zh}。`,
    }));
}

const noTarget = (file: string, columns: readonly string[]): Localized => ({
  en: `Say which column shall be predicted: --target COLUMN. The columns of ${file} are ${shown(columns, ', ')}.`,
  zh: `请指明要预测哪一列：--target 列名。${file} 的列有：${shown(columns, '、')}。`,
});

const shown = (columns: readonly string[], comma: string): string =>
  columns.slice(0, 30).join(comma) + (columns.length > 30 ? `${comma}…` : '');
