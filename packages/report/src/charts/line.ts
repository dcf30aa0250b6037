/** Lines over times or over named steps. A value of null is a gap. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { inLanguage, text } from '../text.ts';
import type { Option } from './echarts.ts';

export const lineChart = z
  .object({
    kind: z.literal('line'),
    x: z
      .object({
        /** Times are ISO 8601 and stand as far apart as they are. */
        kind: z.enum(['time', 'category']),
        values: z.array(z.string()).readonly(),
        label: text.exactOptional(),
      })
      .readonly(),
    y: z
      .object({
        label: text.exactOptional(),
        /** The axis starts at 0, not at the smallest value. */
        fromZero: z.boolean(),
      })
      .readonly(),
    series: z
      .array(z.object({ name: text, values: z.array(z.number().nullable()).readonly() }).readonly())
      .readonly(),
  })
  .readonly();
export type LineChart = z.infer<typeof lineChart>;

/** Lines of this many points or more have no markers. */
const MANY_POINTS = 30;

export const lineHeight = ({ series }: LineChart): number => (series.length > 1 ? 360 : 180);

export function lineOption({ x, y, series }: LineChart, language: Language): Option {
  const hasLegend = series.length > 1;
  return {
    grid: {
      left: 64,
      right: 24,
      top: hasLegend ? 56 : y.label === undefined ? 20 : 40,
      bottom: x.label === undefined ? 32 : 56,
    },
    ...(hasLegend && {
      legend: { top: 4, type: 'scroll', textStyle: { width: 140, overflow: 'truncate' } },
    }),
    xAxis: {
      ...(x.kind === 'time' ? { type: 'time' } : { type: 'category', data: [...x.values] }),
      ...(x.label !== undefined && {
        name: inLanguage(x.label, language),
        nameLocation: 'middle',
        nameGap: 32,
      }),
    },
    yAxis: {
      type: 'value',
      ...(y.fromZero ? { min: 0 } : { scale: true }),
      ...(y.label !== undefined && { name: inLanguage(y.label, language) }),
    },
    series: series.map(({ name, values }) => ({
      type: 'line',
      name: inLanguage(name, language),
      symbol: values.length < MANY_POINTS ? 'emptyCircle' : 'none',
      symbolSize: 5,
      data: x.kind === 'time' ? values.map((value, i) => [x.values[i]!, value]) : [...values],
    })),
  };
}
