/** Points by two figures, a third as the size of the circle, in groups that are judged good or bad. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { TONES } from '../palette.ts';
import { inLanguage, text } from '../text.ts';
import type { Option } from './echarts.ts';

const axis = z
  .object({ label: text, min: z.number().exactOptional(), max: z.number().exactOptional() })
  .readonly();

export const bubbleChart = z
  .object({
    kind: z.literal('bubble'),
    x: axis,
    y: axis,
    groups: z
      .array(
        z
          .object({
            name: text,
            tone: z.enum(['bad', 'good', 'neutral']),
            points: z
              .array(
                z
                  .object({
                    name: text,
                    x: z.number(),
                    y: z.number(),
                    /** From 0 to 1. */
                    size: z.number(),
                    /** The name stands beside the circle, where there is room. */
                    labelled: z.boolean(),
                  })
                  .readonly(),
              )
              .readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type BubbleChart = z.infer<typeof bubbleChart>;

const SMALLEST = 8;
const GROWTH = 40;

export const bubbleHeight = (): number => 460;

export function bubbleOption({ x, y, groups }: BubbleChart, language: Language): Option {
  const axisOption = ({ label, ...bounds }: BubbleChart['x'], nameGap: number) => ({
    type: 'value' as const,
    name: inLanguage(label, language),
    nameLocation: 'middle' as const,
    nameGap,
    ...bounds,
  });
  return {
    grid: { left: 64, right: 32, top: 40, bottom: 56 },
    legend: { top: 4 },
    xAxis: axisOption(x, 32),
    yAxis: axisOption(y, 40),
    series: groups.map(({ name, tone, points }) => ({
      type: 'scatter',
      name: inLanguage(name, language),
      itemStyle: { color: TONES[tone], opacity: 0.75 },
      data: points.map((point) => ({
        name: inLanguage(point.name, language),
        value: [point.x, point.y],
        symbolSize: SMALLEST + GROWTH * point.size,
        label: {
          show: point.labelled,
          formatter: () => inLanguage(point.name, language),
          position: 'right' as const,
          width: 120,
          overflow: 'truncate' as const,
        },
      })),
      labelLayout: { hideOverlap: true },
    })),
  };
}
