/** Times of series: dates as tables write them, and what only series have: years, quarters, ISO weeks, months without a mark. */
import { type DayOrder, type ParsedTimes, parseTimes } from '../table/times.ts';

/** Series go further back than products. */
const EARLIEST = Date.UTC(1000, 0, 1);

/** @param known The order of days and months that the column is already known to have. */
export function seriesTimes(cells: readonly string[], known?: DayOrder): ParsedTimes {
  const parsed = parseTimes(cells, true, EARLIEST, known);
  return { ...parsed, times: parsed.times.map((time, i) => time ?? periodOf(cells[i]!.trim())) };
}

function periodOf(cell: string): number | undefined {
  // 2024, 2024年; as programs for tables write it, 2024.0
  const year = /^(\d{4})(?:年|\.0)?$/.exec(cell);
  if (year) return inRange(Date.UTC(Number(year[1]), 0, 1));
  const quarter = /^(\d{4})(?:[-\s/]?Q|年第?)([1-4])(?:季度?)?$/i.exec(cell);
  if (quarter) return inRange(Date.UTC(Number(quarter[1]), 3 * Number(quarter[2]) - 3, 1));
  // 202403, 2024M03
  const month = /^((?:19|20)\d{2})M?(0[1-9]|1[0-2])$/i.exec(cell);
  if (month) return inRange(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  const week = /^(\d{4})-?W(\d{2})$/i.exec(cell);
  if (!week || Number(week[2]) < 1 || Number(week[2]) > 53) return undefined;
  // ISO 8601: week 1 has 4 January in it and begins on a Monday.
  const fourth = new Date(Date.UTC(Number(week[1]), 0, 4));
  return inRange(
    fourth.getTime() + (7 * (Number(week[2]) - 1) - ((fourth.getUTCDay() + 6) % 7)) * 86_400_000,
  );
}

const inRange = (time: number): number | undefined => (time >= EARLIEST ? time : undefined);
