/**
 * The founder's own days, from a table: a column of dates, one of names, and where there is one a last day. What stands there is known only to
 * them: a fair, a live show, a price rise, a shop that was shut.
 */
import { type Localized, UserError } from '@gradus/base';
import { halfWidth } from '../table/half-width.ts';
import type { Table } from '../table/table.ts';
import { parseTimes } from '../table/times.ts';
import { type CalendarEvent, dayOfTime } from './event.ts';

export interface OwnEvents {
  readonly events: readonly CalendarEvent[];
  /** Rows that hold no date or no name: counted from 1, the header left out. */
  readonly setAside: readonly { readonly row: number; readonly reason: Localized }[];
}

const NAMES = {
  date: /^(date|day|start|from|first|begin|ds|日期|开始|开始日期|起始|时间)/i,
  end: /^(end|until|last|to|finish|结束|结束日期|截止)/i,
  name: /^(event|name|holiday|title|what|活动|名称|事件|节日)/i,
};
/** How far around an own event sales may move. */
const AROUND = 7;
const LONGEST = 366;

/** @throws UserError where the table has no column of dates or of names */
export function ownEvents(table: Table): OwnEvents {
  const column = (pattern: RegExp) => table.columns.findIndex((name) => pattern.test(name.trim()));
  const [date, end, name] = [column(NAMES.date), column(NAMES.end), column(NAMES.name)];
  if (date < 0 || name < 0) {
    throw new UserError({
      en: `The events file has the columns ${table.columns.join(', ')}; expected one named "date" and one named "event" (and "end" for events of more than a day).`,
      zh: `活动文件的列为 ${table.columns.join('、')}；应有一列名为“日期”，一列名为“活动”（持续多天的活动另加“结束”）。`,
    });
  }
  const cells = (index: number) => table.rows.map((row) => halfWidth(row[index] ?? '').trim());
  const { times } = parseTimes(cells(date));
  const ends = end < 0 ? undefined : parseTimes(cells(end)).times;
  const events: CalendarEvent[] = [];
  const setAside: { row: number; reason: Localized }[] = [];
  table.rows.forEach((row, i) => {
    const read = eventOf((row[name] ?? '').trim(), row[date] ?? '', times[i], ends?.[i]);
    if ('code' in read) events.push(read);
    else setAside.push({ row: i + 1, reason: read });
  });
  return { events, setAside };
}

function eventOf(
  called: string,
  cell: string,
  time: number | undefined,
  end: number | undefined,
): CalendarEvent | Localized {
  if (time === undefined) return { en: `"${cell}" is no date`, zh: `“${cell}”不是日期` };
  if (called === '') return { en: 'no name', zh: '没有名称' };
  const first = dayOfTime(time);
  const last = dayOfTime(end ?? time);
  if (last < first || last - first >= LONGEST)
    return { en: 'it ends before it begins, or lasts over a year', zh: '结束早于开始，或持续超过一年' };
  return {
    ...{ code: `own-${called.toLowerCase()}`, name: { en: called, zh: called }, kind: 'own' as const },
    ...{ first, days: last - first + 1, lead: AROUND, lag: AROUND, announced: true },
  };
}
