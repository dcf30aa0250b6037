/**
 * Dates as tables write them, to milliseconds since 1970. A time without a zone is taken as UTC: demand analysis
 * counts in weeks and months.
 */

import { halfWidth } from './half-width.ts';

/** In which order a column writes days and months, where both orders are possible. */
type Order = 'day first' | 'month first';

export interface ParsedTimes {
  /** undefined where a cell is no date. */
  readonly times: readonly (number | undefined)[];
  /** Set where no cell decides whether 03/04 is in March or April, so that an order is assumed. */
  readonly assumed?: Order;
}

const CLOCK = String.raw`(?:[T\s]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?秒?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?${CLOCK}$`);
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}$`);
const WRITTEN_OUT =
  /^(?:[a-z]{3,9},?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\.?,?\s+\d{4})(?:\s.*)?$/i;
const COMPACT = /^(19|20)(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])$/;

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2101, 0, 1);

/**
 * @param numbersAreTimes Whole numbers may be Unix or Excel times: say so only where the column's name says it.
 * @param earliest What is before this is no date. Default: 1970, since when products have had data.
 */
export function parseTimes(
  cells: readonly string[],
  numbersAreTimes = false,
  earliest = EARLIEST,
): ParsedTimes {
  const trimmed = cells.map((cell) => halfWidth(cell).trim());
  const { order, assumed } = orderOf(trimmed);
  const times = trimmed.map((cell) => {
    const time = parseTime(cell, order, numbersAreTimes);
    return time !== undefined && time >= earliest && time < LATEST ? time : undefined;
  });
  return assumed ? { times, assumed: order } : { times };
}

function orderOf(cells: readonly string[]): { order: Order; assumed: boolean } {
  let slashes = false;
  let seen = false;
  for (const cell of cells) {
    const match = YEAR_LAST.exec(cell);
    if (!match) continue;
    seen = true;
    if (Number(match[1]) > 12) return { order: 'day first', assumed: false };
    if (Number(match[3]) > 12) return { order: 'month first', assumed: false };
    slashes ||= match[2] === '/';
  }
  return { order: slashes ? 'month first' : 'day first', assumed: seen };
}

function parseTime(cell: string, order: Order, numbersAreTimes: boolean): number | undefined {
  const iso = YEAR_FIRST.exec(cell);
  if (iso) return utc(iso[1]!, iso[2]!, iso[3] ?? '1', iso.slice(4));
  const last = YEAR_LAST.exec(cell);
  if (last) {
    const [day, month] = order === 'day first' ? [last[1]!, last[3]!] : [last[3]!, last[1]!];
    const year = last[4]!.length === 2 ? `20${last[4]}` : last[4]!;
    return utc(year, month, day, last.slice(5));
  }
  const compact = COMPACT.exec(cell);
  if (compact) return utc(compact[1]! + compact[2]!, compact[3]!, compact[4]!, []);
  if (WRITTEN_OUT.test(cell)) {
    const plain = cell.replace(/(\d)(?:st|nd|rd|th)\b/i, '$1');
    const time = Date.parse(/(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain} UTC`);
    return Number.isNaN(time) ? undefined : time;
  }
  if (numbersAreTimes && /^\d{5}(?:\.\d+)?$|^\d{10}$|^\d{13}$/.test(cell)) {
    const number = Number(cell);
    // Excel counts days, with day 25569 the first of 1970.
    return number < 1e5 ? Math.round((number - 25_569) * 86_400_000) : number < 1e11 ? number * 1000 : number;
  }
  return undefined;
}

function utc(
  year: string,
  month: string,
  day: string,
  clock: readonly (string | undefined)[],
): number | undefined {
  const [hour = '0', minute = '0', second = '0', zone] = clock;
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // 31 April and 25:00 would roll over into the next day.
  const date = new Date(time);
  const real =
    date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(hour) < 24;
  if (!real) return undefined;
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  return offset
    ? time - (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000
    : time;
}
