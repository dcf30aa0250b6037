/** What is on the calendar of a run: a country's holidays and shopping days, and the founder's own days. */
import { basename } from 'node:path';
import { count, type Localized } from '@gradus/base';
import { type CalendarEvent, calendarOf, lastDecreedYear, ownEvents, readTable } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { endOf, frequencyOf, type SalesHistory, startOf } from '@gradus/tasks';
import type { ForecastOptions } from './options.ts';

export interface RunCalendar {
  readonly events: readonly CalendarEvent[];
  readonly notes: readonly Localized[];
}

const HAN = /\p{Script=Han}/u;

export async function calendarOfRun(
  run: RunContext<ForecastOptions>,
  history: SalesHistory,
): Promise<RunCalendar> {
  const span = spanOf(history, run.options.horizon);
  const country = countryOf(run.options.country, history);
  const { events: source } = run.sources;
  if (!span || (country === null && !source)) return { events: [], notes: [] };
  const own = source && ownEvents(await readTable(source.path, { maxRows: 100_000 }));
  const events =
    country === null ? (own?.events ?? []) : await calendarOf({ country, ...span, own: own?.events ?? [] });
  return {
    events,
    notes: [
      ...(country === null
        ? []
        : [
            {
              en: `Holidays and shopping days of ${country}. To change it: --country.`,
              zh: `采用 ${country} 的节假日和购物节。如需更改：--country。`,
            },
          ]),
      ...(country === 'CN' && new Date(span.to).getUTCFullYear() > lastDecreedYear()
        ? [
            {
              en: `Days off after ${lastDecreedYear()} are not announced yet: festivals stand by their lunar dates, make-up workdays are not known.`,
              zh: `${lastDecreedYear()} 年之后的放假安排尚未公布：节日按农历日期推算，调休上班日未知。`,
            },
          ]
        : []),
      ...(own && own.setAside.length > 0
        ? [
            {
              en: `${count(own.setAside.length)} rows of ${basename(source!.address)} set aside, the first of them row ${own.setAside[0]!.row}: ${own.setAside[0]!.reason.en}.`,
              zh: `${basename(source!.address)} 搁置 ${count(own.setAside.length)} 行（首个为第 ${own.setAside[0]!.row} 行）：${own.setAside[0]!.reason.zh}。`,
            },
          ]
        : []),
    ],
  };
}

function countryOf(named: string | undefined, { columns, items }: SalesHistory): string | null {
  if (named !== undefined) return named === 'none' ? null : named.toUpperCase();
  const texts = [columns.time, columns.value, ...columns.keys, ...items.slice(0, 50).map(({ item }) => item)];
  return texts.some((text) => text !== undefined && HAN.test(text)) ? 'CN' : null;
}

/** From the first step to the last forecast; undefined where there are no dates. */
function spanOf(
  { grids, items }: SalesHistory,
  horizon: number | undefined,
): { from: number; to: number } | undefined {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const item of items) {
    const grid = grids[item.grid]!;
    if (grid.kind === 'order') continue;
    from = Math.min(from, startOf(grid, item.first));
    to = Math.max(to, startOf(grid, endOf(item) + (horizon ?? frequencyOf(grid).horizon)));
  }
  return from < to ? { from, to } : undefined;
}
