/**
 * Dates as tables write them, to milliseconds since 1970. A time without a zone is taken as UTC: demand analysis
 * counts in weeks and months.
 */

import { halfWidth } from './half-width.ts';

/** In which order a column writes days and months, where both orders are possible. */
export type DayOrder = 'day first' | 'month first';

export interface ParsedTimes {
  /** undefined where a cell is no date. */
  readonly times: readonly (number | undefined)[];
  /** Of a column with cells like 03/04/2024, the order that they were read in. */
  readonly order?: DayOrder;
  /** Set where no cell decides whether 03/04 is in March or April, so that an order is assumed. */
  readonly assumed?: DayOrder;
}

/** The half of the day, as it stands before the clock in Chinese, Japanese and Korean. */
const HALVES: Readonly<Record<string, 'am' | 'pm'>> = {
  凌晨: 'am',
  清晨: 'am',
  早上: 'am',
  上午: 'am',
  午前: 'am',
  오전: 'am',
  中午: 'pm',
  下午: 'pm',
  午後: 'pm',
  傍晚: 'pm',
  晚上: 'pm',
  오후: 'pm',
};
const HALF = Object.keys(HALVES).join('|');
const ZONE = String.raw`Z|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?: UTC)?|UTC|GMT`;
/** Half, hour, mark, minute, second, half, zone; absent where there is a date alone. */
const CLOCK = String.raw`(?:(?:T|,?\s+(?:at\s+)?|(?<=日)|,?\s*(?=${HALF}))(${HALF})?\s*(\d{1,2})(?:([:时時点])(?:(\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d+)?)?)?[分秒]?)?\s*([ap]\.?m\.?)?\s*(${ZONE})?)?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?${CLOCK}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}$`, 'i');

/** Names of months, whole and short, in the languages whose letters are Latin. */
const MONTHS = monthsOf(['en', 'de', 'fr', 'es', 'it', 'pt', 'nl']);
const NAME = String.raw`(\p{L}{3,10})\.?`;
const WEEKDAY = String.raw`(?:\p{L}{2,10}\.?,?\s+)?`;
const DAY = String.raw`(\d{1,2})(?:st|nd|rd|th|\.)?`;
/** Which group of a form is the year, the month and the day; the clock comes behind. */
const NAMED: readonly (readonly [form: RegExp, year: number, month: number, day: number | undefined])[] = [
  // 5 March 2024, 05-Mar-24
  [
    named(String.raw`${WEEKDAY}${DAY}[-\s/]+(?:of\s+|de\s+)?${NAME}[-\s/,]+(?:de\s+)?(\d{4}|\d{2})`, true),
    3,
    2,
    1,
  ],
  // March 5, 2024
  [named(String.raw`${WEEKDAY}${NAME}[-\s]+${DAY},?[-\s]+(\d{4})`, true), 3, 1, 2],
  // 2024-Mar-05, 2024 Mar
  [named(String.raw`(\d{4})[-\s/]${NAME}(?:[-\s/](\d{1,2}))?`, true), 1, 2, 3],
  // Mar-24 is Excel's mmm-yy; March 24 would be a day.
  [named(String.raw`${NAME}(?:[-/'’]\s*|\s+(?=\d{4}))(\d{4}|\d{2})`, false), 2, 1, undefined],
];
const WRITTEN_OUT =
  /^(?:[a-z]{3,9},?\s+)?(?:[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}(?:st|nd|rd|th)?\s+[a-z]{3,9}\.?,?\s+\d{4})(?:\s.*)?$/i;
/** Of a cell that may be a date: `Fri Mar 01 2024 10:00:00 GMT+0800 (China Standard Time)`. */
const LONGEST = 80;
const COMPACT = /^(19|20)(\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])$/;

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2101, 0, 1);

/**
 * @param numbersAreTimes Whole numbers may be Unix or Excel times: say so only where the column's name says it.
 * @param earliest What is before this is no date. Default: 1970, since when products have had data.
 * @param known The order that the column is already known to have.
 */
export function parseTimes(
  cells: readonly string[],
  numbersAreTimes = false,
  earliest = EARLIEST,
  known?: DayOrder,
): ParsedTimes {
  const trimmed = cells.map(plainOf);
  const { order, seen, assumed } = known ? { order: known, seen: true, assumed: false } : orderOf(trimmed);
  const times = trimmed.map((cell) => {
    const time = parseTime(cell, order, numbersAreTimes);
    return time !== undefined && time >= earliest && time < LATEST ? time : undefined;
  });
  return { times, ...(seen && { order }), ...(assumed && { assumed: order }) };
}

/** Without blanks around Chinese units, the day of the week, and the name of the zone that JavaScript writes behind its offset. */
function plainOf(cell: string): string {
  if (cell.length > LONGEST) return '';
  const text = halfWidth(cell)
    .trim()
    .replace(/(\d) \([\p{L} ]+\)$/u, '$1');
  if (!/[年月日时時分秒]/.test(text)) return text;
  return text
    .replace(/\s*[(（]?(?:星期|周|週)[一二三四五六日天][)）]?/, '')
    .replace(/\s*([年月日时時分秒])\s*/g, '$1');
}

function monthsOf(languages: readonly string[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>([['sept', 9]]);
  for (const language of languages)
    for (const month of ['long', 'short'] as const) {
      const format = new Intl.DateTimeFormat(language, { month, day: 'numeric', timeZone: 'UTC' });
      for (let i = 0; i < 12; i++) {
        const name =
          format.formatToParts(Date.UTC(2024, i, 1)).find(({ type }) => type === 'month')?.value ?? '';
        names.set(name.toLowerCase().replace(/\.$/, ''), i + 1);
      }
    }
  return names;
}

function named(date: string, clock: boolean): RegExp {
  return new RegExp(`^${date}${clock ? CLOCK : ''}$`, 'iu');
}

function orderOf(cells: readonly string[]): { order: DayOrder; seen: boolean; assumed: boolean } {
  let slashes = false;
  // Where dates are written with points, days come first.
  let points = true;
  let seen = false;
  for (const cell of cells) {
    const match = YEAR_LAST.exec(cell);
    if (!match) continue;
    seen = true;
    if (Number(match[1]) > 12) return { order: 'day first', seen, assumed: false };
    if (Number(match[3]) > 12) return { order: 'month first', seen, assumed: false };
    slashes ||= match[2] === '/';
    points &&= match[2] === '.';
  }
  return { order: slashes ? 'month first' : 'day first', seen, assumed: seen && !points };
}

function parseTime(cell: string, order: DayOrder, numbersAreTimes: boolean): number | undefined {
  if (cell === '' || !/\d/.test(cell)) return undefined;
  const iso = YEAR_FIRST.exec(cell);
  if (iso) return utc(iso[1]!, iso[2]!, iso[3] ?? '1', iso.slice(4));
  const last = YEAR_LAST.exec(cell);
  if (last) {
    const [day, month] = order === 'day first' ? [last[1]!, last[3]!] : [last[3]!, last[1]!];
    return utc(fullYear(last[4]!), month, day, last.slice(5));
  }
  const compact = COMPACT.exec(cell);
  if (compact) return utc(compact[1]! + compact[2]!, compact[3]!, compact[4]!, []);
  if (/\p{L}/u.test(cell)) return writtenOut(cell);
  if (numbersAreTimes && UNIX_OR_EXCEL.test(cell)) {
    const number = Number(cell);
    // Excel counts days, with day 25569 the first of 1970.
    if (number < 1e5) return Math.round((number - 25_569) * 86_400_000);
    const digits = /^\d+/.exec(cell)![0].length;
    // Seconds have 10 digits, milliseconds 13, microseconds 16, nanoseconds 19.
    return Math.round(number / 10 ** (digits - 13));
  }
  return undefined;
}

const UNIX_OR_EXCEL = /^\d{5}(?:\.\d+)?$|^\d{10}(?:\.\d+)?$|^\d{13}(?:\.\d+)?$|^\d{16}$|^\d{19}$/;

const fullYear = (year: string): string => (year.length === 2 ? `20${year}` : year);

/** With the name of the month. */
function writtenOut(cell: string): number | undefined {
  for (const [form, year, month, day] of NAMED) {
    const match = form.exec(cell);
    const number = match && MONTHS.get(match[month]!.toLowerCase());
    if (!number) continue;
    const clock = match.slice(1 + Math.max(year, month, day ?? 0));
    return utc(fullYear(match[year]!), String(number), (day && match[day]) || '1', clock);
  }
  // Zones by name, and what else programs write.
  if (!WRITTEN_OUT.test(cell)) return undefined;
  const plain = cell.replace(/(\d)(?:st|nd|rd|th)\b/i, '$1');
  const time = Date.parse(/(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(plain) ? plain : `${plain} UTC`);
  return Number.isNaN(time) ? undefined : time;
}

/** @param clock Groups of CLOCK */
function utc(
  year: string,
  month: string,
  day: string,
  clock: readonly (string | undefined)[],
): number | undefined {
  const [before = '', written = '0', mark, minute, second = '0', behind = '', zone = ''] = clock;
  const half =
    HALVES[before] ?? (behind === '' ? undefined : behind.toLowerCase().startsWith('a') ? 'am' : 'pm');
  // 5 alone is no clock, 5: neither; 5 PM and 5点 are.
  if (clock[1] !== undefined && minute === undefined && half === undefined && (mark ?? ':') === ':')
    return undefined;
  const hour = hourOf(Number(written), half);
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    hour,
    Number(minute ?? 0),
    Number(second),
  );
  // 31 April and 25:00 would roll over into the next day.
  const date = new Date(time);
  const real =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    hour < 24 &&
    Number(minute ?? 0) < 60;
  if (!real) return undefined;
  const offset = /([+-])(\d{2}):?(\d{2})?/.exec(zone);
  return offset
    ? time - (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60_000
    : time;
}

/** 12 AM is midnight, 12 PM noon; 13 and more say by themselves that it is past noon. */
function hourOf(hour: number, half: 'am' | 'pm' | undefined): number {
  if (half === 'pm' && hour < 12) return hour + 12;
  if (half !== 'am') return hour;
  return hour === 12 ? 0 : hour < 12 ? hour : Number.NaN;
}
