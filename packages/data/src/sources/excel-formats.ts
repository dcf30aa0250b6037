/**
 * What a cell's number format shows (ECMA-376, part 1, 18.8.30 and 18.8.31): a number, a date, a time of day, or a duration, which all are
 * stored as numbers. Dates and times become ISO 8601, durations `30:00:00`.
 */
import type { XmlHandlers } from './xml.ts';

export interface NumberFormat {
  readonly shows: 'number' | 'date' | 'time' | 'duration';
  /** Tenths of a second or less: `mm:ss.0`. */
  readonly fractions: boolean;
}

const NUMBER: NumberFormat = { shows: 'number', fractions: false };

/** Formats without a code of their own; those from 27 on are Chinese, Japanese and Korean. */
const BUILT_IN: readonly (readonly [from: number, to: number, shows: NumberFormat['shows']])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'date'],
  [27, 31, 'date'],
  [32, 33, 'time'],
  [34, 36, 'date'],
  [45, 47, 'duration'],
  [50, 58, 'date'],
];

function builtIn(id: number): NumberFormat {
  const shows = BUILT_IN.find(([from, to]) => id >= from && id <= to)?.[2] ?? 'number';
  // 47 is mm:ss.0.
  return { shows, fractions: id === 47 };
}

/** @param code `[h]:mm:ss`, `yyyy"年"m"月"`, `[$-409]h:mm AM/PM;@` */
export function numberFormat(code: string): NumberFormat {
  const marks = code.replace(/"[^"]*"|\\.|_.|\*.|general|am\/pm|a\/p|上午\/下午/gi, '');
  const [positive = ''] = marks.split(';');
  const fractions = /s\]?\.0/i.test(positive);
  if (/\[(?:h+|m+|s+)\]/i.test(positive)) return { shows: 'duration', fractions };
  const letters = positive.replace(/\[[^\]]*\]/g, '');
  if (!/[ymdhs]/i.test(letters)) return NUMBER;
  if (/[yde]/i.test(letters)) return { shows: 'date', fractions };
  if (/h/i.test(letters)) return { shows: 'time', fractions };
  // Minutes and seconds without hours are how long something took; months alone are dates.
  return { shows: /s/i.test(letters) ? 'duration' : 'date', fractions };
}

/** Of each cell style, the format of its numbers. */
export function styleReader(): {
  readonly handlers: XmlHandlers;
  readonly formats: () => readonly NumberFormat[];
} {
  const codes = new Map<number, string>();
  const ids: number[] = [];
  let inCells = false;
  return {
    handlers: {
      open(tag, attributes) {
        if (tag === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
        else if (tag === 'cellXfs') inCells = true;
        else if (tag === 'xf' && inCells) ids.push(Number(attributes.numFmtId ?? 0));
      },
      close(tag) {
        if (tag === 'cellXfs') inCells = false;
      },
    },
    formats: () => {
      const known = new Map([...new Set(ids)].map((id) => [id, formatOf(id, codes.get(id))]));
      return ids.map((id) => known.get(id)!);
    },
  };
}

const formatOf = (id: number, code: string | undefined): NumberFormat =>
  code === undefined ? builtIn(id) : numberFormat(code);

/** @returns undefined where the number is none that the format can show */
export function timeText(
  days: number,
  { shows, fractions }: NumberFormat,
  from1904: boolean,
): string | undefined {
  if (shows === 'duration') return durationText(days, fractions);
  if (days < 0 || days > 2_958_466) return undefined;
  // A day below 1 is none of 1900's; 1904 begins with day 0.
  if (days < 1 && (shows === 'time' || !from1904)) return clockText(days, fractions);
  return dateText(days, fractions, from1904);
}

const MILLISECONDS = 86_400_000;

/** Excel keeps 15 digits: what is beyond a second, or a thousandth where they are shown, is noise of binary. */
const rounded = (days: number, fractions: boolean): number =>
  fractions ? Math.round(days * MILLISECONDS) : Math.round(days * 86_400) * 1000;

const shortFraction = (text: string): string => text.replace(/\.?0+$/, '');

function clockText(days: number, fractions: boolean): string {
  const text = new Date(rounded(days, fractions)).toISOString();
  return fractions ? shortFraction(text.slice(11, 23)) : text.slice(11, 19);
}

/** Hours go beyond 24, and below 0. */
function durationText(days: number, fractions: boolean): string | undefined {
  const milliseconds = rounded(Math.abs(days), fractions);
  if (!Number.isSafeInteger(milliseconds)) return undefined;
  const two = (number: number) => String(number).padStart(2, '0');
  const [hours, rest] = [Math.floor(milliseconds / 3_600_000), milliseconds % 3_600_000];
  const seconds = rest % 60_000;
  const fraction = seconds % 1000 === 0 ? '' : shortFraction(`.${String(seconds % 1000).padStart(3, '0')}`);
  return `${days < 0 && milliseconds > 0 ? '-' : ''}${two(hours)}:${two(Math.floor(rest / 60_000))}:${two(Math.floor(seconds / 1000))}${fraction}`;
}

function dateText(days: number, fractions: boolean, from1904: boolean): string {
  // Excel believes that 1900 had a 29 February: before March its days are one further along.
  const shift = from1904 ? 1462 : days < 60 ? 1 : 0;
  const date = new Date(rounded(days, fractions) + (shift - 25_569) * MILLISECONDS).toISOString();
  if (Number.isInteger(days)) return date.slice(0, 10);
  return fractions ? shortFraction(date.slice(0, 23)) : date.slice(0, 19);
}
