/** A finished demand run, ready to answer: sentiment and themes of new texts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanText, parseLabel } from '@gradus/data';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { MODEL_FILE, RUN_FILE, readRun, type Service, type ServiceDeclaration } from '@gradus/loop';
import { z } from 'zod';
import { pinKey } from './build.ts';
import { readBundle } from './bundle.ts';
import { clausesOf } from './clauses.ts';
import { describer } from './describe.ts';
import type { Correction } from './options.ts';
import type { DemandSummary } from './report/summary.ts';
import { TextDataset, type TextFeatures, termMatrix } from './sentiment/features.ts';
import { assignThemes } from './themes/assign.ts';
import { pointsOf } from './themes/space.ts';
import { contentTokens } from './themes/tokens.ts';

const MOST_TEXTS = 1000;
const LONGEST_TEXT = 20_000;
/** Rows of one call of the model: more at once only makes the padding longer. */
const BATCH = 128;

const Request = z.strictObject({
  texts: z.array(z.string().max(LONGEST_TEXT)).min(1).max(MOST_TEXTS),
});

const EXAMPLE: z.infer<typeof Request> = {
  texts: [
    'The app cannot connect to wifi, and nobody answers. Very disappointed.',
    '物流很快，第二天就到了，包装也好，就是有点贵。',
  ],
};

/** What is said of one text. */
const Answer = z.object({
  /** Null where the run learnt no sentiment. */
  sentiment: z.enum(['satisfied', 'dissatisfied']).nullable(),
  /** The probability of being satisfied. */
  satisfied: z.number().min(0).max(1).nullable(),
  /** What the text is about as a whole first, then by how much of the text speaks of it. */
  themes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      clauses: z.array(z.object({ text: z.string(), satisfied: z.number().min(0).max(1).nullable() })),
    }),
  ),
});
export type Answer = z.infer<typeof Answer>;

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

export async function openService(directory: string): Promise<Service> {
  const { features, themes, pinned } = readBundle(directory);
  // One thread: requests share the cores, and a short text is not worth dividing.
  const model = features
    ? await compile(readFileSync(join(directory, MODEL_FILE)), { threads: 1 })
    : undefined;
  const describe = describer(features);
  const ids = new Map(themes.themes.map(({ id }, index) => [id, index]));

  const column = textColumnOf(directory);

  return {
    ...(column !== undefined && { columns: { texts: column } }),
    correction: correction(new Set(ids.keys())),
    correctionOf: (request, row, outcome) => {
      const text = (request as Partial<z.infer<typeof Request>> | null)?.texts?.[row];
      // A text that was cut is not what was asked.
      if (typeof text !== 'string' || text.endsWith('…')) return undefined;
      const { sentiment, theme } =
        typeof outcome === 'object' && outcome !== null
          ? (outcome as Partial<Correction>)
          : { sentiment: outcome };
      return { text, ...(sentiment !== undefined && { sentiment }), ...(theme !== undefined && { theme }) };
    },
    answer: async (request) => {
      const { texts } = request as z.infer<typeof Request>;
      const clauses = texts.map((text) => clausesOf(cleanText(text)));
      const all = clauses.flat();
      const satisfied =
        model && features
          ? await probabilities(model, features, [...texts.map(cleanText), ...all])
          : undefined;
      const { theme, strength } = assignThemes(
        themes,
        all,
        clauses.flatMap((of, i) => of.map(() => i)),
      );
      // What a text is about as a whole comes first.
      const wholes = assignThemes(themes, texts.map(cleanText)).theme;
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
        const probability = satisfied ? satisfied[i]! : null;
        return {
          sentiment: probability === null ? null : probability >= 0.5 ? 'satisfied' : 'dissatisfied',
          satisfied: probability,
          themes: ranked.map(([index, members]) => ({
            id: themes.themes[index]!.id,
            name: themes.themes[index]!.name,
            clauses: members.map((place) => ({
              text: all[place]!,
              satisfied: satisfied ? satisfied[texts.length + place]! : null,
            })),
          })),
        };
      });
      return { results };
    },
    describe: (request, answer) =>
      describe(
        (request as z.infer<typeof Request>).texts,
        (answer as { readonly results: readonly Answer[] }).results,
      ),
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
    },
  };
}

/** The column that the run's texts came from; undefined while the run is being made, which describes its own data by this service. */
function textColumnOf(directory: string): string | undefined {
  if (!existsSync(join(directory, RUN_FILE))) return undefined;
  return (readRun(directory).summary as unknown as DemandSummary).columns.text.column;
}

async function probabilities(
  model: CompiledGraph,
  features: TextFeatures,
  texts: readonly string[],
): Promise<Float32Array> {
  const data = new TextDataset(features, texts, undefined, termMatrix(features, texts));
  const order = Int32Array.from(texts.keys()).sort((a, b) => data.length(a) - data.length(b));
  const result = new Float32Array(texts.length);
  for (let from = 0; from < order.length; from += BATCH) {
    const rows = order.slice(from, from + BATCH);
    const { satisfied } = await model.run(data.batch(rows));
    for (const [i, row] of rows.entries()) result[row] = satisfied!.data[i] as number;
  }
  return result;
}
