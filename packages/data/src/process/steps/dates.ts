/**
 * Dates to cycles: the hour, the day of the week, of the month and of the year, and the month, each as the sine and cosine
 * of where in its cycle a time lies, so that 23:59 is next to 0:00 and December next to January; and a trend, the time as a
 * number, for what grows or fades.
 */
import { concat, scalar, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { civilDate, floorDivide, remainder } from '../civil.ts';
import { mean } from '../statistics.ts';
import { columnStep, declares } from '../step.ts';
import { missingTime, presentTimes } from './missing.ts';

const DAY = 86_400_000;
/** Of the Gregorian calendar, on average. */
const YEAR = 365.2425 * DAY;

const CYCLES = {
  hour: { en: 'hour', zh: '时刻' },
  weekday: { en: 'day of the week', zh: '星期' },
  monthDay: { en: 'day of the month', zh: '日' },
  month: { en: 'month', zh: '月' },
  yearDay: { en: 'day of the year', zh: '年内日' },
} as const;
type Cycle = keyof typeof CYCLES;
const ALL = Object.keys(CYCLES) as [Cycle, ...Cycle[]];

export const datesStep = columnStep({
  name: 'dates',
  title: { en: 'Dates to cycles', zh: '日期转周期' },
  accepts: ['time'],
  options: z.strictObject({
    /** Default: those that differ among the training rows. */
    cycles: z.array(z.enum(ALL)).min(1).optional(),
    /** Adds the time in years since the mean of the training rows. */
    trend: z.boolean().default(false),
    /** Minutes that local time is ahead of UTC: 480 in China. Clocks that change in summer are not followed. */
    offset: z.int().min(-1440).max(1440).default(0),
  }),
  parameters: z.object({ cycles: z.array(z.enum(ALL)), middle: z.number() }),
  fit: (column, { cycles, offset }) => {
    const times = presentTimes(column);
    return {
      cycles: cycles ?? ALL.filter((cycle) => differs(times, cycle, offset)),
      middle: Math.round(mean(times)),
    };
  },
  trace: (block, { cycles, middle }, { trend, offset }) => {
    const isMissing = block.tensor.equal(missingTime);
    const local = isMissing.where(scalar(0, 'int64'), block.tensor).add(offset * 60_000);
    const phases = phasesOf(local);
    const columns: Tensor[] = [];
    const features: string[] = [];
    for (const cycle of cycles) {
      const angle = phases[cycle]().mul(2 * Math.PI);
      columns.push(angle.sin(), angle.cos());
      features.push(`${block.name} ${cycle} sin`, `${block.name} ${cycle} cos`);
    }
    if (trend) {
      columns.push(
        local
          .sub(middle + offset * 60_000)
          .cast('float64')
          .div(YEAR),
      );
      features.push(`${block.name} years`);
    }
    if (columns.length === 0) return [];
    // 0 is the middle of all of them.
    const tensor = isMissing.where(scalar(0, 'float64'), concat(columns, 1));
    return { ...block, kind: 'encoded', features, tensor };
  },
  describe: ({ cycles, trend, offset }) => {
    const names = (cycles ?? ALL).map((cycle) => CYCLES[cycle]);
    const zone = `UTC${offset < 0 ? '−' : '+'}${Math.abs(offset) / 60}`;
    return {
      en: `sine and cosine of the ${names.map(({ en }) => en).join(', ')}${trend ? '; years as a trend' : ''} (${zone})`,
      zh: `${names.map(({ zh }) => zh).join('、')}的正弦与余弦${trend ? '；以年为单位的趋势' : ''}（${zone}）`,
    };
  },
  describeFitted: ({ cycles, middle }) => {
    const day = new Date(middle).toISOString().slice(0, 10);
    return {
      en: `${cycles.map((cycle) => CYCLES[cycle].en).join(', ') || 'no cycle'}; middle ${day}`,
      zh: `${cycles.map((cycle) => CYCLES[cycle].zh).join('、') || '无周期'}；中点 ${day}`,
    };
  },
});

/** A missing time is 0 in all; missing({ indicator: true }) before it notes which were. A column of one and the same time leaves nothing. */
export const dates = declares(datesStep);

/** Where in its cycle a local time lies: 0 at the beginning, just below 1 at the end. */
function phasesOf(local: Tensor): Readonly<Record<Cycle, () => Tensor>> {
  const days = floorDivide(local, DAY);
  const date = civilDate(days);
  const phase = (part: Tensor, whole: Tensor | number): Tensor =>
    part.cast('float64').div(typeof whole === 'number' ? whole : whole.cast('float64'));
  return {
    hour: () => phase(remainder(local, DAY), DAY),
    // 1 January 1970 was a Thursday; weeks begin on Monday.
    weekday: () => phase(remainder(days.add(3), 7), 7),
    monthDay: () => phase(date.day.sub(1), date.daysInMonth),
    month: () => phase(date.month.sub(1), 12),
    yearDay: () => phase(date.dayOfYear, date.daysInYear),
  };
}

/** What a cycle goes by, of a time of the host's; only to see whether it differs among rows. */
const PARTS: Readonly<Record<Cycle, (date: Date) => number>> = {
  hour: (date) => date.getTime() - Math.floor(date.getTime() / DAY) * DAY,
  weekday: (date) => date.getUTCDay(),
  monthDay: (date) => date.getUTCDate(),
  month: (date) => date.getUTCMonth(),
  yearDay: (date) => date.getUTCMonth() * 31 + date.getUTCDate(),
};

function differs(times: Float64Array, cycle: Cycle, offset: number): boolean {
  const part = (time: number) => PARTS[cycle](new Date(time + offset * 60_000));
  const first = part(times[0]!);
  return times.some((time) => part(time) !== first);
}
