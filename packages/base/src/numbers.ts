/**
 * Numbers in words, once for all reports, messages and terminals. The forms are the same in both languages: thousands apart by
 * commas, a point before decimals, no space before the sign of a percentage.
 */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FOUR_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

/** A whole number: "1,234". */
export const count = (value: number): string => WHOLE.format(value);

/** A number and its English noun: "1 row", "2,000 rows". */
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${value === 1 ? noun : `${noun}s`}`;

/** A share as a percentage: "12.3%". What is not nothing is not shown as nothing, nor what is not all as all. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${100 * share}%`;
  const value = 100 * share;
  if (value > 0 && value < 0.05) return '< 0.1%';
  if (value >= 99.95 && value < 100) return '> 99.9%';
  return `${value.toFixed(1)}%`;
}

/** With a fixed number of decimals, and a minus that is none of a word's hyphens: "0.31", "−1.20". */
export const decimals = (value: number, places = 2): string => value.toFixed(places).replace('-', '−');

/** Four significant digits: "1,234", "0.001235", "5.00e+13". */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e12 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  return Number.isInteger(value) || size >= 1e5 ? count(value) : FOUR_DIGITS.format(value);
}

/** With its sign, which a reader of effects needs: "+0.31", "−1.20". */
export function signed(value: number, format: (size: number) => string = decimals): string {
  return `${value < 0 ? '−' : '+'}${format(Math.abs(value))}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A size in powers of 1000: "1.23 MB". */
export function bytes(size: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(1, size)) / Math.log(1000)));
  return `${Number((size / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}

/** The day of a moment, UTC: "2025-01-31". */
export const date = (moment: number | string): string => isoOf(moment).slice(0, 10);

/** The minute of a moment, UTC: "2025-01-31 09:30". */
export const minute = (moment: number | string): string => isoOf(moment).slice(0, 16).replace('T', ' ');

const isoOf = (moment: number | string): string => new Date(moment).toISOString();
