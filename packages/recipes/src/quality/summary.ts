/** The summary of a quality run: what `--json` prints and run.json keeps. */
import { z } from 'zod';

const localized = z.object({ en: z.string(), zh: z.string() }).readonly();
const verdict = z.enum(['meets', 'fails', 'cannot tell']);
export type QualityVerdict = z.infer<typeof verdict>;

const unit = z.enum(['share', 'number', 'points', 'seconds']);
/** Null where nothing bounds it. */
const bound = z.number().nullable();
export const bounded = (value: number): number | null => (Number.isFinite(value) ? value : null);

const proof = z.object({ file: z.string(), row: z.number(), text: z.string() }).readonly();

const item = z
  .object({
    /** The heaviest need that it answers; null where there are no needs, or none that it answers. */
    need: z.string().nullable(),
    needs: z.array(z.string()).readonly(),
    characteristic: z.string(),
    characteristicName: localized,
    /** Which figure: as standards name it. */
    measure: z.string(),
    title: localized,
    unit,
    source: z.string().nullable(),
    figure: z.number().nullable(),
    low: bound,
    high: bound,
    limit: z.number(),
    /** What the limit is: the least, or the most. */
    limitKind: z.enum(['at least', 'at most']),
    verdict,
    n: z.number(),
    /** Independent pieces (users, sentences) among the rows. */
    pieces: z.number(),
    needed: z.number().nullable(),
    weight: z.number(),
    gap: z.number(),
    certainty: z.number(),
    evidence: z.array(proof).readonly(),
  })
  .readonly();
export type QualityItem = z.infer<typeof item>;

const slice = z
  .object({
    source: z.string(),
    measure: z.string(),
    title: localized,
    unit,
    column: z.string(),
    level: z.string(),
    n: z.number(),
    figure: z.number(),
    low: bound,
    high: bound,
    rest: z.number(),
    difference: z.number(),
    pValue: z.number(),
    /** The share of the figure's whole loss that is the slice's own. */
    burden: z.number(),
    isWorse: z.boolean(),
    verdict: verdict.nullable(),
  })
  .readonly();
export type QualitySlice = z.infer<typeof slice>;

const repair = z
  .object({
    rank: z.number(),
    characteristic: localized,
    measure: z.string(),
    priority: z.number(),
    weight: z.number(),
    gap: z.number(),
    certainty: z.number(),
    what: localized,
    where: localized.nullable(),
  })
  .readonly();
export type QualityRepair = z.infer<typeof repair>;

const version = z
  .object({
    source: z.string(),
    measure: z.string(),
    title: localized,
    /** Absent from runs of before it was kept. */
    unit: unit.default('number'),
    version: z.string(),
    figure: z.number(),
    low: bound,
    high: bound,
    n: z.number(),
  })
  .readonly();
export type QualityVersion = z.infer<typeof version>;

const change = z
  .object({
    source: z.string(),
    measure: z.string(),
    title: localized,
    unit,
    before: z.string(),
    after: z.string(),
    figureBefore: z.number(),
    figureAfter: z.number(),
    difference: z.number(),
    low: bound,
    high: bound,
    pValue: z.number(),
    verdict: z.enum(['better', 'worse', 'cannot tell']),
    n: z.number(),
    /** Rows that would tell, if the difference stays; null where it is told. */
    needed: z.number().nullable(),
  })
  .readonly();
export type QualityChange = z.infer<typeof change>;

const comparison = z
  .object({
    source: z.string(),
    measure: z.string(),
    title: localized,
    unit,
    best: z.string(),
    figureOfBest: z.number(),
    version: z.string(),
    figure: z.number(),
    /** `figure` − `figureOfBest`; its interval and p are corrected for all pairs. */
    difference: z.number(),
    low: bound,
    high: bound,
    pValue: z.number(),
    verdict: z.enum(['worse', 'cannot tell']),
  })
  .readonly();
export type QualityComparison = z.infer<typeof comparison>;

export const QualitySummary = z
  .object({
    metrics: z.record(z.string(), z.number()).readonly(),
    verdict,
    items: z.array(item).readonly(),
    repairs: z.array(repair).readonly(),
    slices: z.array(slice).readonly(),
    versions: z.array(version).readonly(),
    changes: z.array(change).readonly(),
    /** Each version beside the best, where there are three or more. */
    comparisons: z.array(comparison).readonly().default([]),
    evidence: z
      .array(
        z
          .object({
            kind: z.string(),
            file: z.string(),
            rows: z.number(),
            clusteredBy: z.string().nullable(),
            columns: z.record(z.string(), z.string()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
    leftOut: z
      .array(
        z.object({ reason: localized, count: z.number(), rows: z.array(z.number()).readonly() }).readonly(),
      )
      .readonly(),
    notes: z.array(localized).readonly(),
  })
  .readonly();
export type QualitySummary = z.infer<typeof QualitySummary>;
