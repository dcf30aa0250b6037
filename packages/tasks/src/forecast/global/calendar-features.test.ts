/** Weekdays of months, counted on a calendar. */
import { expect, it } from 'vitest';
import { weekdayShare } from './calendar-features.ts';

it('the share of weekdays in months, and none of weeks', () => {
  const months = { kind: 'calendar', months: 1, phase: 0, day: 1, clock: 0 } as const;
  const [share] = weekdayShare(months);
  // February and March 2021 begin on a Monday.
  expect(share!.at(12 * 21 + 1)).toBeCloseTo(20 / 28, 12);
  expect(share!.at(12 * 21 + 2)).toBeCloseTo(23 / 31, 12);
  expect(weekdayShare({ kind: 'even', length: 7 * 86_400_000, phase: 0 })).toEqual([]);
});
