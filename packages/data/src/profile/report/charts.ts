/** The charts of a profile, as ECharts options. */

import type { Language, Localized } from '@gradus/base';
import type { Block } from '@gradus/report';
import type { EChartsOption } from 'echarts';
import type { Associations, ColumnDrift, ColumnProfile } from '../document.ts';
import { number, shortened } from './words.ts';

type Chart = Extract<Block, { kind: 'chart' }>;

const BLUE = '#2456c7';
const LIGHT = '#8fb0ef';
const INK = '#1c2430';
const GREY = '#c9d1db';

/** Bars side by side, the longest names shortened. */
export function bars(
  caption: Localized,
  items: readonly { readonly name: string; readonly value: number; readonly said: string }[],
  { most = 1 }: { most?: number } = {},
): Chart {
  const height = 30 + 24 * items.length;
  return {
    kind: 'chart',
    caption,
    height,
    option: () => ({
      grid: { left: 190, right: 150, top: 6, bottom: 24 },
      xAxis: { type: 'value', max: most, axisLabel: { show: false }, splitLine: { show: false } },
      yAxis: {
        type: 'category',
        inverse: true,
        data: items.map(({ name }) => shortened(name, 24)),
        axisTick: { show: false },
        axisLabel: { color: INK },
      },
      series: [
        {
          type: 'bar',
          barMaxWidth: 15,
          itemStyle: { color: BLUE },
          data: items.map(({ value }) => value),
          label: {
            show: true,
            position: 'right',
            color: INK,
            formatter: ({ dataIndex }) => items[dataIndex]!.said,
          },
        },
      ],
    }),
  };
}

const ACROSS = 3;
const CELL = { width: 860 / ACROSS, height: 150 };

interface Small {
  readonly title: string;
  /** Under each bar or point; the first and the last are written. */
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly kind: 'bar' | 'line' | 'rows';
}

/** Many little charts in one drawing, three in a row. */
function multiples(
  caption: Localized,
  cells: (language: Language) => readonly Small[],
  count: number,
): Chart {
  const rows = Math.ceil(count / ACROSS);
  return {
    kind: 'chart',
    caption,
    height: rows * CELL.height,
    option: (language) => {
      const small = cells(language);
      const place = (i: number) => ({
        left: (i % ACROSS) * CELL.width,
        top: Math.floor(i / ACROSS) * CELL.height,
      });
      return {
        title: small.map(({ title }, i) => ({
          text: shortened(title, 34),
          left: place(i).left + 8,
          top: place(i).top + 4,
          textStyle: { fontSize: 12, color: INK },
        })),
        grid: small.map(({ kind }, i) => ({
          left: place(i).left + (kind === 'rows' ? 100 : kind === 'line' ? 52 : 12),
          top: place(i).top + 28,
          width: CELL.width - (kind === 'rows' ? 124 : kind === 'line' ? 80 : 40),
          height: CELL.height - 56,
        })),
        xAxis: small.map((cell, i) => (cell.kind === 'rows' ? valueAxis(i) : labelAxis(cell, i))),
        yAxis: small.map((cell, i) =>
          cell.kind === 'rows'
            ? nameAxis(cell, i)
            : { ...valueAxis(i), ...(cell.kind === 'line' && lineAxis(cell.values)) },
        ),
        series: small.map(({ kind, values }, i) =>
          kind === 'line'
            ? {
                type: 'line',
                xAxisIndex: i,
                yAxisIndex: i,
                data: [...values],
                symbolSize: 4,
                itemStyle: { color: BLUE },
                lineStyle: { color: BLUE, width: 2 },
              }
            : {
                type: 'bar',
                xAxisIndex: i,
                yAxisIndex: i,
                data: [...values],
                barCategoryGap: kind === 'bar' ? '4%' : '30%',
                itemStyle: { color: kind === 'bar' ? BLUE : LIGHT },
              },
        ),
      } as EChartsOption;
    },
  };
}

const valueAxis = (gridIndex: number) => ({
  gridIndex,
  type: 'value' as const,
  axisLabel: { show: false },
  splitLine: { show: false },
});

const lineAxis = (values: readonly number[]) => ({
  scale: true,
  min: Math.min(...values),
  max: Math.max(...values),
  // Only the two ends are written.
  interval: Math.max(...values) - Math.min(...values) || 1,
  axisLabel: { show: true, fontSize: 10, color: INK, formatter: (value: number) => number(value) },
});

const labelAxis = ({ labels }: Small, gridIndex: number) => ({
  gridIndex,
  type: 'category' as const,
  data: [...labels],
  axisTick: { show: false },
  axisLine: { lineStyle: { color: GREY } },
  axisLabel: {
    interval: 0,
    fontSize: 10,
    color: INK,
    formatter: (label: string, i: number) => (i === 0 || i === labels.length - 1 ? label : ''),
    alignMinLabel: 'left' as const,
    alignMaxLabel: 'right' as const,
    hideOverlap: false,
  },
});

const nameAxis = ({ labels }: Small, gridIndex: number) => ({
  gridIndex,
  type: 'category' as const,
  inverse: true,
  data: labels.map((label) => shortened(label, 14)),
  axisTick: { show: false },
  axisLine: { show: false },
  axisLabel: { fontSize: 10, color: INK, interval: 0 },
});

const TOP = 5;

/** The distribution of each column that has one. */
export function histograms(caption: Localized, columns: readonly ColumnProfile[]): Chart {
  return multiples(caption, () => columns.map(small), columns.length);
}

export const isDrawn = ({ numbers, dates, values, type }: ColumnProfile): boolean =>
  Boolean(numbers ?? dates) || (Boolean(values?.length) && (type === 'category' || type === 'boolean'));

function small({ name, numbers, dates, values }: ColumnProfile): Small {
  const histogram = numbers?.histogram ?? dates?.histogram;
  if (histogram) {
    const edge = (x: number) => (dates ? new Date(x).toISOString().slice(0, 10) : number(x));
    const { counts, edges } = histogram;
    return {
      title: name,
      kind: 'bar',
      values: counts,
      labels: counts.map((_, i) => edge(i === counts.length - 1 ? edges[i + 1]! : edges[i]!)),
    };
  }
  const top = values!.slice(0, TOP);
  return {
    title: name,
    kind: 'rows',
    labels: top.map(({ value }) => value),
    values: top.map(({ share }) => share),
  };
}

/** How columns that shifted went through time. */
export function courses(caption: Localized, columns: readonly ColumnDrift[]): Chart {
  return multiples(
    caption,
    (language) =>
      columns.map(({ column, course: { of, times, values } }) => ({
        title:
          of === null
            ? `${shortened(column, 22)} · ${language === 'zh' ? '均值' : 'mean'}`
            : `${shortened(column, 18)} = ${of === '' ? (language === 'zh' ? '缺失' : 'missing') : shortened(of, 12)}`,
        kind: 'line' as const,
        labels: times.map((time) => time.slice(0, 10)),
        values,
      })),
    columns.length,
  );
}

const MOST_IN_MAP = 24;

/** The pairs of columns as a map of colours. */
export function heatMap(caption: Localized, { columns, pairs }: Associations): Chart {
  const shown = columns.slice(0, MOST_IN_MAP);
  const place = new Map(shown.map((name, i) => [name, i]));
  const cells = pairs.flatMap(({ columns: [a, b], value, spearman }) => {
    const [i, j] = [place.get(a), place.get(b)];
    if (i === undefined || j === undefined) return [];
    const strongest = Math.abs(spearman ?? 0) > Math.abs(value) ? spearman! : value;
    const rounded = Number(strongest.toFixed(2));
    return [
      [i, j, rounded],
      [j, i, rounded],
    ];
  });
  const size = Math.max(16, Math.min(34, 640 / shown.length));
  const names = shown.map((name) => shortened(name, 18));
  return {
    kind: 'chart',
    caption,
    height: Math.round(size * shown.length + 150),
    option: () => ({
      grid: { left: 140, top: 8, width: 700, height: size * shown.length },
      xAxis: {
        type: 'category',
        data: names,
        axisTick: { show: false },
        axisLabel: { rotate: 45, interval: 0, color: INK, fontSize: 11 },
      },
      yAxis: {
        type: 'category',
        data: names,
        inverse: true,
        axisTick: { show: false },
        axisLabel: { interval: 0, color: INK, fontSize: 11 },
      },
      visualMap: {
        min: -1,
        max: 1,
        calculable: false,
        orient: 'horizontal',
        left: 'center',
        bottom: 0,
        itemWidth: 12,
        itemHeight: 160,
        text: ['1', '−1'],
        inRange: { color: ['#b2182b', '#f4a582', '#f7f7f7', '#92c5de', '#2166ac'] },
      },
      series: [
        {
          type: 'heatmap',
          data: cells,
          label: { show: shown.length <= 14, fontSize: 10, color: INK },
          itemStyle: { borderColor: '#fff', borderWidth: 1 },
        },
      ],
    }),
  };
}
