/** The largest items' past and what comes, with bands. */
import type { Localized } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import { type ItemForecast, QUANTILES, stepText } from '@gradus/tasks';
import { leading } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_CHARTS = 6;
/** Past steps beside the forecast, in horizons and at least. */
const PAST = { horizons: 3, fewest: 40 };

const WORDS = {
  past: { en: 'sold', zh: '已售' },
  measured: { en: 'measured', zh: '已测' },
  forecast: { en: 'expected', zh: '预计' },
  wide: { en: '95% interval', zh: '95% 区间' },
  narrow: { en: '80% interval', zh: '80% 区间' },
} as const satisfies Record<string, Localized>;

export function charts(input: ReportInput): Section {
  const largest = leading(input.train.forecasts, input.history.columns).slice(0, MOST_CHARTS);
  return {
    id: 'charts',
    title: { en: 'Past and forecast', zh: '历史与预测' },
    blocks: largest.map((forecast) => chartOf(input, forecast)),
  };
}

function chartOf({ history }: ReportInput, { item, place, mean, quantiles, first }: ItemForecast): Block {
  const { measures } = history.columns;
  const own = history.items[place]!;
  const grid = history.grids[own.grid]!;
  const past = Math.min(own.values.length, Math.max(PAST.fewest, PAST.horizons * mean.length));
  const from = own.values.length - past;
  const steps = past + mean.length;
  const at = (k: number): string => stepText(grid, first - past + k);
  const gap = (n: number): null[] => Array<null>(n).fill(null);
  const level = (q: number): (number | null)[] => [
    ...gap(past),
    ...Array.from(mean, (_, k) => quantiles[k * QUANTILES.length + q]!),
  ];
  const known = Array.from(own.values.subarray(from), (value) => (Number.isNaN(value) ? null : value));
  const isDated = grid.kind !== 'order';
  const bounds = Array.from(mean, (_, k) => quantiles[k * QUANTILES.length]!);
  return chartBlock(
    measures
      ? {
          en: `${item}: what was measured, and what is expected with intervals`,
          zh: `${item}：测量值与预计值及区间`,
        }
      : {
          en: `${item}: what was sold, and what is expected with intervals`,
          zh: `${item}：已售数量与预计数量及区间`,
        },
    {
      kind: 'line',
      x: {
        kind: isDated ? 'time' : 'category',
        values: Array.from({ length: steps }, (_, k) =>
          isDated ? `${at(k).replace(' ', 'T')}${at(k).length > 10 ? ':00Z' : 'T00:00:00Z'}` : at(k),
        ),
      },
      y: { label: item, fromZero: bounds.every((value) => value >= 0) },
      series: [
        { name: measures ? WORDS.measured : WORDS.past, values: [...known, ...gap(mean.length)] },
        { name: WORDS.forecast, values: [...gap(past), ...mean] },
      ],
      bands: [
        { name: WORDS.wide, low: level(0), high: level(6) },
        { name: WORDS.narrow, low: level(1), high: level(5) },
      ],
    },
  );
}
