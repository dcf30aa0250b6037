/** Lines over times or over named steps. A value of null is a gap. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { ACCENT } from '../palette.ts';
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
    /** Areas between two lines, the widest first: how far off the lines may be. */
    bands: z
      .array(
        z
          .object({
            name: text,
            low: z.array(z.number().nullable()).readonly(),
            high: z.array(z.number().nullable()).readonly(),
          })
          .readonly(),
      )
      .readonly()
      .exactOptional(),
  })
  .readonly();
export type LineChart = z.infer<typeof lineChart>;

/** Lines of this many points or more have no markers. */
const MANY_POINTS = 30;

export const lineHeight = ({ series }: LineChart): number => (series.length > 1 ? 360 : 180);

/** In figures: months are not called by their English names in a Chinese chart. */
const DATES = {
  year: '{yyyy}',
  month: '{yyyy}-{MM}',
  day: '{MM}-{dd}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
};

/** How dark a band is: narrower ones lie on wider ones. */
const BAND_OPACITY = 0.18;

export function lineOption({ x, y, series, bands = [] }: LineChart, language: Language): Option {
  const hasLegend = series.length + bands.length > 1;
  const points = (values: readonly (number | null)[]) =>
    x.kind === 'time' ? values.map((value, i) => [x.values[i]!, value]) : [...values];
  // A band is two stacked areas: an invisible one below it, and its height.
  const areas = bands.flatMap(({ name, low, high }, i) => {
    const height = high.map((top, k) => (top === null || low[k] == null ? null : top - low[k]!));
    const shared = {
      type: 'line' as const,
      stack: `band ${i}`,
      stackStrategy: 'all' as const,
      symbol: 'none',
      lineStyle: { opacity: 0 },
      silent: true,
    };
    return [
      { ...shared, data: points(low) },
      {
        ...shared,
        name: inLanguage(name, language),
        data: points(height),
        itemStyle: { color: ACCENT },
        areaStyle: { color: ACCENT, opacity: BAND_OPACITY },
      },
    ];
  });
  return {
    grid: {
      left: x.kind === 'time' ? 24 : 64,
      right: x.kind === 'time' ? 64 : 24,
      top: hasLegend ? 56 : y.label === undefined ? 20 : 40,
      bottom: x.label === undefined ? 32 : 56,
    },
    ...(hasLegend && {
      legend: {
        top: 4,
        type: 'scroll',
        textStyle: { width: 140, overflow: 'truncate' },
        data: [
          ...series.map(({ name }) => ({ name: inLanguage(name, language) })),
          // As dark as where they and the wider ones lie on each other.
          ...bands.map(({ name }, i) => ({
            name: inLanguage(name, language),
            icon: 'rect',
            itemStyle: { opacity: 1 - (1 - BAND_OPACITY) ** (i + 1) },
          })),
        ],
      },
    }),
    xAxis: {
      ...(x.kind === 'time'
        ? { type: 'time', axisLabel: { hideOverlap: true, formatter: DATES } }
        : { type: 'category', data: [...x.values] }),
      ...(x.label !== undefined && {
        name: inLanguage(x.label, language),
        nameLocation: 'middle',
        nameGap: 32,
      }),
    },
    yAxis: {
      type: 'value',
      // Beside the latest, which a narrow screen shows.
      position: x.kind === 'time' ? 'right' : 'left',
      ...(y.fromZero ? { min: 0 } : { scale: true }),
      ...(y.label !== undefined && { name: inLanguage(y.label, language) }),
    },
    series: [
      ...areas,
      ...series.map(({ name, values }) => ({
        type: 'line' as const,
        name: inLanguage(name, language),
        symbol: values.length < MANY_POINTS ? 'emptyCircle' : 'none',
        symbolSize: 5,
        data: points(values),
      })),
    ],
  };
}
