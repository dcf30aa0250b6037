/**
 * Festivals of the lunar calendar. It follows the moon as astronomers compute it, so no short rule gives its dates; the table
 * of `chinese-days` holds them for 1900 to 2100. (The calendar inside Intl is off by a day in some years, 2027 among them.)
 */
import chineseDays from 'chinese-days';
import { dayOfIso } from './event.ts';

/** The years whose lunar dates are known. */
const LUNAR_YEARS = { first: 1901, last: 2099 } as const;

const two = (value: number): string => String(value).padStart(2, '0');

/** @returns the day (since 1970) of a lunar date, of the month that is not the leap one; undefined outside of the known years */
export function lunarDay(year: number, month: number, day: number): number | undefined {
  if (year < LUNAR_YEARS.first || year > LUNAR_YEARS.last) return undefined;
  return dayOfIso(chineseDays.getSolarDateFromLunar(`${year}-${two(month)}-${two(day)}`).date);
}

/** Lunar New Year's Day. */
export const lunarNewYear = (year: number): number | undefined => lunarDay(year, 1, 1);

/** Tomb-sweeping day, by the sun. */
export function qingming(year: number): number | undefined {
  if (year < LUNAR_YEARS.first || year > LUNAR_YEARS.last) return undefined;
  return dayOfIso(chineseDays.getSolarTermDate(year, 4, 'pure_brightness'));
}
