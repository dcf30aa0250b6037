/**
 * How a file of CSV is written: the character between columns is the one that cuts most rows into the same number of columns; a
 * backslash escapes, and a CR alone ends lines, where more rows come out right that way.
 */
import { UserError } from '@gradus/base';
import { type Dialect, type LineEnds, parseFields } from './fields.ts';
import { findHeader } from './header.ts';
import { evidenceOf } from './header-evidence.ts';
import { RecordSplitter } from './records.ts';

export const DELIMITERS = [',', '\t', ';', '|'] as const;
/** Others that exports use; recognized to say so, not read. */
const STRANGERS = ['^', '~', '¦', '§', '::', '||', '\u0001', '\u001f'] as const;

/** Share of rows that must agree for a file to have columns at all. */
const AGREEMENT = 0.8;
/** Rows that are looked at. */
const MOST_ROWS = 500;

/** The line that tells Excel the delimiter: `sep=;`. Other programs write it, and Excel leaves it out. */
const INSTRUCTION = /^"?sep=(.|\\t)"?[,;\t|]*(?:\r\n|\n|\r|$)/i;

/** The delimiter that a file's first line says, and the line's length; undefined where there is no such line. */
export function instructionOf(head: string): { delimiter: string; length: number } | undefined {
  const [line, said] = INSTRUCTION.exec(head) ?? [];
  return line === undefined ? undefined : { delimiter: said === '\\t' ? '\t' : said!, length: line.length };
}

/**
 * @param head The first lines of the file, without Excel's instruction.
 * @param said The delimiter, where it is known.
 * @throws UserError where the columns are separated by something else.
 */
export function findDialect(head: string, name: string, said?: string): Dialect {
  const delimiters = said === undefined ? DELIMITERS : [said];
  const judged = (escapedBy: Dialect['escapedBy'], ends: LineEnds) =>
    bestOf(delimiters.map((delimiter) => judge(head, { delimiter, escapedBy, ends })));
  const ends: LineEnds[] = /\r(?!\n)/.test(head) ? (head.includes('\n') ? ['lf', 'any'] : ['any']) : ['lf'];
  const escapes: Dialect['escapedBy'][] = /\\["',;|\t\r\n]/.test(head) ? ['"', '\\'] : ['"'];
  // The usual first: another way must be better to be taken.
  const found = ends
    .flatMap((end) => escapes.map((escapedBy) => judged(escapedBy, end)))
    .reduce((best, other) => (other.right > best.right + 1e-9 ? other : best));
  const { dialect } = found;
  if (said !== undefined || found.isTable || isTableBelow(found)) return dialect;
  const below = delimiters
    .map((delimiter) => judge(head, { ...dialect, delimiter }))
    .find((judgement) => isTableBelow(judgement));
  if (below) return below.dialect;
  if (isSpaced(head)) return { ...dialect, delimiter: ' ', escapedBy: '"' };
  refuseStrangers(head, name);
  return { ...dialect, delimiter: '', escapedBy: '"' };
}

interface Judgement {
  readonly dialect: Dialect;
  /** Those that hold something. */
  readonly rows: readonly (readonly string[])[];
  /** How many columns most rows have. */
  readonly columns: number;
  /** Of the rows, those with so many columns; and of these, those without quotes that make no sense: 0 for one row, which agrees with itself. */
  readonly share: number;
  readonly right: number;
  /** The rows agree on more than one column, or the first has as many as most of several. */
  readonly isTable: boolean;
}

function judge(head: string, dialect: Dialect): Judgement {
  const rows: string[][] = [];
  let relaxed = 0;
  let unclosed = 0;
  let seen = 0;
  for (const record of new RecordSplitter(dialect).take(head)) {
    if (++seen > MOST_ROWS) break;
    if (record.unclosed) unclosed += 1;
    else {
      const parsed = parseFields(record.text, dialect);
      if (!parsed.fields.some((field) => field.trim() !== '')) continue;
      rows.push(parsed.fields);
      if (parsed.relaxed) relaxed += 1;
    }
  }
  const { columns, count } = mode(rows.map(({ length }) => length));
  const share = count / Math.max(1, rows.length);
  const right = (count - Math.min(count, relaxed)) / Math.max(1, rows.length + unclosed);
  const isTable = columns > 1 && (share >= AGREEMENT || (count > 1 && isHeaderOf(columns, rows)));
  return { dialect, rows, columns, share, right: columns > 1 && rows.length > 1 ? right : 0, isTable };
}

/** Whether the first row has as many columns as most. Where it reads like a sentence, numbers or dates must stand below. */
function isHeaderOf(columns: number, [first = [], ...below]: readonly (readonly string[])[]): boolean {
  if (first.length !== columns) return false;
  return !first.some((field) => /^ /.test(field)) || evidenceOf(first, below.slice(0, 100)).sum > 0;
}

function bestOf(judgements: readonly Judgement[]): Judgement {
  const tables = judgements.filter(({ columns }) => columns > 1);
  return tables.sort((a, b) => b.share - a.share || b.columns - a.columns)[0] ?? judgements[0]!;
}

function mode(counts: readonly number[]): { columns: number; count: number } {
  const tally = new Map<number, number>();
  for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
  const [columns, count] = [...tally].sort(([a, m], [b, n]) => n - m || b - a)[0] ?? [0, 0];
  return { columns, count };
}

/**
 * Whether there is a table although the first rows differ: under a title, with row names that the header does not name, or with
 * most rows shorter than the header. Text has commas too, so the header must be seen to be one.
 */
function isTableBelow({ rows }: Judgement): boolean {
  const { above, rows: header, names } = findHeader(rows.slice(0, 100), { rowNames: true });
  if (header === 0 || names.length < 2) return false;
  const first = rows[above]!;
  const below = rows.slice(above + header);
  const fit = below.filter(
    (row) => row.length >= names.length && !row.slice(names.length).some(Boolean),
  ).length;
  const short = below.filter(({ length }) => length < names.length).length;
  if (fit + short < AGREEMENT * below.length) return false;
  const isShifted = names.length === first.length + 1;
  const speaks = evidenceOf(isShifted ? ['', ...first] : rows[above + header - 1]!, below).sum > 0;
  if (speaks) return true;
  // No column of numbers or dates says so: then all rows must agree, and none may read like a sentence.
  const isText = [first, ...below].some((row) => row.some((field) => /^ /.test(field)));
  return (
    fit > 0 && (above > 0 || isShifted) && fit >= AGREEMENT * below.length && below.length > 1 && !isText
  );
}

const FEWEST_SPACED = 3;

/** Numbers with a space between: each line has as many, and half of its words or more are numbers, as no lines of text are. */
function isSpaced(head: string): boolean {
  const lines = head
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    // The last one may be cut.
    .slice(0, -1)
    .slice(0, MOST_ROWS)
    .map((line) => line.split(' '));
  const { columns, count } = mode(lines.map(({ length }) => length));
  const numbers = lines.filter(
    (words) =>
      2 * words.filter((word) => word !== '' && Number.isFinite(Number(word))).length >= words.length,
  ).length;
  return (
    columns >= FEWEST_SPACED &&
    lines.length >= FEWEST_SPACED &&
    count === lines.length &&
    numbers >= lines.length - 1
  );
}

function refuseStrangers(head: string, name: string): void {
  const lines = head.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  for (const stranger of STRANGERS) {
    const { columns, count } = mode(lines.map((line) => line.split(stranger).length));
    if (columns > 1 && count >= AGREEMENT * lines.length && lines.length > 1) {
      throw new UserError({
        en: `${name}: its columns seem to be separated by ${JSON.stringify(stranger)}; expected a comma, tab, semicolon or |. Export it again as CSV.`,
        zh: `${name}：各列似乎以 ${JSON.stringify(stranger)} 分隔；应为逗号、制表符、分号或 |。请重新导出为 CSV。`,
      });
    }
  }
}
