/** Bars below each other, each with its name on the left and its figure in words on the right. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { ACCENT, INK } from '../palette.ts';
import { inLanguage, shortened, text } from '../text.ts';
import type { Option } from './echarts.ts';

export const barChart = z
  .object({
    kind: z.literal('bar'),
    bars: z.array(z.object({ name: text, value: z.number(), text }).readonly()).readonly(),
    /** The value whose bar fills the width. */
    full: z.number(),
  })
  .readonly();
export type BarChart = z.infer<typeof barChart>;

export const barHeight = ({ bars }: BarChart): number => 30 + 24 * bars.length;

export function barOption({ bars, full }: BarChart, language: Language): Option {
  return {
    grid: { left: 190, right: 150, top: 6, bottom: 24 },
    xAxis: { type: 'value', max: full, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => shortened(inLanguage(name, language), 24)),
      axisTick: { show: false },
      axisLabel: { color: INK },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 15,
        itemStyle: { color: ACCENT },
        data: bars.map(({ value }) => value),
        label: {
          show: true,
          position: 'right',
          color: INK,
          // A function: braces in a text would be placeholders.
          formatter: ({ dataIndex }) => inLanguage(bars[dataIndex]!.text, language),
        },
      },
    ],
  };
}
