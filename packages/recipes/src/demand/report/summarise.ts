/** What a run keeps of its analysis: the summary, made of findings. */
import type { ClassifierEvaluation, ClassifierScores, Estimate } from '@gradus/tasks';
import type { z } from 'zod';
import type { DemandAnalysis, ThemeFindings } from '../analysis/findings.ts';
import type { Point } from '../analysis/points.ts';
import type { DataSummary } from './data-summary.ts';
import type { DemandSummary, PointSummary, Scores, ThemeSummary } from './summary.ts';

export function demandSummary(
  analysis: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
  data: DataSummary,
): DemandSummary {
  return {
    metrics: {
      themes: analysis.themes.length,
      actions: analysis.actions.length,
      ...(evaluation &&
        !analysis.isUnproven && {
          accuracy: evaluation.accuracy.value,
          macroF1: evaluation.macroF1.value,
          ...(evaluation.auc && { auc: evaluation.auc.value }),
          calibrationError: evaluation.calibrationError,
        }),
    },
    file: data.file,
    noun: analysis.noun,
    rows: data.rows,
    columns: data.columns,
    sentiment: evaluation && { ...sentimentOf(evaluation), isClaimed: !analysis.isUnproven },
    effectUnit: analysis.outcome?.source ?? null,
    satisfied: analysis.satisfied?.value ?? null,
    withoutTheme: analysis.withoutTheme,
    themes: analysis.themes.map((theme) => themeOf(theme, analysis.timeline)),
    points: analysis.points.map(pointOf),
    segments: analysis.segments,
    voices: analysis.voices.map(({ share, ...voice }) => ({ ...voice, share: share.value })),
    actions: analysis.actions,
    protect: analysis.protect,
    warnings: analysis.warnings.map(({ text }) => text),
  };
}

function sentimentOf(evaluation: ClassifierEvaluation): NonNullable<DemandSummary['sentiment']> {
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

function scoresOf({ accuracy, macroF1, auc }: ClassifierScores): z.infer<typeof Scores> {
  return {
    accuracy: accuracy.value,
    accuracyInterval: accuracy.interval,
    macroF1: macroF1.value,
    macroF1Interval: macroF1.interval,
    auc: auc?.value ?? null,
    aucInterval: auc?.interval ?? null,
  };
}

function pointOf({
  clauses: _,
  share,
  dissatisfied,
  effect,
  severity,
  jump: __,
  ...point
}: Point): z.infer<typeof PointSummary> {
  return {
    ...point,
    share: share.value,
    shareInterval: share.interval,
    dissatisfied: dissatisfied?.value ?? null,
    effect: effect?.value ?? null,
    effectInterval: effect?.interval ?? null,
    severity: severity?.value ?? null,
  };
}

function jumpOf(
  { trend }: ThemeFindings,
  timeline: DemandAnalysis['timeline'],
): NonNullable<ThemeSummary['jump']> | null {
  if (!trend?.jump || !timeline) return null;
  const { period, before, after } = trend.jump;
  return { since: new Date(timeline.starts[period]!).toISOString().slice(0, 10), before, after };
}

function themeOf(theme: ThemeFindings, timeline: DemandAnalysis['timeline']): ThemeSummary {
  const { effects, opportunity, trend } = theme;
  const value = (estimate: Estimate | null | undefined) => estimate?.value ?? null;
  const interval = (estimate: Estimate | null | undefined) => estimate?.interval ?? null;
  return {
    id: theme.id,
    name: theme.name,
    terms: theme.terms,
    label: theme.label,
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
    jump: jumpOf(theme, timeline),
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
