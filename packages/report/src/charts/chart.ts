/** A chart is plain data: each kind is a file of this folder, with its data, its natural height and its drawing. */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { barChart, barHeight, barOption } from './bar.ts';
import { bubbleChart, bubbleHeight, bubbleOption } from './bubble.ts';
import { calibrationChart, calibrationHeight, calibrationOption } from './calibration.ts';
import type { Option } from './echarts.ts';
import { heatmapChart, heatmapHeight, heatmapOption } from './heatmap.ts';
import { lineChart, lineHeight, lineOption } from './line.ts';
import { multiplesChart, multiplesHeight, multiplesOption } from './multiples.ts';
import { scatterChart, scatterHeight, scatterOption } from './scatter.ts';

export const chart = z.discriminatedUnion('kind', [
  barChart,
  bubbleChart,
  calibrationChart,
  heatmapChart,
  lineChart,
  multiplesChart,
  scatterChart,
]);
export type Chart = z.infer<typeof chart>;

type ChartOf<K extends Chart['kind']> = Extract<Chart, { kind: K }>;

const KINDS: {
  readonly [K in Chart['kind']]: {
    readonly height: (chart: ChartOf<K>) => number;
    readonly option: (chart: ChartOf<K>, language: Language) => Option;
  };
} = {
  bar: { height: barHeight, option: barOption },
  bubble: { height: bubbleHeight, option: bubbleOption },
  calibration: { height: calibrationHeight, option: calibrationOption },
  heatmap: { height: heatmapHeight, option: heatmapOption },
  line: { height: lineHeight, option: lineOption },
  multiples: { height: multiplesHeight, option: multiplesOption },
  scatter: { height: scatterHeight, option: scatterOption },
};

/** The height at which a chart reads well, in pixels. */
export function heightOf<K extends Chart['kind']>(chart: ChartOf<K>): number {
  return KINDS[chart.kind as K].height(chart);
}

export function optionOf<K extends Chart['kind']>(chart: ChartOf<K>, language: Language): Option {
  return KINDS[chart.kind as K].option(chart, language);
}
