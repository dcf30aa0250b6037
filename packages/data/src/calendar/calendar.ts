/** All that is on the calendar of a country between two days: festivals, days off, make-up workdays, shopping days, own events. */
import { chinaEvents } from './china.ts';
import { countryEvents } from './countries.ts';
import { type CalendarEvent, dayOfTime, yearOf } from './event.ts';
import { shoppingEvents } from './shopping-days.ts';

export interface CalendarOptions {
  /** Two letters. Default CN. */
  readonly country?: string;
  /** Times in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly own?: readonly CalendarEvent[];
}

/** Sorted by their first day. @throws UserError of a country that is not known */
export async function calendarOf({
  country = 'CN',
  from,
  to,
  own = [],
}: CalendarOptions): Promise<CalendarEvent[]> {
  const code = country.toUpperCase();
  // A window may begin in the year before and end in the one after.
  const [first, last] = [yearOf(dayOfTime(from)) - 1, yearOf(dayOfTime(to)) + 1];
  const decreed = code === 'CN' ? chinaEvents(first, last) : await countryEvents(code, first, last);
  return [...decreed, ...shoppingEvents(code, first, last), ...own]
    .filter(
      ({ first: day, days, lead, lag }) => day + days + lag >= dayOfTime(from) && day - lead <= dayOfTime(to),
    )
    .sort((a, b) => a.first - b.first || (a.code < b.code ? -1 : 1));
}
