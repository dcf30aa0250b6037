/** Control charts as sections of a report. */
import type { Localized } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import {
  type ControlChart,
  cusumChart,
  ewmaChart,
  outside,
  type RuleBreak,
  runRuleBreaks,
} from '@gradus/stats';
import type { Figure } from '@gradus/tasks';

const CHART_NAMES: Readonly<Record<ControlChart['kind'], Localized>> = {
  xbar: { en: 'means of samples (X̄)', zh: '样本均值图（X̄）' },
  range: { en: 'ranges within samples (R)', zh: '极差图（R）' },
  deviation: { en: 'deviations within samples (S)', zh: '标准差图（S）' },
  individuals: { en: 'single values (I)', zh: '单值图（I）' },
  'moving-range': { en: 'moving ranges (MR)', zh: '移动极差图（MR）' },
  p: { en: 'shares of defectives (p)', zh: '不合格品率图（p）' },
  np: { en: 'numbers of defectives (np)', zh: '不合格品数图（np）' },
  c: { en: 'numbers of defects (c)', zh: '缺陷数图（c）' },
  u: { en: 'defects per unit (u)', zh: '单位缺陷数图（u）' },
};

/** Nelson's numbers in words. */
const RULES: Readonly<Record<number, Localized>> = {
  1: { en: 'a point beyond three standard errors', zh: '1 点超出 3 倍标准误' },
  2: { en: 'nine points on one side', zh: '连续 9 点在中心线同侧' },
  3: { en: 'six points rising or falling', zh: '连续 6 点上升或下降' },
  4: { en: 'fourteen points up and down in turn', zh: '连续 14 点交替升降' },
  5: { en: 'two of three points beyond two standard errors', zh: '连续 3 点中 2 点超出 2 倍标准误' },
  6: { en: 'four of five points beyond one standard error', zh: '连续 5 点中 4 点超出 1 倍标准误' },
  7: { en: 'fifteen points within one standard error', zh: '连续 15 点在 1 倍标准误之内' },
  8: { en: 'eight points beyond one standard error on either side', zh: '连续 8 点在 1 倍标准误之外' },
};

const MOST_POINTS = 500;

export function chartsOf(name: string, charts: readonly ControlChart[], labels: readonly string[]): Section {
  return {
    id: 'control',
    title: { en: `Control charts of ${name}`, zh: `${name} 的控制图` },
    blocks: charts.flatMap((chart) => [
      lineOf(name, chart, labels),
      saidOf(chart, labels),
      ...withMemory(name, chart, labels),
    ]),
  };
}

function lineOf(name: string, chart: ControlChart, labels: readonly string[]): Block {
  const from = Math.max(0, chart.points.length - MOST_POINTS);
  const offset = labels.length - chart.points.length;
  const { en, zh } = CHART_NAMES[chart.kind];
  const part = (values: readonly number[]) => values.slice(from);
  return chartBlock(
    { en: `${name}: ${en}`, zh: `${name}：${zh}` },
    {
      kind: 'line',
      x: { kind: 'category', values: labels.slice(from + offset) },
      y: { fromZero: false },
      series: [
        { name: { en: 'points', zh: '点' }, values: part(chart.points) },
        { name: { en: 'centre', zh: '中心线' }, values: part(chart.points.map(() => chart.center)) },
        { name: { en: 'lower limit', zh: '下控制限' }, values: part(chart.lower) },
        { name: { en: 'upper limit', zh: '上控制限' }, values: part(chart.upper) },
      ],
    },
  );
}

/** The weighted mean and the cumulative sums of a chart of levels, on request. */
function withMemory(name: string, chart: ControlChart, labels: readonly string[]): Block[] {
  const at = standardError(chart);
  if (!at) return [];
  const ewma = ewmaChart(chart.points, at);
  const { above, below, decision } = cusumChart(chart.points, at);
  const from = Math.max(0, chart.points.length - MOST_POINTS);
  const x = {
    kind: 'category' as const,
    values: labels.slice(from + labels.length - chart.points.length),
  };
  const part = (values: readonly number[]) => values.slice(from);
  const level = (value: number) => part(chart.points.map(() => value));
  return [
    {
      kind: 'details',
      summary: { en: 'Charts with memory: EWMA and CUSUM', zh: '带记忆的控制图：EWMA 与 CUSUM' },
      blocks: [
        chartBlock(
          {
            en: `${name}: exponentially weighted mean (EWMA, λ 0.2, three standard errors)`,
            zh: `${name}：指数加权移动平均图（EWMA，λ 0.2，3 倍标准误）`,
          },
          {
            kind: 'line',
            x,
            y: { fromZero: false },
            series: [
              { name: { en: 'weighted mean', zh: '加权均值' }, values: part(ewma.points) },
              { name: { en: 'centre', zh: '中心线' }, values: level(at.center) },
              { name: { en: 'lower limit', zh: '下控制限' }, values: part(ewma.lower) },
              { name: { en: 'upper limit', zh: '上控制限' }, values: part(ewma.upper) },
            ],
          },
        ),
        chartBlock(
          {
            en: `${name}: cumulative sums (CUSUM, slack 0.5, decision 5 standard errors)`,
            zh: `${name}：累积和图（CUSUM，允许偏移 0.5，判定值 5 倍标准误）`,
          },
          {
            kind: 'line',
            x,
            y: { fromZero: true },
            series: [
              { name: { en: 'sum above the centre', zh: '向上累积和' }, values: part(above) },
              { name: { en: 'sum below the centre', zh: '向下累积和' }, values: part(below) },
              { name: { en: 'decision', zh: '判定值' }, values: level(decision) },
            ],
          },
        ),
      ],
    },
  ];
}

/** Of charts of levels; undefined of others, and where nothing varies. */
function standardError(chart: ControlChart): { readonly center: number; readonly sigma: number } | undefined {
  const sigma = (chart.upper[0]! - chart.center) / 3;
  const isOfLevels = chart.kind === 'xbar' || chart.kind === 'individuals';
  return isOfLevels && sigma > 0 ? { center: chart.center, sigma } : undefined;
}

function saidOf(chart: ControlChart, labels: readonly string[]): Block {
  const out = outside(chart);
  const offset = labels.length - chart.points.length;
  const named = (points: readonly number[]) =>
    points
      .slice(0, 12)
      .map((point) => labels[point + offset])
      .join(', ');
  const breaks = isLevel(chart) ? runRuleBreaks(chart, [2, 3, 5, 6]) : [];
  const byRule = Map.groupBy(breaks, ({ rule }: RuleBreak) => rule);
  const items: Localized[] = [
    {
      en: `Centre ${Number(chart.center.toPrecision(7))}, standard deviation ${Number(chart.sigma.toPrecision(4))}; ${out.length} of ${chart.points.length} points beyond their limits${out.length > 0 ? `: ${named(out)}` : ''}.`,
      zh: `中心线 ${Number(chart.center.toPrecision(7))}，标准差 ${Number(chart.sigma.toPrecision(4))}；${chart.points.length} 个点中 ${out.length} 个超出控制限${out.length > 0 ? `：${named(out)}` : ''}。`,
    },
    ...[...byRule].map(([rule, all]) => ({
      en: `${all.length} times ${RULES[rule]!.en}: up to ${named(all.map(({ point }) => point))}.`,
      zh: `${RULES[rule]!.zh}：${all.length} 次，止于 ${named(all.map(({ point }) => point))}。`,
    })),
    ...(chart.overdispersion > 1.5
      ? [
          {
            en: `The counts vary ${chart.overdispersion.toFixed(1)} times as much as chance alone would have them, so the limits are Laney's.`,
            zh: `计数的波动是随机波动的 ${chart.overdispersion.toFixed(1)} 倍，因此采用 Laney 修正的控制限。`,
          },
        ]
      : []),
  ];
  return { kind: 'list', ordered: false, items: [...items, ...lastingShifts(chart, named)] };
}

/** Small lasting shifts, which charts with memory find. */
function lastingShifts(chart: ControlChart, named: (points: readonly number[]) => string): Localized[] {
  const at = standardError(chart);
  if (!at) return [];
  const ewma = ewmaChart(chart.points, at);
  const weighted = outside(ewma);
  const { alarms } = cusumChart(chart.points, at);
  if (weighted.length === 0 && alarms.length === 0) return [];
  const of = {
    en: (points: readonly number[]) => (points.length === 0 ? 'none' : named(points)),
    zh: (points: readonly number[]) => (points.length === 0 ? '无' : named(points)),
  };
  return [
    {
      en: `A lasting shift: the weighted mean (EWMA, λ 0.2) is beyond its limits at ${of.en(weighted)}; the cumulative sum (CUSUM, 0.5 and 5 standard errors) at ${of.en(alarms)}.`,
      zh: `存在持续偏移：加权均值（EWMA，λ 0.2）超限于 ${of.zh(weighted)}；累积和（CUSUM，0.5 与 5 倍标准误）报警于 ${of.zh(alarms)}。`,
    },
  ];
}

export const isLevel = ({ kind }: ControlChart): boolean =>
  !['range', 'deviation', 'moving-range'].includes(kind);

/** The share of points within their limits. */
export function inControl(
  name: string,
  charts: readonly ControlChart[],
  rowsOf: (point: number) => number,
): Figure {
  const out = new Set(
    charts.flatMap((chart) =>
      outside(chart).map((point) => point + charts[0]!.points.length - chart.points.length),
    ),
  );
  const n = charts[0]!.points.length;
  return {
    id: `points_in_control${name === '' ? '' : `:${name}`}`,
    title: {
      en: `points in control${name === '' ? '' : ` of ${name}`}`,
      zh: `${name === '' ? '' : `${name} `}受控点占比`,
    },
    unit: 'share',
    better: 'more',
    values: {
      kind: 'ratio',
      range: 'share',
      numerator: Float64Array.from({ length: n }, (_, point) => (out.has(point) ? 0 : 1)),
      denominator: new Float64Array(n).fill(1),
    },
    proof: [...out].map(rowsOf),
  };
}
