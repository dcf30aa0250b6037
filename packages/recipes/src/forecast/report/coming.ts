/** The calendar of what comes within the forecast. */
import { date, type Localized } from '@gradus/base';
import type { CalendarEvent } from '@gradus/data';
import type { Section } from '@gradus/report';
import { endOf, startOf } from '@gradus/tasks';
import type { ReportInput } from './input.ts';

const DAY = 86_400_000;
const MOST = 40;
const KINDS: Readonly<Record<CalendarEvent['kind'], Localized>> = {
  festival: { en: 'festival', zh: '节日' },
  'day off': { en: 'day off', zh: '放假' },
  'make-up workday': { en: 'make-up workday', zh: '调休上班' },
  shopping: { en: 'shopping day', zh: '购物节' },
  own: { en: 'your own', zh: '自定活动' },
};

export function coming({ history, calendar, train: { forecasts } }: ReportInput): Section | null {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { place, first, mean } of forecasts) {
    const item = history.items[place]!;
    const grid = history.grids[item.grid]!;
    if (grid.kind === 'order') continue;
    from = Math.min(from, startOf(grid, endOf(item)));
    to = Math.max(to, startOf(grid, first + mean.length));
  }
  const events = calendar.events.filter(({ first, days }) => (first + days) * DAY > from && first * DAY < to);
  if (events.length === 0) return null;
  return {
    id: 'coming',
    title: { en: 'What comes', zh: '即将到来' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'From', zh: '开始' } },
          { label: { en: 'Days', zh: '天数' }, align: 'right' },
          { label: { en: 'Event', zh: '事件' } },
          { label: { en: 'Kind', zh: '类别' } },
          { label: { en: 'Announced', zh: '是否已公布' } },
        ],
        rows: events
          .slice(0, MOST)
          .map(({ first, days, name, kind, announced }) => [
            date(first * DAY),
            String(days),
            name,
            KINDS[kind],
            announced ? { en: 'yes', zh: '是' } : { en: 'not announced yet', zh: '尚未公布' },
          ]),
      },
    ],
  };
}
