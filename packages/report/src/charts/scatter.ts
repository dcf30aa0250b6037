/** Points by two figures, with the line on which both are the same. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { ACCENT, TONES } from '../palette.ts';
import { inLanguage, text } from '../text.ts';
import type { Option } from './echarts.ts';

export const scatterChart = z
  .object({
    kind: z.literal('scatter'),
    /** What stands on the axes. */
    x: text,
    y: text,
    points: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly(),
  })
  .readonly();
export type ScatterChart = z.infer<typeof scatterChart>;

export const scatterHeight = (): number => 420;

export function scatterOption({ x, y, points }: ScatterChart, language: Language): Option {
  const axis = (name: ScatterChart['x'], nameGap: number) => ({
    type: 'value' as const,
    scale: true,
    name: inLanguage(name, language),
    nameLocation: 'middle' as const,
    nameGap,
  });
  // The line ends where one of the axes does: beyond, the other axis would grow for it.
  const ends = (of: (values: readonly number[]) => number, both: (...values: number[]) => number) =>
    both(of(points.map(([right]) => right)), of(points.map(([, up]) => up)));
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const [from, to] = [ends(least, Math.max), ends(most, Math.min)];
  return {
    grid: { left: 84, right: 24, top: 24, bottom: 56 },
    xAxis: axis(x, 32),
    yAxis: axis(y, 64),
    series: [
      {
        type: 'scatter',
        symbolSize: 5,
        itemStyle: { color: ACCENT, opacity: 0.45 },
        data: points.map((point) => [...point]),
      },
      {
        type: 'line',
        data:
          from < to
            ? [
                [from, from],
                [to, to],
              ]
            : [],
        showSymbol: false,
        silent: true,
        lineStyle: { type: 'dashed', color: TONES.neutral },
      },
    ],
  };
}
