/**
 * Where the table of a sheet is: its header, under titles and in several rows; its first column; what stands below it and is no
 * row. Beside the text of the cells (`findHeader`) the merged ones tell: one over the whole width is a title, those above names
 * are groups of columns.
 */
import { type Localized, UserError } from '@gradus/base';
import type { SheetRow } from './excel-cells.ts';
import type { Merged } from './excel-merges.ts';
import { findHeader, otherWidth, uniqueNames } from './header.ts';
import { MOST_COLUMNS, type SourceRow } from './source.ts';

export interface SheetLayout {
  readonly names: readonly string[];
  /** Columns of the sheet before the table's first. */
  readonly left: number;
  /** How many of the rows are above the table's first row of data: titles and header. */
  readonly skip: number;
  readonly linesAbove: number;
  /** The line behind the header. */
  readonly dataFrom: number;
}

/**
 * @param rows The first of the sheet, those that hold something; at least one.
 * @throws UserError for more columns than a table can have
 */
export function sheetLayout(rows: readonly SheetRow[], all: readonly Merged[], name: string): SheetLayout {
  const last = rows.at(-1)!.line;
  const merged = all.filter(({ top }) => top <= last).slice(0, MOST_LOOKED_AT);
  const left = firstColumn(rows);
  const width = usualLength(rows);
  const found = rows.findIndex((row, i) => i === rows.length - 1 || !isTitle(row, merged, left, width));
  // A title over nothing is no title.
  const titles = found === rows.length - 1 && found > 0 ? 0 : found;
  const rest = rows.slice(titles);
  const { above, header, names } = groupedHeader(rest, merged, left) ?? textHeader(rest, left);
  const skip = titles + above + header;
  if (rows.slice(titles + above, Math.max(skip, titles + above + 1)).some(({ beyond }) => beyond > 0))
    throw new UserError({
      en: `${name} has more than ${MOST_COLUMNS} columns in its header.`,
      zh: `${name} 的表头超过 ${MOST_COLUMNS} 列。`,
    });
  const lastOfHeader = rows[skip - 1];
  return {
    names: widened(names, rows.slice(skip), left),
    left,
    skip,
    linesAbove: titles + above,
    dataFrom: lastOfHeader ? lastOfHeader.line + 1 : 1,
  };
}

const filledCells = (row: SheetRow): number => row.fields.filter((field) => field !== '').length;
const isFilled = (field: string | undefined): boolean => field !== undefined && field !== '';

/** Zero-based; rows of one cell are titles and notes, unless all are. */
function firstColumn(rows: readonly SheetRow[]): number {
  const wide = rows.filter((row) => filledCells(row) > 1);
  const firsts = (wide.length > 0 ? wide : rows)
    .map(({ fields }) => fields.findIndex(isFilled))
    .filter((at) => at >= 0);
  return firsts.length === 0 ? 0 : Math.min(...firsts);
}

const lengthOf = ({ fields }: SheetRow): number => fields.findLastIndex(isFilled) + 1;

/** Of most rows that have more than one cell. */
function usualLength(rows: readonly SheetRow[]): number {
  const tally = new Map<number, number>();
  for (const row of rows)
    if (filledCells(row) > 1) tally.set(lengthOf(row), (tally.get(lengthOf(row)) ?? 0) + 1);
  return [...tally].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0] ?? 1;
}

/** Its one cell is merged over the whole width of the table. */
function isTitle(row: SheetRow, merged: readonly Merged[], left: number, width: number): boolean {
  if (filledCells(row) !== 1) return false;
  const at = row.fields.findIndex(isFilled) + 1;
  return merged.some(
    (range) =>
      range.top === row.line &&
      range.left === at &&
      range.left <= left + 1 &&
      range.right > range.left &&
      range.right >= width,
  );
}

interface Header {
  /** Rows above it, and its own. */
  readonly above: number;
  readonly header: number;
  readonly names: readonly string[];
}

/** The header that the text of the cells shows. */
function textHeader(rows: readonly SheetRow[], left: number): Header {
  const grid: (readonly string[])[] = [];
  const lines: number[] = [];
  for (const [i, { line, fields }] of rows.entries()) {
    // A blank row tells titles from the table; how many there are does not matter.
    if (i > 0 && line > rows[i - 1]!.line + 1) grid.push([]);
    lines.push(grid.length);
    grid.push(fields.slice(left, lengthOf(rows[i]!)));
  }
  const { above, rows: header, names } = findHeader(grid);
  const before = (end: number) => lines.filter((at) => at < end).length;
  return { above: before(above), header: before(above + header) - before(above), names };
}

/** Merged cells among the first rows; a title and a header have some dozens. */
const MOST_LOOKED_AT = 10_000;
/** Levels of a header, at most. */
const MOST_LEVELS = 5;

/** A header whose first row has merged cells, over names or over rows: undefined where they are no header. */
function groupedHeader(
  rows: readonly SheetRow[],
  merged: readonly Merged[],
  left: number,
): Header | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const levels = levelsOf(first.line, merged);
  const byLine = new Map(rows.map((row) => [row.line, row]));
  const lines = Array.from({ length: levels }, (_, i) => first.line + i);
  const texts = lines.map((line) => byLine.get(line)?.fields ?? []);
  const header = lines.filter((line) => byLine.has(line)).length;
  if (levels < 2 || levels > MOST_LEVELS || rows.length <= header) return undefined;
  if (texts.flat().some((text) => isQuantity(text))) return undefined;
  const width = Math.max(
    ...texts.map((fields) => fields.findLastIndex(isFilled) + 1),
    ...merged.filter(({ top }) => lines.includes(top)).map(({ right }) => Math.min(right, MOST_COLUMNS)),
  );
  const names = Array.from({ length: width - left }, (_, i) => {
    const parts = lines.map((line, level) => {
      const column = left + i + 1;
      const range = merged.find(
        ({ top, bottom, left, right }) => top <= line && bottom >= line && left <= column && right >= column,
      );
      if (!range) return texts[level]![column - 1] ?? '';
      // Once, where it goes over several levels.
      return range.top === line ? (texts[level]![range.left - 1] ?? '') : undefined;
    });
    return parts;
  });
  // The lowest level names each column; one that a merged cell reaches down to has its name above.
  const isHeader = names.every((parts) => parts.at(-1) === undefined || parts.at(-1) !== '');
  if (!isHeader) return undefined;
  return { above: 0, header, names: uniqueNames(names.map((parts) => parts.filter(Boolean).join(' '))) };
}

/** Rows of a header that begins at a line: as far as its merged cells reach, and one more below those over several columns. */
function levelsOf(first: number, merged: readonly Merged[]): number {
  let last = first;
  for (let line = first; line <= last && line < first + MOST_LEVELS; line++) {
    for (const { top, bottom, left, right } of merged)
      if (top === line) last = Math.max(last, right > left ? bottom + 1 : bottom);
  }
  return last - first + 1;
}

/** A number that is no year. */
const isQuantity = (text: string): boolean =>
  /^[-+]?[\d.,\s]*\d[\d.,\s]*%?$/.test(text) && !/^(?:19|20)\d\d$/.test(text.trim());

/** With a column more where most rows have one that the header does not name. */
function widened(names: readonly string[], rows: readonly SheetRow[], left: number): readonly string[] {
  const wider = rows.filter((row) => lengthOf(row) - left > names.length);
  if (wider.length === 0 || 2 * wider.length < rows.length) return names;
  const width = usualLength(wider) - left;
  return uniqueNames([...names, ...new Array<string>(Math.max(0, width - names.length)).fill('')]);
}

const ABOVE_ALL: Localized = {
  en: 'it is one cell merged over all columns: a heading or a note, no row',
  zh: '它是合并了所有列的单元格：是标题或备注，不是数据行',
};
const BELOW: Localized = {
  en: 'it stands apart below the table and fills one cell: a note, no row',
  zh: '它位于表格下方且只有一个单元格：是备注，不是数据行',
};
const notInTable = (column: number): Localized => ({
  en: `it has a cell in column ${column} of the sheet, left of the table`,
  zh: `它在工作表第 ${column} 列有内容，位于表格左侧`,
});

/** Rows held back below a gap until it is seen whether the table goes on. */
const MOST_HELD = 50;

/** Makes rows of a table of a sheet's: takes those behind the header in their order, and gives them back with their reasons. */
export class TableRows {
  readonly #columns: number;
  readonly #left: number;
  readonly #headings: ReadonlySet<number>;
  #held: SourceRow[] = [];
  #line: number;

  constructor({ names, left, dataFrom }: SheetLayout, merged: readonly Merged[]) {
    this.#columns = names.length;
    this.#left = left;
    this.#line = dataFrom - 1;
    this.#headings = new Set(
      merged
        .filter(
          (range) => range.right > range.left && range.left <= left + 1 && range.right >= left + names.length,
        )
        .map(({ top }) => top),
    );
  }

  *take(row: SheetRow): Generator<SourceRow> {
    const isApart = this.#held.length > 0 || row.line > this.#line + 1;
    this.#line = row.line;
    const made = this.#row(row);
    if (isApart && this.#isNote(row) && this.#held.length < MOST_HELD) {
      this.#held.push(made);
      return;
    }
    yield* this.#held;
    this.#held = [];
    yield made;
  }

  /** What is left at the end. */
  *end(): Generator<SourceRow> {
    for (const row of this.#held) yield { ...row, reason: row.reason ?? BELOW };
    this.#held = [];
  }

  #isNote(row: SheetRow): boolean {
    const first = row.fields[this.#left] ?? '';
    return this.#columns > 2 && filledCells(row) === 1 && /\p{L}/u.test(first);
  }

  #row(row: SheetRow): SourceRow {
    const filled = lengthOf(row);
    const outside = row.fields.findIndex(isFilled);
    const width = Math.max(filled, row.beyond) - this.#left;
    const reason =
      row.reason ??
      (outside >= 0 && outside < this.#left
        ? notInTable(outside + 1)
        : width > this.#columns
          ? otherWidth(width, this.#columns)
          : this.#columns > 1 && this.#headings.has(row.line) && filledCells(row) === 1
            ? ABOVE_ALL
            : undefined);
    const fields = Array.from({ length: this.#columns }, (_, i) => row.fields[this.#left + i] ?? '');
    return { fields, line: row.line, ...(reason !== undefined && { reason }) };
  }
}

/** Whether a sheet's rows are a page of text around a report, no table: one cell a row, or `Author:` and who it is. */
export function isCover(rows: readonly SheetRow[]): boolean {
  if (rows.length >= 20) return false;
  return rows.every((row) => {
    const filled = row.fields.filter(isFilled);
    return filled.length <= 1 || (filled.length === 2 && /[:：]\s*$/.test(filled[0]!));
  });
}

/** Whether rows are a table beyond doubt: several with more than one cell. */
export const isTable = (rows: readonly SheetRow[]): boolean =>
  rows.filter((row) => filledCells(row) > 1).length > 2 && !isCover(rows);
