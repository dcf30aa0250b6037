/** How well a table fits: sales need dates, an amount and dates that repeat from item to item or go on evenly. */
import type { Profile } from '@gradus/data';
import type { Fit } from '@gradus/loop';
import { columnsIn } from '@gradus/tasks';
import { TAKES } from './options.ts';

const GOOD = 0.8;
/** Dates and numbers that nobody calls sales are in most tables. */
const MAYBE = 0.2;
const SOLD = /unit|qty|quantit|sold|sales|demand|volume|revenue|amount|销|数量|金额|营业额|需求/i;

export function fits(profile: Profile): Fit {
  const { time, value, item } = columnsIn(profile, {
    time: TAKES.data.roles.time,
    value: TAKES.data.roles.value,
    item: TAKES.data.roles.item,
  });
  if (time === undefined || value === undefined) {
    return {
      score: 0,
      reasons: [
        time === undefined
          ? { en: 'No column of dates was found.', zh: '未找到日期列。' }
          : { en: 'No column of amounts was found.', zh: '未找到数量列。' },
      ],
      columns: {},
    };
  }
  const sold = profile.columns.find(({ name, type }) => type === 'number' && SOLD.test(name))?.name;
  const columns = { time, value: sold ?? value, ...(item !== undefined && { item }) };
  return {
    score: sold === undefined ? MAYBE : GOOD,
    reasons: Object.entries(columns).map(([role, name]) => {
      const { en, zh } = TAKES.data.roles[role as keyof typeof TAKES.data.roles].title;
      return { en: `"${name}": ${en}.`, zh: `“${name}”：${zh}。` };
    }),
    columns,
  };
}
