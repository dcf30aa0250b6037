/**
 * The summary of a demand run: the figures and findings that it is known by, as `--json` prints them and run.json
 * keeps them. Plain numbers under the plain names, their intervals beside them.
 */
import type { Localized } from '@gradus/base';
import type { Summary as AnySummary } from '@gradus/loop';
import type { Interval } from '@gradus/stats';
import { z } from 'zod';
import type { Evidence } from '../analysis/evidence.ts';
import type { Action, DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Estimate } from '../analysis/input.ts';
import type { Confidence } from '../analysis/opportunity.ts';
import type { Polarity } from '../analysis/polarity.ts';
import type { ClassifierScores, SentimentEvaluation } from '../analysis/sentiment-evaluation.ts';
import type { Direction } from '../analysis/trend.ts';
import type { DataSummary } from './data-summary.ts';

export interface DemandSummary extends AnySummary {
  readonly file: string;
  readonly rows: DataSummary['rows'];
  /** Which column was taken for what, and why. */
  readonly columns: DataSummary['columns'];
  /** Null where the file gives nothing to learn sentiment from. */
  readonly sentiment: SentimentSummary | null;
  /** What effects are in: points of the rating, or shares of satisfied reviews. */
  readonly effectUnit: 'rating' | 'label' | null;
  /** The share of satisfied reviews. */
  readonly satisfied: number | null;
  /** The share of clauses that fit no theme. */
  readonly withoutTheme: number;
  readonly themes: readonly ThemeSummary[];
  readonly actions: readonly Action[];
  readonly protect: DemandAnalysis['protect'];
  readonly warnings: readonly Localized[];
}

/** What must hold of a summary that is read back. */
export const Summary = z.looseObject({ metrics: z.record(z.string(), z.number()), file: z.string() });

interface Scores {
  readonly accuracy: number;
  readonly accuracyInterval: Interval;
  readonly macroF1: number;
  readonly macroF1Interval: Interval;
  readonly auc: number | null;
  readonly aucInterval: Interval | null;
}

export interface SentimentSummary extends Scores {
  readonly n: number;
  readonly trainedOn: number;
  readonly baselines: Readonly<Record<string, Scores>>;
  readonly bestBaseline: string;
  readonly pValue: number;
  readonly beatsBaseline: boolean;
  readonly calibrationError: number;
}

export interface ThemeSummary {
  readonly id: string;
  readonly name: string;
  readonly terms: readonly string[];
  readonly general: boolean;
  readonly stability: number | null;
  readonly count: number;
  readonly share: number;
  readonly shareInterval: Interval;
  readonly polarity: Polarity | null;
  readonly sentiment: number | null;
  readonly sentimentInterval: Interval | null;
  /** The share of its mentions that are dissatisfied. */
  readonly dissatisfied: number | null;
  readonly severity: number | null;
  readonly severityInterval: Interval | null;
  readonly trend: Direction | null;
  readonly trendPerMonth: number | null;
  readonly trendPerMonthInterval: Interval | null;
  /** Points that mentioning the theme goes with; `costs` and `earns` for dissatisfied and satisfied mentions apart. */
  readonly effect: number | null;
  readonly effectInterval: Interval | null;
  readonly costs: number | null;
  readonly costsInterval: Interval | null;
  readonly earns: number | null;
  readonly earnsInterval: Interval | null;
  /** 0-20. */
  readonly opportunity: number | null;
  readonly opportunityInterval: Interval | null;
  readonly importance: number | null;
  readonly satisfaction: number | null;
  readonly confidence: Confidence | null;
  readonly products: readonly {
    readonly product: string;
    readonly count: number;
    readonly share: number;
    readonly sentiment: number | null;
    /** Against the other products, where it differs beyond chance. */
    readonly mentioned: 'more' | 'less' | null;
    readonly satisfied: 'more' | 'less' | null;
  }[];
  readonly evidence: readonly Evidence[];
}

export function demandSummary(
  analysis: DemandAnalysis,
  evaluation: SentimentEvaluation | null,
  data: DataSummary,
): DemandSummary {
  return {
    metrics: {
      themes: analysis.themes.length,
      actions: analysis.actions.length,
      ...(evaluation && {
        accuracy: evaluation.accuracy.value,
        macroF1: evaluation.macroF1.value,
        ...(evaluation.auc && { auc: evaluation.auc.value }),
        calibrationError: evaluation.calibrationError,
      }),
    },
    file: data.file,
    rows: data.rows,
    columns: data.columns,
    sentiment: evaluation && sentimentOf(evaluation),
    effectUnit: analysis.outcome?.source ?? null,
    satisfied: analysis.satisfied?.value ?? null,
    withoutTheme: analysis.withoutTheme,
    themes: analysis.themes.map(themeOf),
    actions: analysis.actions,
    protect: analysis.protect,
    warnings: analysis.warnings.map(({ text }) => text),
  };
}

function sentimentOf(evaluation: SentimentEvaluation): SentimentSummary {
  const { n, trainedOn, baselines, bestBaseline, pValue, beatsBaseline, calibrationError } = evaluation;
  return {
    ...scoresOf(evaluation),
    n,
    trainedOn,
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, scores]) => [name, scoresOf(scores)]),
    ),
    bestBaseline,
    pValue,
    beatsBaseline,
    calibrationError,
  };
}

function scoresOf({ accuracy, macroF1, auc }: ClassifierScores): Scores {
  return {
    accuracy: accuracy.value,
    accuracyInterval: accuracy.interval,
    macroF1: macroF1.value,
    macroF1Interval: macroF1.interval,
    auc: auc?.value ?? null,
    aucInterval: auc?.interval ?? null,
  };
}

function themeOf(theme: ThemeFindings): ThemeSummary {
  const { effects, opportunity, trend } = theme;
  const value = (estimate: Estimate | null | undefined) => estimate?.value ?? null;
  const interval = (estimate: Estimate | null | undefined) => estimate?.interval ?? null;
  return {
    id: theme.id,
    name: theme.name,
    terms: theme.terms,
    general: theme.general,
    stability: theme.stability,
    count: theme.count,
    share: theme.share.value,
    shareInterval: theme.share.interval,
    polarity: theme.polarity,
    sentiment: value(theme.sentiment),
    sentimentInterval: interval(theme.sentiment),
    dissatisfied: value(theme.dissatisfied),
    severity: value(theme.severity),
    severityInterval: interval(theme.severity),
    trend: trend?.direction ?? null,
    trendPerMonth: value(trend?.perMonth),
    trendPerMonthInterval: interval(trend?.perMonth),
    effect: value(effects.mention),
    effectInterval: interval(effects.mention),
    costs: value(effects.dissatisfied),
    costsInterval: interval(effects.dissatisfied),
    earns: value(effects.satisfied),
    earnsInterval: interval(effects.satisfied),
    opportunity: value(opportunity),
    opportunityInterval: interval(opportunity),
    importance: opportunity?.importance ?? null,
    satisfaction: opportunity?.satisfaction ?? null,
    confidence: opportunity?.confidence ?? null,
    products: theme.products.map(({ product, count, share, sentiment, mentioned, satisfied }) => ({
      product,
      count,
      share: share.value,
      sentiment: value(sentiment),
      mentioned,
      satisfied,
    })),
    evidence: theme.evidence,
  };
}
