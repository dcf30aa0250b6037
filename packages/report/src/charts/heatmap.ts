/** A table of numbers as colours. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { DIVERGING, INK, LEVELS, PAPER, SEQUENTIAL } from '../palette.ts';
import { inLanguage, shortened, text } from '../text.ts';
import type { Option } from './echarts.ts';
import { WIDTH } from './size.ts';

export const heatmapChart = z
  .object({
    kind: z.literal('heatmap'),
    columns: z.array(text).readonly(),
    rows: z.array(text).readonly(),
    /** [column, row, value], counted from 0 and from the top left. */
    cells: z.array(z.tuple([z.int(), z.int(), z.number()]).readonly()).readonly(),
    scale: z.discriminatedUnion('kind', [
      /** From `-limit` to `limit`. */
      z.object({ kind: z.literal('diverging'), limit: z.number() }).readonly(),
      /** From 0 to the largest value. */
      z.object({ kind: z.literal('sequential') }).readonly(),
      /** Calm below the first bound, an alarm from the second on. */
      z
        .object({ kind: z.literal('levels'), bounds: z.tuple([z.number(), z.number()]).readonly() })
        .readonly(),
    ]),
  })
  .readonly();
export type HeatmapChart = z.infer<typeof heatmapChart>;

const LEFT = 190;
const RIGHT = 24;
const NAME = 24;
/** With more columns, cells are too narrow for their values. */
const FEW_COLUMNS = 14;
/** Longer names of columns stand aslant. */
const SHORT_NAME = 3;

const cellHeight = ({ rows }: HeatmapChart): number => Math.max(16, Math.min(34, 640 / rows.length));

function isAslant({ columns }: HeatmapChart): boolean {
  return columns.some((name) =>
    (typeof name === 'string' ? [name] : [name.en, name.zh]).some((each) => each.length > SHORT_NAME),
  );
}

/** Below the cells: the names of the columns, and the scale. */
const belowCells = (chart: HeatmapChart): number => (isAslant(chart) ? 142 : 70);

export const heatmapHeight = (chart: HeatmapChart): number =>
  Math.round(8 + cellHeight(chart) * chart.rows.length + belowCells(chart));

export function heatmapOption(chart: HeatmapChart, language: Language): Option {
  const { columns, rows, cells, scale } = chart;
  const axis = (names: HeatmapChart['rows'], width: number) => ({
    type: 'category' as const,
    data: names.map((name) => shortened(inLanguage(name, language), width)),
    axisTick: { show: false },
  });
  return {
    grid: { left: LEFT, top: 8, width: WIDTH - LEFT - RIGHT, height: cellHeight(chart) * rows.length },
    xAxis: {
      ...axis(columns, NAME - 6),
      axisLabel: {
        color: INK,
        fontSize: 11,
        ...(isAslant(chart) && { rotate: 45, interval: 0 }),
      },
    },
    yAxis: { ...axis(rows, NAME), inverse: true, axisLabel: { interval: 0, color: INK, fontSize: 11 } },
    visualMap: { orient: 'horizontal', left: 'center', bottom: 0, ...visualMapOf(scale, cells) },
    series: [
      {
        type: 'heatmap',
        data: cells.map((cell) => [...cell]),
        label: {
          show: scale.kind !== 'levels' && columns.length <= FEW_COLUMNS,
          fontSize: 10,
          color: INK,
        },
        itemStyle: { borderColor: PAPER, borderWidth: 1 },
      },
    ],
  };
}

function visualMapOf(scale: HeatmapChart['scale'], cells: HeatmapChart['cells']) {
  if (scale.kind === 'levels') {
    const [low, high] = scale.bounds;
    return {
      type: 'piecewise' as const,
      pieces: [
        { max: low, color: LEVELS[0], label: `< ${low.toFixed(1)}` },
        { min: low, max: high, color: LEVELS[1], label: `${low.toFixed(1)} – ${high.toFixed(1)}` },
        { min: high, color: LEVELS[2], label: `≥ ${high.toFixed(1)}` },
      ],
    };
  }
  const [min, max] =
    scale.kind === 'diverging'
      ? [-scale.limit, scale.limit]
      : [0, cells.reduce((largest, [, , value]) => Math.max(largest, value), 0) || 1];
  return {
    type: 'continuous' as const,
    min,
    max,
    calculable: false,
    itemWidth: 12,
    itemHeight: 160,
    text: [String(max), String(min).replace('-', '−')] as [string, string],
    inRange: { color: scale.kind === 'diverging' ? DIVERGING : SEQUENTIAL },
  };
}
