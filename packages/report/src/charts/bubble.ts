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
const FEWEST_TICKS = 4;
/** Of the axis; a name takes up to a sixth of it. */
const NEAR_THE_END = 0.84;

export const bubbleHeight = (): number => 460;

export function bubbleOption({ x, y, groups }: BubbleChart, language: Language): Option {
  const axisOption = ({ label, ...bounds }: BubbleChart['x'], nameGap: number) => ({
    type: 'value' as const,
    name: inLanguage(label, language),
    nameLocation: 'middle' as const,
    nameGap,
    ...bounds,
    ...(bounds.min !== undefined && bounds.max !== undefined && evenTicks(bounds.min, bounds.max)),
  });
  const rights = groups.flatMap(({ points }) => points.map((point) => point.x));
  const end = x.max ?? Math.max(0, ...rights);
  const start = x.min ?? Math.min(0, ...rights);
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
          // Towards the middle, where a name would not fit to the right.
          position: (point.x - start) / (end - start) > NEAR_THE_END ? ('left' as const) : ('right' as const),
          width: 120,
          overflow: 'truncate' as const,
        },
      })),
      labelLayout: { hideOverlap: true },
    })),
  };
}

/** The distance of ticks that begins and ends with the axis: 1, 2 or 5 of a power of ten; nothing where none does. */
function evenTicks(min: number, max: number): { interval?: number } {
  const length = max - min;
  const power = 10 ** Math.floor(Math.log10(length) + 1e-9);
  for (const interval of [power, power / 2, power / 5, power / 10]) {
    const ticks = Math.round(length / interval);
    if (ticks >= FEWEST_TICKS && Math.abs(length / interval - ticks) < 1e-9) return { interval };
  }
  return {};
}
