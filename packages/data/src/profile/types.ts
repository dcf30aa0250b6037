/** What type a column is of: by what most of its cells can be read as, and by how its values repeat. */
import { type DecimalMark, parseNumbers } from '../table/numbers.ts';
import { type DayOrder, parseTimes } from '../table/times.ts';
import type { ColumnType } from './vocabulary.ts';

export interface TypedCells {
  readonly type: ColumnType;
  /** As numbers, or as milliseconds for dates; NaN where a cell is missing or of another type. */
  readonly numbers?: Float64Array;
  /** Some of the cells that hold something and are not of the type. */
  readonly others: readonly string[];
  /** Of the cells that hold something, those of the type. */
  readonly share: number;
  /** Of numbers: the mark that begins decimals. */
  readonly decimal?: DecimalMark;
  /** Of dates with cells like 03/04/2024: which of day and month comes first. */
  readonly order?: DayOrder;
  /** Of dates: the order of days and months had to be assumed. */
  readonly assumed?: string;
  /** Numbers written as a programming language would. */
  readonly plain: boolean;
}

/** A column of numbers or dates may have this share of cells that are neither: mistakes, notes. */
const MOST = 0.9;
/** Cells that are tried before all are read. */
const TRIED = 1000;
const OTHERS_KEPT = 5;
/** Of the cells of an identifier, this share is different. */
const UNIQUE = 0.98;
const FEWEST = 20;

const BOOLEANS: readonly ReadonlySet<string>[] = [
  'true false',
  't f',
  'yes no',
  'y n',
  '0 1',
  '是 否',
  '有 没有',
  '真 假',
].map((pair) => new Set(pair.split(' ')));
/** Whether the column's name says that its whole numbers may be Unix or Excel times. */
export const isTimeName = (name: string): boolean => TIME_NAMES.test(name);
const TIME_NAMES = /date|time|created|updated|timestamp|_at$|日期|时间/i;
/** Excel counts days: 45000 is a date where the name says so, but not a candidate's salary, nor a time in seconds. */
const DATE_NAMES =
  /(?<![a-z])dates?(?![a-z])|(?<!candi|man|up|vali)date(?:time)?$|created|updated|_at$|日期/i;
const ID_NAMES = [
  /(?:^|[\s_-])(?:ids?|uuids?|guids?|keys?|codes?|no|nos|number|num|skus?|barcode|ean|upc|isbn|asin)$/i,
  /^ids?(?:$|[\s_-])|[a-z](?:Ids?|UUID|Key|Code|No|Num|Number|SKU)$|IDs?$/,
  /^(?:invoice|order|customer|client|user|member|account|product|item|ticket|transaction|session|device)(?:ids?|no|num|number|code)$/i,
  /编号|序号|单号|编码|代码|号码|条码|条形码|货号|款号|工号|学号|卡号|账号|帐号|流水号/,
];
/** hhid, pid, patientid. */
const ENDS_IN_ID = /[a-z]ids?$/i;
const WORDS_IN_ID =
  /(?:paid|prepaid|bid|mid|grid|acid|solid|fluid|humid|liquid|valid|covid|hybrid|lipid|void|thyroid|steroid|centroid|rapid|aid|kid)s?$/i;
const isIdName = (name: string): boolean =>
  ID_NAMES.some((pattern) => pattern.test(name)) || (ENDS_IN_ID.test(name) && !WORDS_IN_ID.test(name));
const PLAIN = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
/** What is before this is no date. */
export const EARLIEST_DATE = Date.UTC(1600, 0, 1);

/**
 * @param cells Trimmed; `''` where missing.
 * @param distinct How many different ones there are among those that hold something.
 */
export function typeOf(name: string, cells: readonly string[], distinct: number): TypedCells {
  const filled = cells.filter((cell) => cell !== '');
  const base = { others: [], share: 1, plain: false };
  if (filled.length === 0) return { ...base, type: 'empty' };
  if (isBoolean(filled, distinct)) return { ...base, type: 'boolean', numbers: booleans(cells) };
  const code = codeType(name, filled, distinct);
  const readTimes = (some: readonly string[]) => parseTimes(some, isTimeName(name), EARLIEST_DATE);
  if (shareOf(readTimes(evenly(filled)).times) >= MOST && !areFiveDigits(name, filled)) {
    const { times, order, assumed } = readTimes(cells);
    const typed = withValues('date', cells, times, filled.length);
    if (typed.share >= MOST) return { ...typed, ...(order && { order }), ...(assumed && { assumed }) };
  }
  if (code) return { ...base, type: code };
  const infinite = filled.filter((cell) => INFINITE.test(cell)).length / filled.length;
  if (infinite < 0.5 && shareOf(parseNumbers(evenly(filled)).numbers) + infinite >= MOST) {
    const { numbers, decimal } = parseNumbers(cells);
    const typed = withValues('number', cells, numbers, filled.length);
    if (typed.share + infinite >= MOST)
      return { ...typed, decimal, type: isNumberedId(name, filled, distinct) ? 'identifier' : 'number' };
  }
  return { ...base, ...mixedWith(name, filled), type: wordsType(name, filled, distinct) };
}

const areFiveDigits = (name: string, filled: readonly string[]): boolean =>
  !DATE_NAMES.test(name.replace(/([a-z])([A-Z])/g, '$1 $2')) &&
  2 * filled.filter((cell) => /^\d{5}(?:\.\d+)?$/.test(cell)).length >= filled.length;

const shareOf = (values: readonly (number | undefined)[]): number =>
  values.filter((value) => value !== undefined).length / Math.max(1, values.length);

function evenly(cells: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(cells.length / TRIED));
  return cells.filter((_, i) => i % step === 0);
}

function withValues(
  type: ColumnType,
  cells: readonly string[],
  values: readonly (number | undefined)[],
  filled: number,
): TypedCells {
  const numbers = Float64Array.from(values, (value) => value ?? Number.NaN);
  const others = new Set<string>();
  let fit = 0;
  let plain = true;
  for (const [i, cell] of cells.entries()) {
    if (cell === '') continue;
    if (values[i] === undefined) {
      if (others.size < OTHERS_KEPT) others.add(cell);
    } else {
      fit += 1;
      plain &&= PLAIN.test(cell);
    }
  }
  return { type, numbers, others: [...others], share: fit / filled, plain };
}

function isBoolean(filled: readonly string[], distinct: number): boolean {
  if (distinct > 4) return false;
  const seen = [...new Set(filled.map((cell) => cell.toLowerCase()))];
  return BOOLEANS.some((pair) => seen.length <= pair.size && seen.every((value) => pair.has(value)))
    ? seen.length === 2
    : false;
}

const TRUE = new Set(['true', 't', 'yes', 'y', '1', '是', '有', '真']);

const booleans = (cells: readonly string[]): Float64Array =>
  Float64Array.from(cells, (cell) => (cell === '' ? Number.NaN : TRUE.has(cell.toLowerCase()) ? 1 : 0));

/** As programs write a division by zero. */
const INFINITE = /^[-+]?(?:inf(?:inity)?|∞)$/i;

/**
 * Digits that are no quantity: 02139 is not 2139, 1234567890123456789 is no double, barcodes carry a check digit, and in a column that
 * is called InvoiceNo are C536365 and 536366. Undefined for what may be numbers.
 */
function codeType(
  name: string,
  filled: readonly string[],
  distinct: number,
): 'identifier' | 'category' | undefined {
  const digits = filled.filter((cell) => /^\d+$/.test(cell));
  const isAll = digits.length === filled.length;
  const isNamed = isIdName(name);
  const padded = digits.filter((cell) => /^0\d/.test(cell)).length;
  const inexact = digits.filter((cell) => !Number.isSafeInteger(Number(cell))).length;
  const isCode =
    (isAll && padded >= Math.max(2, 0.01 * filled.length)) ||
    (isAll && 2 * inexact > filled.length) ||
    (isAll && distinct >= FEWEST && digits.every(isBarcode)) ||
    (isNamed && !isAll && 2 * digits.length >= filled.length && filled.every(isCoded));
  if (!isCode) return undefined;
  const isUnique = filled.length >= FEWEST && distinct >= UNIQUE * filled.length;
  return isUnique || (isNamed && distinct > Math.max(50, 0.02 * filled.length)) ? 'identifier' : 'category';
}

/** Letters and digits of an article, an invoice, a device: `85123A`, `C536365`, `3f2a-9c1d`. */
const isCoded = (cell: string): boolean =>
  /\d/.test(cell) && /^[\p{L}\d][\p{L}\d_./:#-]{0,79}$/u.test(cell) && !/^\d+[.]\d+$/.test(cell);

/** EAN-8, UPC-A, EAN-13 and GTIN-14, by their check digit (GS1 General Specifications, 7.9). */
function isBarcode(cell: string): boolean {
  if (!/^(?:\d{8}|\d{12,14})$/.test(cell)) return false;
  const sum = [...cell]
    .reverse()
    .reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

function isNumberedId(name: string, filled: readonly string[], distinct: number): boolean {
  // 17850.0 is what becomes of a whole number beside missing ones.
  if (filled.length < FEWEST || !filled.every((cell) => /^\d+(?:\.0)?$/.test(cell))) return false;
  const unique = distinct >= UNIQUE * filled.length;
  // Consecutive numbers in the order of the rows are no measurement.
  return unique
    ? isIdName(name) || counts(filled)
    : isIdName(name) && distinct > Math.max(50, 0.02 * filled.length);
}

function counts(filled: readonly string[]): boolean {
  for (let i = 1; i < filled.length; i++) if (Number(filled[i]) !== Number(filled[i - 1]) + 1) return false;
  return true;
}

function wordsType(name: string, filled: readonly string[], distinct: number): ColumnType {
  const some = evenly(filled);
  const units = some.map(
    (cell) => cell.match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}'’])+/gu)?.length ?? 0,
  );
  const mean = units.reduce((a, b) => a + b, 0) / some.length;
  const spoken = some.filter((cell) => /\s|\p{Script=Han}{4}/u.test(cell)).length / some.length;
  if (filled.length >= FEWEST && spoken < 0.2) {
    const unique = distinct >= UNIQUE * filled.length;
    const coded =
      some.filter((cell) => /\d/.test(cell) && /^[\w.:@+/-]{1,80}$/.test(cell)).length / some.length;
    if (unique && coded > 0.8) return 'identifier';
    if (isIdName(name) && coded > 0.8 && distinct > Math.max(50, 0.02 * filled.length)) return 'identifier';
  }
  return spoken > 0.5 && mean >= 4 && distinct > Math.max(20, 0.2 * filled.length) ? 'text' : 'category';
}

/** Numbers or dates among words, in more than chance and less than most cells. */
function mixedWith(name: string, filled: readonly string[]): Pick<TypedCells, 'others' | 'share'> {
  const some = evenly(filled);
  const { numbers } = parseNumbers(some);
  // Beside 85123A is 71053 another article, no number; beside 12kg is 15 one.
  const words = some.filter((_, i) => numbers[i] === undefined);
  const long = some.every((cell, i) => numbers[i] === undefined || /^\w{4,}$/.test(cell));
  if ((long || isIdName(name)) && words.filter(isCoded).length >= 0.8 * words.length)
    return { share: 1, others: [] };
  const { times } = parseTimes(some, false, EARLIEST_DATE);
  const odd = some.filter((_, i) => numbers[i] !== undefined || times[i] !== undefined);
  const share = odd.length / some.length;
  return share >= 0.02
    ? { share: 1 - share, others: [...new Set(odd)].slice(0, OTHERS_KEPT) }
    : { share: 1, others: [] };
}
