/** Columns of evidence by what they hold: found by their names in both languages, unless the standard names them. */
import { UserError } from '@gradus/base';
import { noSuchColumn } from '@gradus/data';
import type { SliceColumn } from '@gradus/tasks';
import type { EvidenceTable } from './evidence.ts';

/** Names without case and separators: "Task success" is "tasksuccess". */
export const plainName = (name: string): string => name.toLowerCase().replace(/[\s_.\-/()（）]/g, '');

/** By role: names that columns of it have, as `plainName` writes them. */
export type RoleNames = Readonly<Record<string, readonly string[]>>;

/**
 * The column of each role: the one that the standard names, else the first whose name is one of the role's.
 *
 * @throws UserError where the standard names a column that is not there
 */
export function findColumns<N extends RoleNames>(
  { columns, file }: EvidenceTable,
  names: N,
  named: Readonly<Record<string, string>>,
): Partial<Record<keyof N & string, string>> {
  const plain = columns.map(plainName);
  const found: Partial<Record<keyof N & string, string>> = {};
  const taken = new Set<string>();
  for (const [role, known] of Object.entries(names)) {
    const given = named[role];
    const column =
      given ?? columns[plain.findIndex((name, i) => known.includes(name) && !taken.has(columns[i]!))];
    if (column === undefined) continue;
    if (given !== undefined && !columns.includes(given))
      throw noSuchColumn(`columns.${role} (${file})`, given, columns);
    taken.add(column);
    found[role as keyof N & string] = column;
  }
  return found;
}

/** Of a column, each row's cell. */
export function cellsOf(
  { columns, rows }: EvidenceTable,
  column: string | undefined,
): (row: number) => string {
  const at = column === undefined ? -1 : columns.indexOf(column);
  return (row) => (at < 0 ? '' : (rows[row]![at] ?? ''));
}

/** More values than this part rows into slices that nobody looks at. */
const MOST_LEVELS = 60;
const FEWEST_OF_LEVEL = 5;
/** A column of which fewer rows have a value that returns is one of names, not of parts. */
const FEWEST_SHARE = 0.5;
const MOST_SLICE_COLUMNS = 12;

export interface SliceOptions {
  /** Columns that people named; of these nothing is guessed. */
  readonly asked: readonly string[];
  /** Columns that hold something else. */
  readonly taken: ReadonlySet<string>;
}

/** The columns that part the rows: those asked for, else those of few values. */
export function sliceColumns(table: EvidenceTable, { asked, taken }: SliceOptions): SliceColumn[] {
  const names = asked.length > 0 ? asked : table.columns.filter((name) => !taken.has(name));
  const found = names.flatMap((name) => sliceColumn(table, name, asked.length > 0) ?? []);
  return asked.length > 0 ? found : found.slice(0, MOST_SLICE_COLUMNS);
}

/** A column as levels; undefined where its values part nothing. */
function sliceColumn(table: EvidenceTable, name: string, isAsked = false): SliceColumn | undefined {
  const cell = cellsOf(table, name);
  const counts = new Map<string, number>();
  for (let row = 0; row < table.rows.length; row++) {
    const value = cell(row).trim().slice(0, 200);
    if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const frequent = [...counts].filter(([, count]) => isAsked || count >= FEWEST_OF_LEVEL);
  const held = frequent.reduce((sum, [, count]) => sum + count, 0);
  // Decimals are measured, and part nothing.
  const isMeasured = !isAsked && frequent.some(([value]) => /^-?\d*\.\d+$/.test(value));
  if (
    isMeasured ||
    frequent.length < 2 ||
    (!isAsked && (frequent.length > MOST_LEVELS || held < FEWEST_SHARE * table.rows.length))
  )
    return undefined;
  const levels = frequent
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_LEVELS)
    .map(([level]) => level);
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const codes = Int32Array.from(table.rows, (_, row) => codeOf.get(cell(row).trim().slice(0, 200)) ?? -1);
  return { name, levels, codes };
}

/** The column of versions. @throws UserError where it has fewer than two */
export function versionColumn(table: EvidenceTable, name: string | undefined): SliceColumn | undefined {
  if (name === undefined) return undefined;
  const found = sliceColumn(table, name, true);
  if (!found) {
    throw new UserError({
      en: `--version: the column "${name}" of ${table.file} holds one version only, so there is nothing to compare. Leave --version out, or add rows of another version.`,
      zh: `--version：${table.file} 的“${name}”列只有一个版本，没有可比较的内容。请去掉 --version，或加入其他版本的行。`,
    });
  }
  // In the order in which they stand in the file: the last is the newest.
  const first = new Map<string, number>();
  found.codes.forEach((code, row) => {
    if (code >= 0 && !first.has(found.levels[code]!)) first.set(found.levels[code]!, row);
  });
  const levels = [...found.levels].sort((a, b) => first.get(a)! - first.get(b)!);
  const codes = found.codes.map((code) => (code < 0 ? -1 : levels.indexOf(found.levels[code]!)));
  return { name, levels, codes };
}

/**
 * Which rows belong together: those with the same value of the column; undefined where no value returns.
 *
 * @param columns The first whose values return is taken
 */
export function clustersBy(
  table: EvidenceTable,
  columns: readonly (string | undefined)[],
): { readonly clusters: Int32Array; readonly name: string } | undefined {
  for (const name of columns) {
    if (name === undefined) continue;
    const cell = cellsOf(table, name);
    const numbers = new Map<string, number>();
    const clusters = Int32Array.from(table.rows, (_, row) => {
      const value = cell(row).trim() || `\u0000${row}`;
      if (!numbers.has(value)) numbers.set(value, numbers.size);
      return numbers.get(value)!;
    });
    if (numbers.size < table.rows.length && numbers.size > 1) return { clusters, name };
  }
  return undefined;
}
