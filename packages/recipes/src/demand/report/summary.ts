/**
 * The summary of a demand run: the figures and findings that it is known by, as `--json` prints them and run.json
 * keeps them. Plain numbers under the plain names, their intervals beside them. The schema is checked when a run is read back.
 */
import { UserError } from '@gradus/base';
import type { FoundRun } from '@gradus/loop';
import { z } from 'zod';
import { LanguageModelSummary } from './language-model-summary.ts';

const localized = z.object({ en: z.string(), zh: z.string() }).readonly();
const interval = z.tuple([z.number(), z.number()]).readonly();
const estimate = z.object({ value: z.number(), interval }).readonly();
const confidence = z.enum(['high', 'medium', 'low']);
const evidence = z.array(z.object({ row: z.number(), text: z.string() }).readonly()).readonly();

const rows = z.object({ read: z.number(), used: z.number(), setAside: z.number() }).readonly();

const role = z.object({ column: z.string().exactOptional(), reason: localized }).readonly();
const columns = z.object({ text: role, rating: role, label: role, time: role, product: role }).readonly();

export const Scores = z
  .object({
    accuracy: z.number(),
    accuracyInterval: interval,
    macroF1: z.number(),
    macroF1Interval: interval,
    auc: z.number().nullable(),
    aucInterval: interval.nullable(),
  })
  .readonly();

const sentiment = z
  .object({
    ...Scores.unwrap().shape,
    n: z.number(),
    trainedOn: z.number(),
    baselines: z.record(z.string(), Scores).readonly(),
    bestBaseline: z.string(),
    pValue: z.number(),
    beatsBaseline: z.boolean(),
    calibrationError: z.number(),
    /** Whether anything is claimed from it: false where it tells no more than the larger class does. */
    isClaimed: z.boolean().exactOptional(),
  })
  .readonly();

/** Against the other products, where it differs beyond chance. */
const comparison = z.enum(['more', 'less']).nullable();

const theme = z
  .object({
    id: z.string(),
    name: z.string(),
    terms: z.array(z.string()).readonly(),
    /** The name in both languages. */
    label: localized.exactOptional(),
    general: z.boolean(),
    stability: z.number().nullable(),
    count: z.number(),
    share: z.number(),
    shareInterval: interval,
    /** In the earlier run, where it is compared with one; null for a new theme. */
    shareBefore: z.number().nullable().exactOptional(),
    polarity: z.enum(['problem', 'strength', 'mixed']).nullable(),
    sentiment: z.number().nullable(),
    sentimentInterval: interval.nullable(),
    /** The share of its mentions that are dissatisfied. */
    dissatisfied: z.number().nullable(),
    severity: z.number().nullable(),
    severityInterval: interval.nullable(),
    trend: z.enum(['new', 'growing', 'stable', 'shrinking', 'unclear']).nullable(),
    /** When its share became another one at once. */
    jump: z
      .object({ since: z.string(), before: z.number(), after: z.number() })
      .readonly()
      .nullable()
      .exactOptional(),
    trendPerMonth: z.number().nullable(),
    trendPerMonthInterval: interval.nullable(),
    /** Points that mentioning the theme goes with; `costs` and `earns` for dissatisfied and satisfied mentions apart. */
    effect: z.number().nullable(),
    effectInterval: interval.nullable(),
    costs: z.number().nullable(),
    costsInterval: interval.nullable(),
    earns: z.number().nullable(),
    earnsInterval: interval.nullable(),
    /** 0-20. */
    opportunity: z.number().nullable(),
    opportunityInterval: interval.nullable(),
    importance: z.number().nullable(),
    satisfaction: z.number().nullable(),
    confidence: confidence.nullable(),
    products: z
      .array(
        z
          .object({
            product: z.string(),
            count: z.number(),
            share: z.number(),
            sentiment: z.number().nullable(),
            mentioned: comparison,
            satisfied: comparison,
          })
          .readonly(),
      )
      .readonly(),
    evidence,
  })
  .readonly();

/** What is said of a theme. */
export const PointSummary = z
  .object({
    id: z.string(),
    theme: z.string(),
    themeName: localized,
    kind: z.enum(['complaint', 'praise']),
    sentence: localized,
    /** What follows from it, to stand behind the sentence. Absent from runs of before it was told. */
    consequence: z.object({ says: localized, count: z.number() }).readonly().nullable().exactOptional(),
    /** False of what gathers other complaints of a need. Absent from runs of before these were gathered. */
    isSpecific: z.boolean().exactOptional(),
    /** The share of its clauses that surely say it. Absent likewise. */
    sureness: z.number().exactOptional(),
    fix: localized,
    words: z.array(z.string()).readonly(),
    count: z.number(),
    share: z.number(),
    shareInterval: interval,
    /** By the file's own labels. */
    dissatisfied: z.number().nullable(),
    /** Beyond chance, corrected for the number of points. */
    isClear: z.boolean(),
    effect: z.number().nullable(),
    effectInterval: interval.nullable(),
    severity: z.number().nullable(),
    products: z.array(z.string()).readonly(),
    evidence,
  })
  .readonly();

const voice = z
  .object({
    kind: z.enum(['request', 'question', 'farewell', 'rival']),
    count: z.number(),
    share: z.number(),
    names: z.array(z.object({ name: z.string(), count: z.number() }).readonly()).readonly(),
    evidence,
  })
  .readonly();

/** What a group of reviews says more often than the others. */
const segment = z
  .object({
    column: z.string(),
    value: z.string(),
    point: z.string().nullable(),
    sentence: localized,
    share: z.number(),
    elsewhere: z.number(),
    count: z.number(),
    pValue: z.number(),
  })
  .readonly();

const action = z
  .object({
    rank: z.number(),
    theme: z.string(),
    name: z.string(),
    /** The complaint that it answers; null where it answers a theme as a whole. Absent from runs of before there were points. */
    point: z.string().nullable().exactOptional(),
    title: localized,
    /** The one figure to know. */
    figure: localized.exactOptional(),
    why: localized,
    look: localized,
    expected: estimate.nullable(),
    opportunity: z.number().nullable(),
    confidence,
    products: z.array(z.string()).readonly(),
    evidence,
    /** Where a language model worded the title: the rows that it cites. */
    draftedFrom: z.array(z.number()).readonly().exactOptional(),
  })
  .readonly();

const gain = { standardError: z.number(), isUsed: z.boolean() };
const encoder = z
  .object({
    name: z.string(),
    /** How nearly another seed finds the same themes by words, and with the encoder beside them; null where they are not clusters. */
    themes: z
      .object({ words: z.number(), both: z.number(), ...gain })
      .readonly()
      .nullable(),
    /** How many of the reviews that were not learnt from are told rightly by terms, and with the encoder beside them. */
    sentiment: z
      .object({ texts: z.number(), terms: z.number(), both: z.number(), ...gain })
      .readonly()
      .nullable(),
    /** Log loss of the labels of reviews that were not learnt from, told from their clauses. Absent from runs of before clauses were told by an encoder. */
    clauses: z
      .object({ without: z.number(), with: z.number(), ...gain })
      .readonly()
      .nullable()
      .exactOptional(),
  })
  .readonly();

export const DemandSummary = z
  .object({
    metrics: z.record(z.string(), z.number()).readonly(),
    file: z.string(),
    /** What its rows are called. Absent from runs of when all were called reviews. */
    noun: localized.exactOptional(),
    rows,
    /** Which column was taken for what, and why. */
    columns,
    /** Null where the file gives nothing to learn sentiment from. */
    sentiment: sentiment.nullable(),
    /** What effects are in: points of the rating, or shares of satisfied reviews. */
    effectUnit: z.enum(['rating', 'label']).nullable(),
    /** The share of satisfied reviews. */
    satisfied: z.number().nullable(),
    /** The share of clauses that fit no theme. */
    withoutTheme: z.number(),
    themes: z.array(theme).readonly(),
    /** Absent from runs of before there were points. */
    points: z.array(PointSummary).readonly().exactOptional(),
    voices: z.array(voice).readonly().exactOptional(),
    segments: z.array(segment).readonly().exactOptional(),
    actions: z.array(action).readonly(),
    protect: z
      .array(
        z
          .object({
            theme: z.string(),
            name: z.string(),
            label: localized.exactOptional(),
            why: localized,
            evidence,
          })
          .readonly(),
      )
      .readonly(),
    warnings: z.array(localized).readonly(),
    /** The earlier run that it is compared with, and what of its themes is gone. */
    since: z
      .object({
        run: z.string(),
        at: z.string(),
        gone: z
          .array(z.object({ id: z.string(), name: z.string(), share: z.number() }).readonly())
          .readonly(),
        /** Complaints that are made more or less often than then. Absent from runs of before they were compared. */
        changes: z
          .array(
            z
              .object({
                id: z.string(),
                sentence: localized,
                before: z.number(),
                now: z.number(),
                pValue: z.number(),
              })
              .readonly(),
          )
          .readonly()
          .exactOptional(),
      })
      .readonly()
      .exactOptional(),
    /** What a language model was used for, where the user brought one. */
    languageModel: LanguageModelSummary.exactOptional(),
    /** What an encoder added, where the user brought one. */
    encoder: encoder.exactOptional(),
  })
  .readonly();
export type DemandSummary = z.infer<typeof DemandSummary>;
export type ThemeSummary = DemandSummary['themes'][number];

/** @returns undefined where the run's summary is none of this recipe's */
export const parseSummary = (run: FoundRun): DemandSummary | undefined =>
  DemandSummary.safeParse(run.summary).data;

/** @throws UserError where the run's record is damaged */
export function readSummary(run: FoundRun): DemandSummary {
  const parsed = DemandSummary.safeParse(run.summary);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const place = `summary.${path.join('.')}`;
  throw new UserError({
    en: `run.json of ${run.id} is damaged: ${place}: ${message}. Make the run again.`,
    zh: `运行 ${run.id} 的 run.json 已损坏：${place}：${message}。请重新运行。`,
  });
}
