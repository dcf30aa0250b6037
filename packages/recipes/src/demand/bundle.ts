/**
 * bundle.json: what a deployed run needs beside model.onnx: how texts become the graph's inputs, and the themes.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import {
  type ClusterModel,
  clusterModelFromJson,
  clusterModelToJson,
  EncoderRef,
  type TextFeatures,
} from '@gradus/tasks';
import { z } from 'zod';
import { type NeedModel, NeedModelSchema } from './needs/need-model.ts';

export const BUNDLE_FILE = 'bundle.json';

export interface Bundle {
  /** How texts become inputs of model.onnx; null where the run learnt no sentiment. */
  readonly features: TextFeatures | null;
  /** Whose vectors model.onnx takes as well; null where it takes none. */
  readonly encoder: EncoderRef | null;
  /** Whether it takes them of single clauses too. */
  readonly encodesClauses: boolean;
  /**
   * What the sentiment of a clause is told from: the output `evidence` of model.onnx, its review alone, or (runs of before there was
   * either) what model.onnx says of the clause by itself.
   */
  readonly clauses: 'evidence' | 'review' | 'none';
  readonly themes: ClusterModel;
  /** What themes of needs are read by; null where all are clusters, as in runs of before there were needs. */
  readonly needs: NeedModel | null;
  /** Whether short texts are one clause each, as in files of questions. */
  readonly isWhole: boolean;
  /** Texts whose theme people have set, with the theme's id. */
  readonly pinned: Readonly<Record<string, string>>;
}

const LARGEST = 512 * 2 ** 20;

const Format = z.object({
  format: z.literal('gradus-demand-1'),
  signature: z.unknown(),
  features: z
    .object({
      vocabulary: z.array(z.string()),
      terms: z.array(z.string()),
      idf: z.array(z.number()),
      /** Absent from bundles of before there were two. */
      kind: z.enum(['runs', 'words']).default('runs'),
    })
    .nullable(),
  /** Absent from bundles of before there was one. */
  encoder: EncoderRef.nullable().default(null),
  /** Absent from bundles of before clauses were told by an encoder. */
  encodesClauses: z.boolean().default(false),
  clauses: z.enum(['evidence', 'review', 'none']).default('none'),
  themes: z.looseObject({ themes: z.unknown() }),
  needs: NeedModelSchema.nullable().default(null),
  /** Absent from bundles of before texts were left whole. */
  isWhole: z.boolean().default(false),
  pinned: z.record(z.string(), z.string()),
});

/** What model.onnx takes and gives, for whoever uses it without Gradus. */
const SIGNATURE = {
  inputs: {
    tokens: 'int64 [batch, time]: numbers of the tokens in `features.vocabulary` + 2; 0 padding, 1 unknown',
    terms:
      'int64 [batch, terms]: places in `features.terms` of the runs of 1 to 3 tokens, or where `features.kind` is "words" of words and pairs of words; its length for padding',
    vectors:
      'float32 [batch, dimensions], where `encoder` names one: what that encoder says of the whole text; of the clause, where `encodesClauses`',
    weights:
      'float32 [batch, terms]: their TF-IDF, (1 + ln tf) · idf, each row scaled to length 1; 0 for padding',
  },
  outputs: {
    satisfied: 'float32 [batch]: the probability that the text is satisfied',
    evidence:
      'float32 [batch], where `clauses` is "evidence": what the words of a clause say, below 0 of dissatisfaction, above of satisfaction',
  },
};

export function bundleJson({
  features,
  encoder,
  encodesClauses,
  clauses,
  themes,
  needs,
  isWhole,
  pinned,
}: Bundle): string {
  const { clusters, ...rest } = clusterModelToJson(themes);
  return JSON.stringify({
    format: 'gradus-demand-1',
    signature: features ? SIGNATURE : null,
    features: features && {
      vocabulary: features.vocabulary.tokens,
      terms: features.terms.terms,
      idf: Array.from(features.terms.idf),
      kind: features.kind,
    },
    encoder,
    encodesClauses,
    clauses,
    themes: { themes: clusters, ...rest },
    needs,
    isWhole,
    pinned,
  });
}

/** @throws UserError where the directory's bundle is missing or damaged. */
export function readBundle(directory: string): Bundle {
  const path = join(directory, BUNDLE_FILE);
  try {
    if (statSync(path).size > LARGEST) throw new Error('it is too large');
    const {
      features,
      encoder,
      encodesClauses,
      clauses,
      themes: stored,
      needs,
      isWhole,
      pinned,
    } = Format.parse(JSON.parse(readFileSync(path, 'utf8')));
    const { themes, ...rest } = stored;
    return {
      features: features && {
        vocabulary: { tokens: features.vocabulary },
        terms: { terms: features.terms, idf: Float32Array.from(features.idf) },
        kind: features.kind,
      },
      encoder,
      encodesClauses,
      clauses,
      themes: clusterModelFromJson({ clusters: themes, ...rest }),
      needs,
      isWhole,
      pinned,
    };
  } catch (error) {
    throw new UserError(
      {
        en: `${path} is missing or damaged: ${(error as Error).message}`,
        zh: `${path} 缺失或已损坏：${(error as Error).message}`,
      },
      { cause: error },
    );
  }
}
