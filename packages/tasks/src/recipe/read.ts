/** A run's table as rows of a task: each role's column by what its kind is for. */
import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { cleanText, parseTimes, profileTable, readTable } from '@gradus/data';
import { mainSource, type RunContext, type Takes } from '@gradus/loop';
import type { TaskRow } from '../task.ts';
import { type ColumnsByRole, chooseColumns } from './columns.ts';

/** More rows than this are sampled evenly. */
const MOST_ROWS = 40_000;

/** What was read of a table. */
export interface TaskData<Rows> {
  readonly rows: Rows;
  /** How many rows are learnt from or judged by. */
  readonly used: number;
  /** The file's name, without its folder. */
  readonly file: string;
  /** Rows read, and those among them without a text. */
  readonly read: number;
  readonly setAside: number;
  readonly columns: ColumnsByRole;
  readonly notes: readonly Localized[];
}

/**
 * Rows of the main source: the role of kind text is the input, that of kind label the label, that of kind time the time; roles of
 * kind category are slices.
 */
export async function readTextRows(
  run: RunContext,
  takes: Takes,
): Promise<TaskData<readonly TaskRow<string>[]>> {
  const main = mainSource(takes);
  const { roles } = takes[main]!;
  const source = run.sources[main]!;
  const table = await readTable(source.path, {
    maxRows: MOST_ROWS,
    signal: run.signal,
    onProgress: (bytes, total) => run.progress({ en: 'rows', zh: '行' }, bytes, total),
  });
  const columns = await chooseColumns(table.columns, roles, optionsOf(run), () =>
    profileTable(source.path, { signal: run.signal }),
  );
  const cells = (role: string): readonly string[] | undefined => {
    const at = table.columns.indexOf(columns[role] ?? '');
    return at < 0 ? undefined : table.rows.map((row) => row[at] ?? '');
  };
  const named = (kind: string) => Object.keys(roles).filter((role) => roles[role]!.kind === kind);
  const first = (kind: string) => cells(named(kind)[0] ?? '');
  const [texts, labels] = [first('text'), first('label')];
  const times = first('time') && parseTimes(first('time')!, true).times;
  const groups = named('category').flatMap((role) => {
    const values = cells(role);
    return values ? [{ role, values }] : [];
  });
  const rows = table.rows.flatMap((_, i): TaskRow<string>[] => {
    const input = cleanText(texts?.[i] ?? '');
    if (input === '') return [];
    const [label, time] = [labels?.[i]?.trim(), times?.[i]];
    return [
      {
        row: table.numbers[i]!,
        input,
        ...(label && { label }),
        ...(time !== undefined && { time }),
        slices: Object.fromEntries(
          groups.map(({ role, values }) => [role, cleanText(values[i]!).slice(0, 100) || null]),
        ),
      },
    ];
  });
  const file = basename(source.address);
  if (rows.length === 0) {
    throw new UserError({
      en: `${file} has no text in "${columns[named('text')[0]!]}". Name another column with --${named('text')[0]}.`,
      zh: `${file} 的“${columns[named('text')[0]!]}”列没有文本。请用 --${named('text')[0]} 指定另一列。`,
    });
  }
  return {
    rows,
    used: rows.length,
    file,
    read: table.rowsRead,
    setAside: table.setAside.count + table.rows.length - rows.length,
    columns,
    notes: table.sampled
      ? [
          {
            en: `The file is large: an even sample of ${table.rows.length} of its ${table.rowsRead} rows was used.`,
            zh: `文件很大：从 ${table.rowsRead} 行中均匀抽取了 ${table.rows.length} 行。`,
          },
        ]
      : [],
  };
}

const optionsOf = ({ options }: RunContext): Readonly<Record<string, unknown>> =>
  typeof options === 'object' && options !== null ? { ...options } : {};
