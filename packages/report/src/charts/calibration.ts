/** Predicted probabilities against what was observed (a reliability diagram, DeGroot and Fienberg, 1983). */
import type { Language } from '@gradus/base';
import { z } from 'zod';
import { SERIES, TONES } from '../palette.ts';
import type { Option } from './echarts.ts';

export const calibrationChart = z
  .object({
    kind: z.literal('calibration'),
    /** The mean of each bin's probabilities, and the share of its rows that came true; both from 0 to 1. */
    bins: z.array(z.object({ predicted: z.number(), observed: z.number() }).readonly()).readonly(),
  })
  .readonly();
export type CalibrationChart = z.infer<typeof calibrationChart>;

const AXES = {
  predicted: { en: 'Predicted', zh: '预测' },
  observed: { en: 'Observed', zh: '实际' },
} as const;

export const calibrationHeight = (): number => 340;

export function calibrationOption({ bins }: CalibrationChart, language: Language): Option {
  const axis = (name: keyof typeof AXES, nameGap: number) => ({
    type: 'value' as const,
    min: 0,
    max: 1,
    name: AXES[name][language],
    nameLocation: 'middle' as const,
    nameGap,
  });
  return {
    grid: { left: 64, right: 24, top: 24, bottom: 56 },
    xAxis: axis('predicted', 32),
    yAxis: axis('observed', 40),
    series: [
      {
        // On it, probabilities are true.
        type: 'line',
        data: [
          [0, 0],
          [1, 1],
        ],
        showSymbol: false,
        silent: true,
        lineStyle: { type: 'dashed', color: TONES.neutral },
      },
      {
        type: 'line',
        symbolSize: 8,
        itemStyle: { color: SERIES[0]! },
        data: bins.map(({ predicted, observed }) => [predicted, observed]),
      },
    ],
  };
}
