/**
 * The header of a table of text cells: its rows, the title above it, and the names that it gives.
 *
 * Reports carry a title, a period and filters above the header; survey tools write headers of two rows (SurveyMonkey: the
 * question, then its options) or three (Qualtrics: a name, the question, an ImportId); spreadsheets group columns under merged
 * cells; R writes no name over its row names.
 */
import { type Localized, UserError } from '@gradus/base';
import { type Cells, evidenceOf, kindOf, looksLikeHeader } from './header-evidence.ts';
import { MOST_COLUMNS } from './source.ts';

export interface FoundHeader {
  /** Rows above the header: titles, periods, filters, comments, blank rows. */
  readonly above: number;
  /** Rows that the header takes; 0: there is none, and the row after those above is data. */
  readonly rows: number;
  /** One a column, all different; `column 1` where there is no name. */
  readonly names: readonly string[];
}

export interface HeaderOptions {
  /**
   * A header of one cell less than the rows lacks the name of the first column (R's write.table). Of formats that write cells one
   * behind another; in a sheet a cell has its place.
   */
  readonly rowNames?: boolean;
}

/** Rows above a header, at most. */
const MOST_ABOVE = 30;

/**
 * Finds the header in a table's first rows: give some fifty or a hundred of them, for whether a row is a header is seen by
 * what stands below it. With what it returns, rows[above … above + rows) are the header, and the data begin right behind.
 *
 * ```ts
 * const { above, rows, names } = findHeader(firstRows);
 * const data = firstRows.slice(above + rows);
 * ```
 *
 * @param table The first rows from the top, blank ones included as `[]` or empty cells. Of a merged cell the text stands in its
 *   first cell, the others are empty: that is how groups of columns are seen.
 */
export function findHeader(table: readonly Cells[], { rowNames = false }: HeaderOptions = {}): FoundHeader {
  const all = table.map((row) => row.map((cell) => cell.trim()));
  const width = widthOf(all);
  const above = titleRows(all, width, rowNames);
  const [first = [], ...under] = all.slice(above);
  const below = under.filter((row) => row.some(Boolean));
  const several = severalRows([first, ...under]);
  if (several) return { above, rows: several.rows, names: uniqueNames(padded(several.names, width)) };
  if (rowNames && lacksRowNames(first, below)) return { above, rows: 1, names: uniqueNames(['', ...first]) };
  const isHeader = looksLikeHeader(first) || evidenceOf(first, below).sum > 0;
  return { above, rows: isHeader ? 1 : 0, names: uniqueNames(isHeader ? first : first.map(() => '')) };
}

/** How many columns the table has below its title: as most rows have from the first of that length on. */
function widthOf(rows: readonly Cells[]): number {
  const lengths = rows.filter((row) => row.some(Boolean)).map(({ length }) => length);
  const tally = new Map<number, number>();
  for (const length of lengths) tally.set(length, (tally.get(length) ?? 0) + 1);
  const byCount = [...tally].sort(([a, m], [b, n]) => n - m || b - a).map(([length]) => length);
  const held = (length: number) => {
    const behind = lengths.slice(lengths.indexOf(length));
    return behind.length > 1 && 2 * behind.filter((other) => other === length).length >= behind.length;
  };
  return byCount.find((length) => length > 1 && held(length)) ?? byCount[0] ?? 0;
}

/** How many rows stand above the header. */
function titleRows(rows: readonly Cells[], width: number, isText: boolean): number {
  const first = rows.findIndex((row) => row.some(Boolean));
  if (first < 0) return 0;
  const at = rows.findIndex((row) => row.some(Boolean) && !isTitle(row, width, isText));
  if (at <= first || at > MOST_ABOVE) return first;
  const [header = [], ...below] = rows.slice(at).filter((row) => row.some(Boolean));
  const titles = rows.slice(first, at).filter((row) => row.some(Boolean));
  const isNamed = header.length >= width - 1 && new Set(header).size === header.length;
  const namesColumns = (isNamed && looksLikeHeader(header)) || severalRows([header, ...below]) !== undefined;
  if (namesColumns && (width > 2 || titles.every((row) => row.length < width || isComment(row)))) return at;
  if (evidenceOf(header, below).sum > 0) return at;
  // Without a header below, a line of one cell is a title where it leaves out the delimiters of the others.
  return titles.every((row) => row.length === 1 && width > 1) && !looksLikeHeader(header) ? at : first;
}

/** One cell alone that is no number, over a wider table; `Period:` and what it is; a comment; in a text, two cells of many. */
function isTitle(row: Cells, width: number, isText: boolean): boolean {
  if (width < 2) return false;
  const filled = row.filter(Boolean);
  const [label = ''] = filled;
  if (isComment(row) || filled.length === 0) return true;
  if (!/\p{L}/u.test(label) || row[0] === '') return false;
  if (filled.length !== 2 || row[1] === '') return filled.length === 1;
  // In a text a row of the table has its delimiters; in a sheet `region, Sales` may be a name and a group.
  return (width > 2 && /[:：]$/.test(label)) || (isText && width > 3 && row.length < width - 1);
}

/** `# made by …`. In `#chrom,start,end` the mark belongs to the first name. */
const isComment = (row: Cells): boolean =>
  /^#/.test(row[0] ?? '') && (/^#+(?:\s|$)/.test(row[0]!) || row.filter(Boolean).length === 1);

interface Several {
  readonly rows: number;
  readonly names: Cells;
}

function severalRows(rows: readonly Cells[]): Several | undefined {
  const [first = [], second = [], ...below] = rows;
  const ids = rows.slice(1, 3).findIndex(isImportIds);
  if (ids >= 0) return { rows: ids + 2, names: first };
  if (below.length === 0) return undefined;
  const groups = groupsOver(first, second, below);
  if (groups) return { rows: 2, names: groups };
  return explains(first, second, below) ? { rows: 2, names: first } : undefined;
}

/** The third row of Qualtrics: `{"ImportId":"QID1"}`. */
const isImportIds = (row: Cells): boolean =>
  row.some(Boolean) && row.every((cell) => /^(?:|\{\s*"ImportId":.*)$/.test(cell));

/** SurveyMonkey's second row where a question has no options. */
const ANSWER_ITSELF = /^(?:open-ended )?response$|^(?:开放式)?(?:回答|答案|回复)$/i;

/** The names of columns in groups: `Q1,,Q2,` over `sales,cost,sales,cost`; undefined where the rows are no such header. */
function groupsOver(groups: Cells, names: Cells, below: readonly Cells[]): Cells | undefined {
  const width = Math.max(groups.length, names.length);
  const columns = Array.from({ length: width }, (_, i) => ({
    group: groups[i] ?? '',
    name: names[i] ?? '',
    i,
  }));
  const started = columns.findIndex(({ group }) => group !== '');
  const inGroup = columns.filter(({ group, i }) => group === '' && i > started);
  const filledBelow = (i: number) =>
    below.filter((row) => (row[i] ?? '') !== '').length >= 0.8 * below.length;
  // Under a name that stands alone there is nothing in a second row of a header, and something in a row.
  const alone = columns.filter(({ group, name, i }) => group !== '' && name === '' && filledBelow(i)).length;
  const evidence = evidenceOf(names, below);
  const isSurvey =
    names.some((name) => ANSWER_ITSELF.test(name)) &&
    names.every((name) => name === '' || ANSWER_ITSELF.test(name));
  const isGrouped =
    inGroup.length > 0 &&
    inGroup.every(({ name }) => name !== '') &&
    evidence.continues === 0 &&
    (alone > 0 || evidence.sum > 0) &&
    columns.every(({ group, name }) => group !== '' || name !== '');
  if (!isGrouped && !(isSurvey && alone > 0)) return undefined;
  let group = '';
  return columns.map((column) => {
    group = column.group || group;
    const name = ANSWER_ITSELF.test(column.name) ? '' : column.name;
    return column.i < started ? name : [group, name].filter(Boolean).join(' ');
  });
}

/** Whether the second row says more of the columns that the first names (questions, units), and is no data itself. */
function explains(first: Cells, second: Cells, below: readonly Cells[]): boolean {
  if (first.some((cell) => cell === '') || new Set(first).size < first.length) return false;
  if (second.length !== first.length || second.some((cell) => cell === '')) return false;
  const { words, continues } = evidenceOf(second, below);
  const typed = second.filter((_, i) => {
    const kind = kindOf(below.map((row) => row[i] ?? ''));
    return kind !== undefined && kind !== 'text';
  }).length;
  return words >= 2 && words === typed && continues === 0 && evidenceOf(first, below).continues === 0;
}

/** The rows have one cell more than the header, and something in it. */
function lacksRowNames(first: Cells, below: readonly Cells[]): boolean {
  const wider = below.filter(({ length }) => length === first.length + 1);
  if (wider.length < 0.8 * below.length || wider.length === 0) return false;
  if (wider.every((row) => row.at(-1) === '') || first.some((cell) => cell === '')) return false;
  return looksLikeHeader(first) || evidenceOf(['', ...first], below).sum > 0;
}

const padded = (names: Cells, width: number): Cells =>
  names.length >= width ? names : [...names, ...new Array<string>(width - names.length).fill('')];

/** @throws UserError for more columns than a table can have */
export function checkColumnCount(count: number, name: string, hint?: Localized): void {
  if (count > MOST_COLUMNS) {
    throw new UserError({
      en: `${name} has ${count} columns; expected at most ${MOST_COLUMNS}.${hint ? ` ${hint.en}` : ''}`,
      zh: `${name} 有 ${count} 列；最多 ${MOST_COLUMNS} 列。${hint?.zh ?? ''}`,
    });
  }
}

/** Trimmed; empty ones are numbered, repeated ones counted. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => uniqueName(name, i, taken));
}

/** One more name, which is then taken. */
export function uniqueName(name: string, index: number, taken: Set<string>): string {
  const wish = name.trim() || `column ${index + 1}`;
  let column = wish;
  for (let n = 2; taken.has(column); n++) column = `${wish} (${n})`;
  taken.add(column);
  return column;
}

/** Why a row of another number of cells than there are columns cannot be used. */
export const otherWidth = (cells: number, columns: number): Localized => ({
  en: `it has ${cells} ${cells === 1 ? 'column' : 'columns'}; expected ${columns}`,
  zh: `有 ${cells} 列；应为 ${columns} 列`,
});
