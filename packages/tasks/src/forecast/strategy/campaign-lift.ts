/**
 * Whether a campaign worked. Where other units went without it, a synthetic control from them says what would have been, and difference in
 * differences beside it is the second opinion; where everything was treated, only the past of the series is left, which is weaker and
 * is said to be so.
 */
import { type Localized, percent, signed } from '@gradus/base';
import {
  type DifferenceInDifferences,
  differenceInDifferences,
  type Effect,
  type Interval,
  interruptedSeries,
  type Panel,
  syntheticControl,
} from '@gradus/stats';

export interface CampaignLift {
  readonly method: 'synthetic control' | 'difference in differences' | 'interrupted series';
  /** Units beyond what was to be expected, for a treated unit and step. */
  readonly perStep: number;
  readonly interval: Interval;
  /** As a share of what was to be expected. */
  readonly lift: number;
  readonly liftInterval: Interval;
  readonly pValue: number;
  /** Of all treated units over all steps. */
  readonly total: number;
  readonly caution: readonly Localized[];
}

export interface CampaignOptions {
  readonly season: number;
  readonly level?: number;
}

/** With fewer others a mix of them is no mix. */
const LEAST_OTHERS = 5;

/** @param panel Up to the campaign's last step. @param treated Indices of units. @param start First step of it */
export function campaignLift(
  panel: Panel,
  treated: readonly number[],
  start: number,
  { season, level = 0.95 }: CampaignOptions,
): CampaignLift {
  const others = panel.units.length - treated.length;
  const steps = panel.values[0]!.length - start;
  const indexed = indexOf(panel, treated, start);
  const told = (method: CampaignLift['method'], effect: Effect, caution: Localized[]): CampaignLift => ({
    ...{ method, pValue: effect.pValue, caution },
    perStep: effect.value * indexed.unit,
    interval: [effect.interval[0] * indexed.unit, effect.interval[1] * indexed.unit],
    lift: effect.value / effect.expected,
    liftInterval: [effect.interval[0] / effect.expected, effect.interval[1] / effect.expected],
    total: effect.value * indexed.unit * steps * treated.length,
  });
  if (others < 2) {
    const { values } = indexed.panel;
    const mean = values[0]!.map(
      (_, t) => treated.reduce((sum, unit) => sum + values[unit]![t]!, 0) / treated.length,
    );
    return told('interrupted series', interruptedSeries(mean, start, { season, level }), [ONLY_PAST]);
  }
  const apart = differenceInDifferences(indexed.panel, treated, start, level);
  if (others < LEAST_OTHERS) return told('difference in differences', apart, cautions(apart));
  const mixed = syntheticControl(indexed.panel, treated, start, { level });
  const agree = apart.value >= mixed.interval[0] && apart.value <= mixed.interval[1];
  return told('synthetic control', mixed, agree ? [] : [disagree(apart)]);
}

/**
 * Each unit by its own mean before the start, so that small and large ones are alike in all but what moved them; as they are where one sold nothing.
 */
function indexOf(panel: Panel, treated: readonly number[], start: number): { panel: Panel; unit: number } {
  const before = panel.values.map((values) => values.subarray(0, start).reduce((a, b) => a + b, 0) / start);
  if (!before.every((mean) => mean > 0)) return { panel, unit: 1 };
  return {
    panel: {
      units: panel.units,
      values: panel.values.map((values, i) => values.map((value) => value / before[i]!)),
    },
    unit: treated.reduce((sum, unit) => sum + before[unit]!, 0) / treated.length,
  };
}

const ONLY_PAST: Localized = {
  en: 'Everything was treated: nothing is left to compare with, and whatever else began at the same time counts as the campaign.',
  zh: '所有对象都参加了活动：没有可比较的对象，同时开始的其他变化也会算作活动的效果。',
};

const cautions = ({ slopeBefore }: DifferenceInDifferences): Localized[] =>
  slopeBefore.pValue < 0.05
    ? [
        {
          en: 'Before the campaign the treated already ran apart from the others: the difference may be that trend.',
          zh: '活动之前，参加者与其他对象的走势已在拉开：差异可能来自这一趋势。',
        },
      ]
    : [];

const disagree = ({ value, expected }: Effect): Localized => ({
  en: `Difference in differences says ${signed(value / expected, percent)}, outside this interval: the two methods do not agree.`,
  zh: `双重差分的结果为 ${signed(value / expected, percent)}，在此区间之外：两种方法不一致。`,
});
