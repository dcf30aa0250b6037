/**
 * Tables that belong together: what was said in one file, what each system made of it in others. They are joined by the column whose
 * values they share. Where a row of the first holds a list of records (the recordings of a sentence), each of these is a row.
 */
import { count, type Localized } from '@gradus/base';
import { plainName } from './columns.ts';
import type { EvidenceTable, LeftOut } from './evidence.ts';
import { systemsAsRows } from './systems.ts';

/** A column of the joined table that says which file a row's answer is from. */
export const SYSTEM = 'system';

export interface Joined {
  readonly table: EvidenceTable;
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Localized[];
  /** The answers are of several files. */
  readonly isOfSystems: boolean;
}

/** At least this share of a file's keys has to be known for the two to belong together. */
const FEWEST_KNOWN = 0.5;

/** Files of the same columns are one table, with a column that says which file a row is of. */
function stacked(tables: readonly EvidenceTable[]): Joined | undefined {
  const [first, ...more] = tables as [EvidenceTable, ...EvidenceTable[]];
  if (more.length === 0) return undefined;
  return {
    table: {
      file: tables.map(({ file }) => file).join(' + '),
      columns: [...first.columns, SYSTEM],
      rows: tables.flatMap(({ rows, file }) => rows.map((row) => [...row, stem(file)])),
      numbers: tables.flatMap(({ numbers }) => numbers),
    },
    leftOut: [],
    notes: [],
    isOfSystems: true,
  };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

/**
 * @param kindOf What a table is evidence of by itself. Two that are evidence of different kinds are no parts of one, though both number their rows.
 * @returns the tables with those joined that belong together, the first of each group in its place
 */
export function joinTables(
  tables: readonly EvidenceTable[],
  kindOf: (table: EvidenceTable) => string | undefined = () => undefined,
): Joined[] {
  const left = [...tables];
  const joined: Joined[] = [];
  while (left.length > 0) {
    const [first] = left.splice(0, 1) as [EvidenceTable];
    const kind = kindOf(first);
    const possible = left.filter((table) => kind === undefined || [undefined, kind].includes(kindOf(table)));
    const base = possible.reduce((known, other) => unfolded(known, other) ?? known, first);
    const partners = possible.flatMap((table) => {
      const key = keyOf(base, table);
      return key === undefined ? [] : [{ table, key }];
    });
    const alike = left.filter(({ columns }) => isSame(columns, first.columns));
    const one = partners.length === 0 ? stacked([first, ...alike]) : undefined;
    if (one) {
      for (const table of alike) left.splice(left.indexOf(table), 1);
      joined.push(one);
      continue;
    }
    if (partners.length === 0) {
      const systems = systemsAsRows(first, SYSTEM);
      joined.push({
        table: first,
        leftOut: [],
        notes: [],
        ...systems,
        isOfSystems: systems !== undefined,
      });
      continue;
    }
    for (const { table } of partners) left.splice(left.indexOf(table), 1);
    joined.push(joinedWith(base, partners));
  }
  return joined;
}

/** Rows of the lists of records in a cell, where the other table has a column that these records have. */
function unfolded(table: EvidenceTable, other: EvidenceTable): EvidenceTable | undefined {
  if (keyOf(table, other) !== undefined) return undefined;
  for (const [at, name] of table.columns.entries()) {
    const first = recordsOf(table.rows.find((row) => row[at] !== '')?.[at]);
    if (!first) continue;
    const inner = Object.keys(first[0] ?? {});
    if (!inner.some((key) => other.columns.includes(key) && !table.columns.includes(key))) continue;
    const columns = [...table.columns.filter((column) => column !== name), ...inner];
    const rows: string[][] = [];
    const numbers: number[] = [];
    for (const [i, row] of table.rows.entries()) {
      const own = row.filter((_, column) => column !== at);
      for (const record of recordsOf(row[at]) ?? []) {
        rows.push([...own, ...inner.map((key) => String(record[key] ?? ''))]);
        numbers.push(table.numbers[i]!);
      }
    }
    return { file: table.file, columns, rows, numbers };
  }
  return undefined;
}

function recordsOf(cell: string | undefined): Record<string, unknown>[] | undefined {
  if (!cell?.startsWith('[{')) return undefined;
  try {
    return JSON.parse(cell) as Record<string, unknown>[];
  } catch {
    return undefined;
  }
}

/** The column by which the second belongs to the first: its values are all different in both, and most are known to the first. */
function keyOf(base: EvidenceTable, other: EvidenceTable): string | undefined {
  return other.columns.find((name) => {
    const [at, of] = [base.columns.indexOf(name), other.columns.indexOf(name)];
    if (at < 0 || other.rows.length === 0) return false;
    const known = new Set(base.rows.map((row) => row[at]!));
    const keys = new Set(other.rows.map((row) => row[of]!));
    if (known.size < base.rows.length * 0.99 || keys.size < other.rows.length * 0.99 || keys.size < 2)
      return false;
    const shared = [...keys].filter((key) => known.has(key)).length;
    return shared >= FEWEST_KNOWN * keys.size;
  });
}

interface Partner {
  readonly table: EvidenceTable;
  readonly key: string;
}

const stem = (file: string): string =>
  file.replace(/(\.(csv|tsv|jsonl?|parquet|xlsx|dat|txt))?(\.gz)?$/i, '');

function joinedWith(base: EvidenceTable, partners: readonly Partner[]): Joined {
  const isOfSystems = partners.length > 1;
  const baseNames = new Set(base.columns.map(plainName));
  const added = [
    ...new Set(partners.flatMap(({ table, key }) => table.columns.filter((name) => name !== key))),
  ];
  const nameOf = (column: string) => (baseNames.has(plainName(column)) ? `predicted_${column}` : column);
  const columns = [...base.columns, ...added.map(nameOf), ...(isOfSystems ? [SYSTEM] : [])];
  const rows: string[][] = [];
  const numbers: number[] = [];
  const leftOut: LeftOut[] = [];
  const notes: Localized[] = [];
  for (const { table, key } of partners) {
    const at = base.columns.indexOf(key);
    const rowOf = new Map(base.rows.map((row, i) => [row[at]!, i]));
    const places = added.map((name) => table.columns.indexOf(name));
    const of = table.columns.indexOf(key);
    const unknown: number[] = [];
    const answered = new Set<number>();
    for (const [i, row] of table.rows.entries()) {
      const known = rowOf.get(row[of]!);
      if (known === undefined) {
        unknown.push(table.numbers[i]!);
        continue;
      }
      answered.add(known);
      rows.push([
        ...base.rows[known]!,
        ...places.map((place) => (place < 0 ? '' : row[place]!)),
        ...(isOfSystems ? [stem(table.file)] : []),
      ]);
      numbers.push(table.numbers[i]!);
    }
    if (unknown.length > 0) leftOut.push(unknownKeys(table.file, base.file, key, unknown));
    const missing = base.rows.length - answered.size;
    if (missing > 0) notes.push(unanswered(base, table.file, missing));
  }
  return {
    table: {
      file: `${base.file} + ${partners.map(({ table }) => table.file).join(', ')}`,
      columns,
      rows,
      numbers,
    },
    leftOut,
    notes,
    isOfSystems,
  };
}

const unknownKeys = (file: string, base: string, key: string, rows: readonly number[]): LeftOut => ({
  reason: {
    en: `${file}: its "${key}" is not in ${base}, so nobody knows what it should have been`,
    zh: `${file}：其“${key}”不在 ${base} 中，无法知道正确结果`,
  },
  count: rows.length,
  rows: rows.slice(0, 20),
});

const unanswered = ({ file, rows }: EvidenceTable, system: string, missing: number): Localized => ({
  en: `${count(missing)} of the ${count(rows.length)} rows of ${file} have no answer in ${system}; figures are of those that have one.`,
  zh: `${file} 的 ${count(rows.length)} 行中有 ${count(missing)} 行在 ${system} 中没有结果；指标只统计有结果的行。`,
});
