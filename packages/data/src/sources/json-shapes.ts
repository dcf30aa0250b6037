/**
 * Tables that JSON holds whole, not as a list of objects: what pandas' to_json writes for each `orient` but "records", which is
 * such a list (https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html), and lists of lists.
 *
 *     columns (the default)  {"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}
 *     index                  {"0": {"a": 1, "b": "x"}, "1": {"a": 2, "b": "y"}}
 *     split                  {"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}
 *     values                 [[1, "x"], [2, "y"]]
 *     lists (to_dict)        {"a": [1, 2], "b": ["x", "y"]}
 */
import { findHeader } from './header.ts';
import { cellText } from './source.ts';

export interface ShapedTable {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Fields = Readonly<Record<string, unknown>>;

/** undefined where the value is no table. */
export function tableOfShape(value: unknown): ShapedTable | undefined {
  if (Array.isArray(value)) return ofLists(value);
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  const split = ofSplit(value);
  if (split) return split;
  if (entries.every(([, cells]) => Array.isArray(cells))) return ofColumns(entries as [string, unknown[]][]);
  if (!entries.every(([, cells]) => isObject(cells))) return undefined;
  return ofObjects(entries as [string, Fields][]);
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
/** Nested values are what a cell may hold, but not what shows that there are cells. */
const isCell = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Lists of the same length, the first perhaps the names. */
function ofLists(lists: readonly unknown[]): ShapedTable | undefined {
  const [first] = lists;
  if (!Array.isArray(first) || first.length === 0) return undefined;
  if (!lists.every((list) => Array.isArray(list) && list.length === first.length && list.every(isCell)))
    return undefined;
  const rows = (lists as unknown[][]).map((list) => list.map(cellText));
  // Numbers are no names, whatever they count: the names of columns are texts.
  const { above, rows: header, names } = findHeader(rows.slice(0, 100));
  const hasNames = above === 0 && header === 1 && first.every((name) => typeof name === 'string');
  return hasNames ? { names, rows: rows.slice(1) } : { names: first.map((_, i) => `column ${i + 1}`), rows };
}

function ofSplit({ columns, index, data }: Fields): ShapedTable | undefined {
  if (!Array.isArray(columns) || !Array.isArray(data)) return undefined;
  if (!data.every((row) => Array.isArray(row) && row.length === columns.length)) return undefined;
  const names = columns.map((name) => (Array.isArray(name) ? name.map(cellText).join(' ') : cellText(name)));
  const rows = (data as unknown[][]).map((row) => row.map(cellText));
  return Array.isArray(index) && index.length === rows.length
    ? withIndex(index.map(cellText), names, rows)
    : { names, rows };
}

/** One list a column, all of the same length. */
function ofColumns(columns: readonly (readonly [string, readonly unknown[]])[]): ShapedTable | undefined {
  const length = columns[0]![1].length;
  if (length === 0 || columns.some(([, cells]) => cells.length !== length || !cells.every(isCell)))
    return undefined;
  return {
    names: columns.map(([name]) => name),
    rows: Array.from({ length }, (_, i) => columns.map(([, cells]) => cellText(cells[i]))),
  };
}

/** Objects that have the same keys, one a column or one a row. */
function ofObjects(entries: readonly (readonly [string, Fields])[]): ShapedTable | undefined {
  const outer = entries.map(([key]) => key);
  const inner = Object.keys(entries[0]![1]);
  if (inner.length === 0 || outer.length * inner.length < 2) return undefined;
  const isAlike = entries.every(([, fields]) => {
    const keys = Object.keys(fields);
    return (
      keys.length === inner.length && inner.every((key) => Object.hasOwn(fields, key) && isCell(fields[key]))
    );
  });
  if (!isAlike) return undefined;
  if (areRows(outer, inner, entries)) {
    const rows = entries.map(([, fields]) => inner.map((key) => cellText(fields[key])));
    return withIndex(outer, inner, rows);
  }
  const rows = inner.map((key) => entries.map(([, fields]) => cellText(fields[key])));
  return withIndex(inner, outer, rows);
}

/** Whether the outer keys name rows. Those of columns are no numbers; else columns are where the types agree. */
function areRows(
  outer: readonly string[],
  inner: readonly string[],
  entries: readonly (readonly [string, Fields])[],
): boolean {
  if (counts(inner)) return false;
  if (counts(outer)) return true;
  const isInteger = (key: string) => /^-?\d+$/.test(key);
  if (inner.every(isInteger) !== outer.every(isInteger)) return outer.every(isInteger);
  const mixed = (lists: readonly (readonly unknown[])[]) =>
    lists.filter((list) => new Set(list.filter((cell) => cell !== null).map((cell) => typeof cell)).size > 1)
      .length;
  const byOuter = mixed(entries.map(([, fields]) => inner.map((key) => fields[key])));
  const byInner = mixed(inner.map((key) => entries.map(([, fields]) => fields[key])));
  return byInner === byOuter ? outer.length > inner.length : byInner < byOuter;
}

/** 0, 1, 2 …: the index that pandas gives where there is none. */
const counts = (keys: readonly string[]): boolean => keys.every((key, i) => key === String(i));

function withIndex(
  index: readonly string[],
  names: readonly string[],
  rows: readonly (readonly string[])[],
): ShapedTable {
  if (counts(index)) return { names, rows };
  return { names: ['index', ...names], rows: rows.map((row, i) => [index[i]!, ...row]) };
}
