/** A finished demand run as a service: sentiment and themes of new texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText, parseLabel } from '@gradus/data';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { isWhole, MODEL_FILE, readRun, type Service, type ServiceDeclaration } from '@gradus/loop';
import {
  assignClusters,
  contentTokens,
  openServedEncoder,
  pointsOf,
  runTexts,
  type ServedEncoder,
} from '@gradus/tasks';
import { z } from 'zod';
import { Answer, LONGEST_TEXT, Request } from './answer.ts';
import { pinKey } from './build.ts';
import { type Bundle, readBundle } from './bundle.ts';
import { clauseSentiment, copiedSentiment } from './clause-sentiment/posterior.ts';
import { clausesOf } from './clauses.ts';
import { describer } from './describe.ts';
import { assignThemes } from './needs/find-themes.ts';
import type { Said } from './needs/need-model.ts';
import type { Correction } from './options.ts';
import { readSummary } from './report/summary.ts';

const EXAMPLE: Request = {
  texts: [
    'The app cannot connect to wifi, and nobody answers. Very disappointed.',
    '物流很快，第二天就到了，包装也好，就是有点贵。',
  ],
};

/** Of any run; one that is open knows its own themes' ids. */
const correction = (ids?: ReadonlySet<string>) =>
  z
    .strictObject({
      text: z.string().trim().min(1).max(LONGEST_TEXT),
      sentiment: z
        .union([z.string(), z.number()])
        .optional()
        .transform((value, context) => {
          if (value === undefined) return undefined;
          const label = parseLabel(String(value));
          if (label === 'satisfied' || label === 'dissatisfied') return label;
          context.addIssue({
            code: 'custom',
            message: `"${value}" is neither "satisfied" nor "dissatisfied"`,
          });
          return z.NEVER;
        }),
      theme: z
        .string()
        .optional()
        .refine((id) => id === undefined || !ids || ids.has(id), {
          error: 'no theme has this id; gradus show RUN --json lists them',
        }),
    })
    .refine(({ sentiment, theme }) => sentiment !== undefined || theme !== undefined, {
      error: 'expected a sentiment, a theme, or both',
    });

export const demandService: ServiceDeclaration = {
  request: Request,
  answer: z.object({ results: z.array(Answer) }),
  correction: correction(),
  example: EXAMPLE,
  columns: {
    sentiment: {
      en: 'satisfied or dissatisfied; empty where the run learnt no sentiment',
      zh: 'satisfied（满意）或 dissatisfied（不满意）；未学习情感时为空',
    },
    satisfied: { en: 'the probability of being satisfied', zh: '满意的概率' },
    themes: {
      en: 'the themes that the text speaks of, the main one first, as JSON: id, name, clauses',
      zh: '文本谈到的主题，主要的在前，JSON 格式：id、name、clauses',
    },
  },
  open: openService,
};

/** What a service answers with. */
export interface ServiceParts {
  readonly bundle: Bundle;
  /** Undefined where the run learnt no sentiment. */
  readonly model: CompiledGraph | undefined;
  /** Undefined where the model reads terms alone. */
  readonly encoder: ServedEncoder | undefined;
  /** The column of the run's file that held the texts. */
  readonly textColumn: string | undefined;
}

/** Opens a finished run. */
export async function openService(directory: string): Promise<Service> {
  const bundle = readBundle(directory);
  const encoder = bundle.encoder ? await openServedEncoder(bundle.encoder) : undefined;
  return serviceOf({
    bundle,
    encoder,
    model: bundle.features ? await compileModel(readFileSync(join(directory, MODEL_FILE))) : undefined,
    textColumn: readSummary(readRun(directory)).columns.text.column,
  });
}

/** One thread: requests share the cores, and a short text is not worth dividing. */
export const compileModel = (bytes: Uint8Array): Promise<CompiledGraph> => compile(bytes, { threads: 1 });

export function serviceOf({ bundle, model, encoder, textColumn }: ServiceParts): Service {
  const { features, themes, needs, isWhole: isUncut, pinned } = bundle;
  const sentimentOf = sentimentOfTexts(bundle, model, encoder);
  const describe = describer(features);
  const ids = new Map(themes.clusters.map(({ id }, index) => [id, index]));
  return {
    ...(textColumn !== undefined && { columns: { texts: textColumn } }),
    correction: correction(new Set(ids.keys())),
    correctionOf: (request, row, outcome) => {
      const text = (request as Partial<Request> | null)?.texts?.[row];
      // A text that the log has cut is not the text of the request.
      if (typeof text !== 'string' || !isWhole(text)) return undefined;
      const { sentiment, theme } =
        typeof outcome === 'object' && outcome !== null
          ? (outcome as Partial<Correction>)
          : { sentiment: outcome };
      return { text, ...(sentiment !== undefined && { sentiment }), ...(theme !== undefined && { theme }) };
    },
    answer: async (request) => {
      const { texts } = request as Request;
      const clauses = texts.map((text) => clausesOf(cleanText(text), isUncut));
      const all = clauses.flat();
      const cleaned = texts.map(cleanText);
      const {
        assignment: theme,
        strength,
        said,
      } = assignThemes(
        { model: themes, needs },
        all,
        clauses.flatMap((of, i) => of.map(() => i)),
        cleaned,
      );
      const sentiment = await sentimentOf(cleaned, clauses, said);
      // What a text is about as a whole comes first, where that is told by its words alone.
      const wholes = needs ? texts.map(() => -1) : assignClusters(themes, cleaned).assignment;
      for (const [i, text] of all.entries()) {
        const id = pinned[pinKey(text)];
        if (id !== undefined) theme[i] = ids.get(id)!;
      }
      let from = 0;
      const results = texts.map((text, i): Answer => {
        const places = clauses[i]!.map((_, k) => from + k);
        from += places.length;
        const set = pinned[pinKey(text)];
        const first = set === undefined ? wholes[i]! : ids.get(set)!;
        const groups = Map.groupBy(
          places.filter((place) => theme[place]! >= 0),
          (place) => theme[place]!,
        );
        // It may be no single clause's.
        if (first >= 0 && !groups.has(first)) groups.set(first, []);
        const weight = (members: readonly number[]) =>
          members.reduce((sum, place) => sum + strength[place]! * all[place]!.length, 0);
        const ranked = [...groups].sort(
          ([a, m], [b, n]) => Number(b === first) - Number(a === first) || weight(n) - weight(m),
        );
        const probability = sentiment ? sentiment.satisfied[i]! : null;
        return {
          sentiment: probability === null ? null : probability >= 0.5 ? 'satisfied' : 'dissatisfied',
          satisfied: probability,
          themes: ranked.map(([index, members]) => ({
            id: themes.clusters[index]!.id,
            name: themes.clusters[index]!.name,
            clauses: members.map((place) => ({
              text: all[place]!,
              ...(sentiment?.clauses[place] ?? { satisfied: null, polarity: null }),
            })),
          })),
        };
      });
      return { results };
    },
    describe: (request, answer) =>
      describe((request as Request).texts, (answer as { readonly results: readonly Answer[] }).results),
    embed: async (texts) => {
      const { space } = themes;
      const points = pointsOf(
        space,
        texts.map((text) => contentTokens(cleanText(text.slice(0, LONGEST_TEXT)))),
      );
      const size = space.lsa + space.embedding;
      return texts.map((_, i) => points.subarray(i * size, (i + 1) * size));
    },
    close: async () => {
      await model?.close();
      await encoder?.close();
    },
  };
}

type ClauseAnswer = Pick<Answer['themes'][number]['clauses'][number], 'satisfied' | 'polarity'>;

interface TextSentiments {
  /** By text: the probability of being satisfied. */
  readonly satisfied: Float32Array;
  /** By clause, of all texts in a row. */
  readonly clauses: readonly ClauseAnswer[];
}

/** @returns what is said of texts and their clauses; undefined where the run learnt no sentiment */
function sentimentOfTexts(
  { features, encodesClauses, clauses: from }: Bundle,
  model: CompiledGraph | undefined,
  encoder: ServedEncoder | undefined,
): (
  texts: readonly string[],
  clauses: readonly (readonly string[])[],
  said: readonly (readonly Said[])[],
) => Promise<TextSentiments | undefined> {
  return async (texts, clauses, statements) => {
    if (!model || !features) return undefined;
    const vectors = await encoder?.embed(texts);
    const satisfied = await runTexts(model, features, texts, 'satisfied', vectors);
    const of = clauses.flatMap((own, i) =>
      own.map((text) => ({ text, clauses: own.length, review: 2 * satisfied[i]! - 1 })),
    );
    if (from === 'review') return { satisfied, clauses: of.map(({ review }) => copiedSentiment(review)) };
    const said = await runTexts(
      model,
      features,
      of.map(({ text }) => text),
      from === 'evidence' ? 'evidence' : 'satisfied',
      encoder &&
        (encodesClauses ? await encoder.embed(of.map(({ text }) => text)) : noVectors(encoder, of.length)),
    );
    return {
      satisfied,
      clauses: of.map(
        (clause, place): ClauseAnswer =>
          from === 'evidence'
            ? clauseSentiment({ ...clause, evidence: said[place]!, said: statements[place]! })
            : { satisfied: said[place]!, polarity: null },
      ),
    };
  };
}

/** The graph takes vectors of single clauses even where their encoder is not asked. */
const noVectors = ({ dimensions }: ServedEncoder, texts: number) => ({
  data: new Float32Array(texts * dimensions),
  dimensions,
});
