/**
 * Which columns of a sales file are what: the date, the amount, the item, the price, the promotion, and the levels that items belong to
 * (shop, region, category). By the names that people give them, then by what they hold.
 */
import { UserError } from '@gradus/base';
import {
  type DayOrder,
  type DecimalMark,
  isTimeName,
  noSuchColumn,
  parseNumbers,
  seriesTimes,
} from '@gradus/data';
import { numberedStep } from '../grid.ts';
import type { OwnPrices } from '../history.ts';
import { ITEM, LEVEL, LOG, MEASURE, PRICE, PROMOTION, SPEND, TIME, VALUE } from './column-names.ts';
import { copiesOf } from './copies.ts';
import { isCounter, type Numbered, numberedBy, numbersAcross } from './numbered.ts';
import { ownPrices } from './own-prices.ts';
import { cellsAt, type SampledTable } from './sampled-table.ts';

/** What a user has named; "none" where there is none. */
export interface NamedColumns {
  readonly time?: string | undefined;
  readonly value?: string | undefined;
  readonly item?: string | undefined;
  readonly price?: string | undefined;
  readonly promotion?: string | undefined;
}

/** How the file is laid out: a row a sale or step, a column a series, or a row a series with dates in the header. */
export type Layout = 'long' | 'wide' | 'across';

export interface SalesColumns {
  readonly layout: Layout;
  /** Absent: the file has no dates; of `across` the header has them. */
  readonly time?: string;
  /** The time column, or the header, counts steps: it dates nothing. */
  readonly numbered?: Numbered;
  /** The amounts are logarithms in the file. */
  readonly logs?: true;
  /** The amounts are called what is sold: units, sales. */
  readonly namesSales?: true;
  /** They are called temperatures or the like. */
  readonly namesMeasures?: true;
  /** Prices that stand in a column a brand. */
  readonly prices?: OwnPrices;
  /** Columns that hold amounts: one of `long`, several of the others. */
  readonly values: readonly string[];
  /** Columns that make a series: the item, and levels that split it. */
  readonly keys: readonly string[];
  readonly price?: string;
  readonly promotion?: string;
  /** Columns of other kinds of promotion: display, feature, coupon. */
  readonly otherPromotions: readonly string[];
  /** Columns of what was spent on advertising, a channel each. */
  readonly spends: readonly string[];
  /** Other columns of numbers: known ahead where a plan has them too. */
  readonly others: readonly string[];
  /** Columns that hold the amounts again, which nobody knows ahead: not used. */
  readonly copies: readonly string[];
  readonly order?: DayOrder;
  readonly assumedOrder?: true;
  /** Dates are days as Excel counts them, written as numbers. */
  readonly dayNumbers?: true;
  readonly decimal: DecimalMark;
}

const NONE = 'none';
const NOTHING_BESIDE = { otherPromotions: [], spends: [], others: [], copies: [] };
/** Of the cells that hold something, so many must read as numbers or dates. */
const MOST = 0.9;
const FEWEST_DATES_ACROSS = 5;
const DATES_ACROSS = 0.5;
/** Without a telling name, a column is the item where its values repeat so often. */
const REPEATS = 3;

/** More than e to this was never sold in a step. */
const LARGEST_LOG = 30;

interface Column {
  readonly name: string;
  readonly kind: 'date' | 'number' | 'text' | 'empty';
  readonly distinct: number;
  /** Rows of the whole file that share a value, on average. */
  readonly repeats: number;
  readonly filled: number;
  /** Its numbers only rise: of rows, not of sales. */
  readonly counts: boolean;
}

/** @throws UserError where a named column is not there, or nothing can be read as dates and amounts */
export function salesColumns(table: SampledTable, named: NamedColumns, file: string): SalesColumns {
  for (const [role, name] of Object.entries(named) as [string, string | undefined][]) {
    if (name !== undefined && name !== NONE && !table.columns.includes(name))
      throw noSuchColumn(`--${role}`, name, table.columns);
  }
  const across = named.time === undefined && named.value === undefined ? datesAcross(table) : undefined;
  if (across) return across;
  const counted = named.time === undefined && named.value === undefined ? numbersAcross(table) : undefined;
  if (counted) {
    const cells = table.rows.slice(0, 500).flatMap((row) => row.slice(-20));
    return { layout: 'across', ...counted, ...NOTHING_BESIDE, decimal: parseNumbers(cells).decimal };
  }
  const sampled = table.rows.length / (table.rowsRead ?? table.rows.length);
  const columns = table.columns.map((name, at) => columnOf(name, cellsAt(table, at), sampled));
  const taken = new Set<string>();
  const choose = (role: keyof NamedColumns, find: () => string | undefined): string | undefined => {
    const wish = named[role];
    const chosen = wish === NONE ? undefined : (wish ?? find());
    if (chosen !== undefined) taken.add(chosen);
    return chosen;
  };
  const free = (kind: Column['kind']) =>
    columns.filter((column) => column.kind === kind && !taken.has(column.name));
  const called = (pattern: RegExp, of: readonly Column[]) => of.find(({ name }) => pattern.test(name))?.name;
  const telling = columns.filter(({ name, kind }) => kind === 'text' || ITEM.test(name) || LEVEL.test(name));
  const isCounted = ({ name }: Column) =>
    isCounter(
      table,
      name,
      telling.flatMap((other) => (other.name === name ? [] : [other.name])),
    );
  const time = choose(
    'time',
    () =>
      called(TIME, free('date')) ??
      free('date')[0]?.name ??
      free('number').find((column) => TIME.test(column.name) && isCounted(column))?.name,
  );
  const price = choose('price', () => called(PRICE, free('number')));
  const flags = () =>
    columns.filter(({ name, kind }) => (kind === 'number' || isFlag(table, name)) && !taken.has(name));
  const promotion = choose('promotion', () => called(PROMOTION, flags()));
  const besides =
    promotion === undefined
      ? []
      : flags().flatMap(({ name, kind }) => (PROMOTION.test(name) && kind !== 'empty' ? [name] : []));
  const likeSpend = free('number').flatMap(({ name }) =>
    SPEND.test(name) && name !== named.value && name !== named.item ? [name] : [],
  );
  // What customers spend is an amount: spend on advertising stands beside one.
  const hasAmounts =
    named.value !== undefined ||
    free('number').some((column) => !isOrdinal(column) && !likeSpend.includes(column.name));
  const spends = hasAmounts ? likeSpend : [];
  for (const name of [...besides, ...spends]) taken.add(name);
  const item = choose('item', () => itemOf(columns, taken, isOneSeries(table, columns, time)));
  const numbers = free('number').filter((column) => !isOrdinal(column));
  const value = choose('value', () => amountOf(numbers, item !== undefined));
  const copies =
    value === undefined
      ? []
      : copiesOf(
          table,
          value,
          free('number')
            .map(({ name }) => name)
            .concat([price, promotion, ...besides].filter((name) => name !== undefined)),
        );
  const byName = keysOf(columns, { item, isNamed: named.item !== undefined, taken });
  const keys =
    named.item === undefined ? [...byName, ...splittingColumn(table, columns, time, byName)] : byName;
  const isWide = value === undefined && keys.length === 0;
  const wide = isWide ? numbers.filter(({ filled }) => filled > 0).map(({ name }) => name) : [];
  if (value === undefined && wide.length === 0) throw noAmounts(file, table.columns);
  const values = value === undefined ? wide : [value];
  const timeAt = time === undefined ? -1 : table.columns.indexOf(time);
  const isNumbered =
    columns[timeAt]?.kind === 'number' &&
    cellsAt(table, timeAt).every((cell) => cell === '' || numberedStep(cell) !== undefined);
  const read = timeAt < 0 || isNumbered ? undefined : seriesTimes(cellsAt(table, timeAt).filter(Boolean));
  const logs = named.value === undefined && value !== undefined && isLog(table, value);
  const prices = price === undefined && named.price === undefined ? ownPrices(table, keys) : undefined;
  const priceName = price ?? prices?.name;
  if (read?.times.every((one) => one === undefined)) throw noDates(file, time!, table);
  return {
    layout: isWide ? 'wide' : 'long',
    ...(time !== undefined && { time }),
    ...(isNumbered && { numbered: numberedBy(time!) }),
    ...(logs && { logs }),
    ...(values.some(namesSales) && { namesSales: true as const }),
    ...(values.every((name) => MEASURE.test(name)) && { namesMeasures: true as const }),
    ...(prices && { prices }),
    values,
    keys,
    ...(priceName !== undefined && !copies.includes(priceName) && { price: priceName }),
    ...(promotion !== undefined && !copies.includes(promotion) && { promotion }),
    otherPromotions: besides.filter((name) => !copies.includes(name)),
    spends,
    others: isWide ? [] : free('number').flatMap(({ name }) => (copies.includes(name) ? [] : [name])),
    copies,
    ...(read?.order && { order: read.order }),
    ...(read?.assumed && { assumedOrder: true as const }),
    ...(timeAt >= 0 && isDayNumbers(cellsAt(table, timeAt)) && { dayNumbers: true as const }),
    decimal: parseNumbers(
      values.flatMap((name) => cellsAt(table, table.columns.indexOf(name)).slice(0, 2000)),
    ).decimal,
  };
}

/** Any amount may be called so. */
const ANY_AMOUNT = /^(?:y|target|values?|数值|值)$/i;
const namesSales = (name: string): boolean =>
  !ANY_AMOUNT.test(name.trim()) && VALUE.some((pattern) => pattern.test(name));

const isLog = (table: SampledTable, value: string): boolean =>
  LOG.test(value) &&
  parseNumbers(cellsAt(table, table.columns.indexOf(value))).numbers.every(
    (number) => number === undefined || number < LARGEST_LOG,
  );

const isDayNumbers = (cells: readonly string[]): boolean =>
  cells.every((cell) => cell === '' || /^\d{5}(?:\.\d+)?$/.test(cell));

/** Counters of a table's own rows are no amounts. */
const isOrdinal = ({ name, counts }: Column): boolean =>
  ID.test(name) || (counts && (TIME.test(name) || ORDINAL.test(name)));
const ID = /(?:^|[\s_-])(?:id|no|nr|code)$|[a-z]I[dD]$|编号|单号|号码|编码/;
const ORDINAL = /^(?:instant|index|row|no|序号|编号|id|unnamed.*)?$/i;

/**
 * Rows that share a value, from an even sample of a share of them: of a value with m rows the sample holds a Poisson number with mean m times
 * the share, and misses it with probability exp(−that), so that distinct values over rows are (1 − exp(−x)) / x.
 */
function rowsAValue(distinct: number, filled: number, share: number): number {
  if (share >= 1 || distinct === 0) return filled / Math.max(1, distinct);
  let [low, high] = [0, filled];
  for (let i = 0; i < 60; i++) {
    const x = (low + high) / 2;
    if (-Math.expm1(-x) / x > distinct / filled) low = x;
    else high = x;
  }
  return Math.max(1, low / share);
}

function columnOf(name: string, cells: readonly string[], share: number): Column {
  const filled = cells.filter((cell) => cell !== '');
  const distinct = new Set(filled).size;
  const of = (kind: Column['kind']): Column => ({
    name,
    kind,
    distinct,
    repeats: rowsAValue(distinct, filled.length, share),
    filled: filled.length,
    counts: filled.every((cell, i) => i === 0 || Number(cell) > Number(filled[i - 1])),
  });
  if (filled.length === 0) return of('empty');
  const isMost = (values: readonly (number | undefined)[]) =>
    values.filter((value) => value !== undefined).length >= MOST * filled.length;
  const isWhole = filled.every((cell) => /^\d+$/.test(cell));
  // Whole numbers are dates only where the name says so.
  const mayBeDates = !isWhole || TIME.test(name) || isTimeName(name) || /^(?:19|20)\d{6}$/.test(filled[0]!);
  if (mayBeDates && !/^-?\d+\.\d+$/.test(filled[0]!) && isMost(seriesTimes(filled).times)) return of('date');
  return of(isMost(parseNumbers(filled).numbers) ? 'number' : 'text');
}

/** Flags may be words: yes, 是, TRUE. */
const FLAGS = /^(?:yes|no|y|n|true|false|t|f|是|否|有|无|促销|正常|0|1)?$/i;
function isFlag(table: SampledTable, name: string): boolean {
  const cells = cellsAt(table, table.columns.indexOf(name));
  return cells.every((cell) => FLAGS.test(cell));
}

/** Levels that go by numbers. */
const NUMBERED =
  /store|shop|outlet|dept|branch|brand|categor|region|city|channel|门店|店铺|品牌|品类|类别|地区|城市|渠道/i;

/** A row a date, without a clock: what else its rows say (the weather, an event) makes no series of it. */
function isOneSeries(table: SampledTable, columns: readonly Column[], time: string | undefined): boolean {
  const dates = columns.find(({ name }) => name === time);
  if (!dates || dates.repeats > 1 + EXCEPTIONS) return false;
  return !cellsAt(table, table.columns.indexOf(dates.name)).some((cell) => cell.includes(':'));
}

/** @param isSingle no column is the item unless its name says so */
function itemOf(
  columns: readonly Column[],
  taken: ReadonlySet<string>,
  isSingle: boolean,
): string | undefined {
  const free = columns.filter(({ name, kind }) => !taken.has(name) && kind !== 'empty' && kind !== 'date');
  const repeats = (column: Column) => column.repeats >= REPEATS;
  return (
    free.find((column) => ITEM.test(column.name) && repeats(column)) ??
    free.find(
      (column) =>
        LEVEL.test(column.name) && (column.kind === 'text' || NUMBERED.test(column.name)) && repeats(column),
    ) ??
    (isSingle
      ? undefined
      : free.find((column) => column.kind === 'text' && repeats(column) && column.distinct > 1))
  )?.name;
}

function amountOf(numbers: readonly Column[], hasItem: boolean): string | undefined {
  for (const pattern of VALUE) {
    const found = numbers.filter(({ name }) => pattern.test(name) || pattern.test(name.replace(LOG, '')));
    // sales_A, sales_B: a column a series.
    if (found.length === 1 || (found.length > 1 && (hasItem || found.length < numbers.length / 2)))
      return found[0]!.name;
  }
  return numbers.length === 1 || (hasItem && numbers.length > 0) ? numbers[0]!.name : undefined;
}

/** The item, and where it was not named, levels beside it. */
function keysOf(
  columns: readonly Column[],
  { item, isNamed, taken }: { item: string | undefined; isNamed: boolean; taken: ReadonlySet<string> },
): string[] {
  if (item === undefined) return [];
  if (isNamed) return [item];
  const levels = columns.filter(
    ({ name, kind, repeats }) =>
      !taken.has(name) &&
      LEVEL.test(name) &&
      kind !== 'date' &&
      kind !== 'empty' &&
      repeats >= REPEATS &&
      (kind === 'text' || NUMBERED.test(name)),
  );
  return [item, ...levels.map(({ name }) => name)];
}

/** Rows of one series and date are systematic from this share on, and exceptions up to the other. */
const [SHARED, EXCEPTIONS] = [0.5, 0.05];
/** Series have so many of the dates. */
const COMPLETE = 0.5;

/**
 * A column of texts by no telling name that is a level nevertheless (purpose, colour): with it there is one row a series and date,
 * without it there are several, and the series that it makes have most of the dates.
 */
function splittingColumn(
  table: SampledTable,
  columns: readonly Column[],
  time: string | undefined,
  keys: readonly string[],
): string[] {
  if (time === undefined || keys.length === 0) return [];
  const cells = (names: readonly string[]) => {
    const own = names.map((name) => table.columns.indexOf(name));
    return table.rows.map((row) => JSON.stringify(own.map((at) => (row[at] ?? '').trim())));
  };
  const distinct = (names: readonly string[]) => new Set(cells(names)).size;
  const rows = table.rows.length;
  if (distinct([time, ...keys]) > (1 - SHARED) * rows) return [];
  const dates = distinct([time]);
  const found = columns.find(
    ({ name, kind, distinct: values, repeats }) =>
      kind === 'text' &&
      values > 1 &&
      repeats >= REPEATS &&
      !keys.includes(name) &&
      distinct([time, ...keys, name]) >= (1 - EXCEPTIONS) * rows &&
      rows >= COMPLETE * dates * distinct([...keys, name]),
  );
  return found ? [found.name] : [];
}

/** A header of dates: each row is a series. */
function datesAcross({ columns, rows }: SampledTable): SalesColumns | undefined {
  const { times, order } = seriesTimes(columns.map((name) => name.trim()));
  const dates = columns.filter((_, i) => times[i] !== undefined);
  if (dates.length < FEWEST_DATES_ACROSS || dates.length < DATES_ACROSS * columns.length) return undefined;
  const others = columns.filter((_, i) => times[i] === undefined);
  const cells = rows
    .slice(0, 500)
    .flatMap((row) => dates.slice(0, 20).map((name) => row[columns.indexOf(name)] ?? ''));
  return {
    layout: 'across',
    values: dates,
    keys: others,
    ...NOTHING_BESIDE,
    ...(order && { order }),
    decimal: parseNumbers(cells).decimal,
  };
}

const noAmounts = (file: string, columns: readonly string[]) =>
  new UserError({
    en: `${file} has no column of amounts (units sold, sales). Name it with --value COLUMN; the columns are ${columns.slice(0, 30).join(', ')}.`,
    zh: `${file} 没有销量或销售额列。请用 --value 列名 指定；现有的列：${columns.slice(0, 30).join('、')}。`,
  });

function noDates(file: string, time: string, table: SampledTable): UserError {
  const first = cellsAt(table, table.columns.indexOf(time)).find(Boolean) ?? '';
  return new UserError({
    en: `The column "${time}" of ${file} holds no dates (the first is "${first.slice(0, 40)}"); expected such as 2024-01-31, 2024年1月31日, 2024-01, 2024Q1, 2024-W05 or 2024. Name another with --time COLUMN.`,
    zh: `${file} 的“${time}”列不含日期（第一个值是“${first.slice(0, 40)}”）；应为 2024-01-31、2024年1月31日、2024-01、2024Q1、2024-W05 或 2024 这样的形式。请用 --time 列名 指定另一列。`,
  });
}
