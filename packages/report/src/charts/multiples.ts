/** Many small charts in one drawing, three in a row ("small multiples", Tufte, 1983). */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { ACCENT, AXIS, INK, PALE_ACCENT, TONES } from '../palette.ts';
import { inLanguage, shortened, text } from '../text.ts';
import type { Option } from './echarts.ts';
import { WIDTH } from './size.ts';

const numbers = z.array(z.number()).readonly();
/** Places of values that little is known of: drawn in grey. */
const faint = numbers.exactOptional();

const cell = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('histogram'),
      title: text,
      counts: numbers,
      /** Written below the first bin and the last. */
      from: text,
      to: text,
    })
    .readonly(),
  z
    .object({
      kind: z.literal('line'),
      title: text,
      values: numbers,
      /** Written below the first value and the last. */
      from: text,
      to: text,
      /** The smallest value and the largest, in words. */
      lowest: text,
      highest: text,
      faint,
    })
    .readonly(),
  z
    .object({
      kind: z.literal('bars'),
      title: text,
      bars: z.array(z.object({ name: text, value: z.number() }).readonly()).readonly(),
      faint,
    })
    .readonly(),
]);
type Cell = z.infer<typeof cell>;

export const multiplesChart = z
  .object({ kind: z.literal('multiples'), cells: z.array(cell).readonly() })
  .readonly();
export type MultiplesChart = z.infer<typeof multiplesChart>;

const ACROSS = 3;
const CELL = { width: WIDTH / ACROSS, height: 150 };
const INSET: Readonly<Record<Cell['kind'], { readonly left: number; readonly sides: number }>> = {
  histogram: { left: 12, sides: 40 },
  line: { left: 52, sides: 80 },
  bars: { left: 100, sides: 124 },
};

export const multiplesHeight = ({ cells }: MultiplesChart): number =>
  Math.ceil(cells.length / ACROSS) * CELL.height;

export function multiplesOption({ cells }: MultiplesChart, language: Language): Option {
  const place = (i: number) => ({
    left: (i % ACROSS) * CELL.width,
    top: Math.floor(i / ACROSS) * CELL.height,
  });
  const grids = cells.map((cell, gridIndex) => gridOf(cell, gridIndex, language));
  return {
    title: cells.map(({ title }, i) => ({
      text: shortened(inLanguage(title, language), 34),
      left: place(i).left + 8,
      top: place(i).top + 4,
      textStyle: { fontSize: 12, color: INK },
    })),
    grid: cells.map(({ kind }, i) => ({
      left: place(i).left + INSET[kind].left,
      top: place(i).top + 34,
      width: CELL.width - INSET[kind].sides,
      height: CELL.height - 62,
    })),
    xAxis: grids.map(({ xAxis }) => xAxis),
    yAxis: grids.map(({ yAxis }) => yAxis),
    series: grids.map(({ series }) => series),
  };
}

function gridOf(cell: Cell, gridIndex: number, language: Language) {
  const value = {
    gridIndex,
    type: 'value' as const,
    axisLabel: { show: false },
    splitLine: { show: false },
  };
  const on = { xAxisIndex: gridIndex, yAxisIndex: gridIndex };
  switch (cell.kind) {
    case 'bars':
      return {
        xAxis: value,
        yAxis: {
          gridIndex,
          type: 'category' as const,
          inverse: true,
          data: cell.bars.map(({ name }) => shortened(inLanguage(name, language), 14)),
          axisTick: { show: false },
          axisLine: { show: false },
          axisLabel: { fontSize: 10, color: INK, interval: 0 },
        },
        series: {
          ...on,
          type: 'bar' as const,
          data: marked(
            cell.bars.map(({ value }) => value),
            cell.faint,
          ),
          barCategoryGap: '30%',
          itemStyle: { color: PALE_ACCENT },
        },
      };
    case 'histogram':
      return {
        xAxis: endsAxis(cell, cell.counts.length, gridIndex, language),
        yAxis: value,
        series: {
          ...on,
          type: 'bar' as const,
          data: [...cell.counts],
          barCategoryGap: '4%',
          itemStyle: { color: ACCENT },
        },
      };
    case 'line': {
      const [min, max] = [Math.min(...cell.values), Math.max(...cell.values)];
      return {
        xAxis: endsAxis(cell, cell.values.length, gridIndex, language),
        yAxis: {
          ...value,
          scale: true,
          min,
          max,
          // Only the two ends are written.
          interval: max - min || 1,
          axisLabel: {
            show: true,
            fontSize: 10,
            color: INK,
            formatter: (value: number) => inLanguage(value === max ? cell.highest : cell.lowest, language),
          },
        },
        series: {
          ...on,
          type: 'line' as const,
          data: marked(cell.values, cell.faint),
          symbolSize: 4,
          itemStyle: { color: ACCENT },
          lineStyle: { color: ACCENT, width: 2 },
        },
      };
    }
  }
}

const marked = (values: readonly number[], faint: readonly number[] = []) =>
  values.map((value, place) =>
    faint.includes(place) ? { value, itemStyle: { color: TONES.neutral } } : value,
  );

/** A category axis with labels at its two ends alone. */
function endsAxis(
  { from, to }: Extract<Cell, { from: unknown }>,
  places: number,
  gridIndex: number,
  language: Language,
) {
  return {
    gridIndex,
    type: 'category' as const,
    data: Array.from({ length: places }, (_, i) =>
      i === places - 1 ? inLanguage(to, language) : i === 0 ? inLanguage(from, language) : '',
    ),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: AXIS } },
    axisLabel: {
      interval: 0,
      fontSize: 10,
      color: INK,
      alignMinLabel: 'left' as const,
      alignMaxLabel: 'right' as const,
      hideOverlap: false,
    },
  };
}
