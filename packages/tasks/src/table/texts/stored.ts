/** Columns of texts as a model's file keeps them. */
import { z } from 'zod';
import { MOST_SCORES } from '../stacked-scores.ts';
import { readTfidf, type StoredText } from './feeds.ts';
import { MOST_TEXTS, type TextColumn } from './text-column.ts';

/** What turns texts into inputs: plain data that survives JSON. */
export const StoredTexts = z
  .array(
    z
      .object({
        name: z.string(),
        inputs: z.object({
          terms: z.string(),
          weights: z.string(),
          length: z.string(),
          vector: z.string().optional(),
        }),
        terms: z.array(z.string()).min(1),
        idf: z.array(z.number()),
      })
      .refine(({ terms, idf }) => terms.length === idf.length, { error: 'has not one idf a term' }),
  )
  .max(MOST_TEXTS);
export type StoredTexts = z.infer<typeof StoredTexts>;

export const storedTexts = (columns: readonly TextColumn[]): StoredTexts =>
  columns.map(({ name, inputs, terms }) => ({
    name,
    inputs: { ...inputs },
    terms: [...terms.terms],
    idf: Array.from(terms.idf),
  }));

/** What the graph holds of a text column, for reasons, which go by its scores and words. */
export const StoredTextModel = z
  .object({
    /** [terms, scores] float32, little-endian, in base64. */
    weights: z.base64(),
    bias: z.array(z.number()).min(1).max(MOST_SCORES),
    speaksOf: z.array(z.int().min(0)),
    means: z.array(z.number()),
    spreads: z.array(z.number()),
    /** What an encoder's vectors add; weights as above, [dimensions, scores]. */
    vectors: z
      .object({ center: z.array(z.number()), scale: z.array(z.number()), weights: z.base64() })
      .refine(({ center, scale }) => center.length === scale.length, { error: 'has lists that do not match' })
      .optional(),
  })
  .refine(
    ({ bias: { length }, speaksOf, means, spreads }) =>
      speaksOf.length === length && means.length === length + 2 && spreads.length === length + 2,
    { error: 'has lists that do not match' },
  );
export type StoredTextModel = z.infer<typeof StoredTextModel>;

export const storedTextModel = ({
  linear: { weights, bias },
  vectors,
  speaksOf,
  means,
  spreads,
}: TextColumn): StoredTextModel => ({
  weights: base64Of(weights),
  bias: [...bias],
  speaksOf: [...speaksOf],
  means: [...means],
  spreads: [...spreads],
  ...(vectors && {
    vectors: {
      center: [...vectors.center],
      scale: [...vectors.scale],
      weights: base64Of(vectors.weights),
    },
  }),
});

const base64Of = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

/** @throws RangeError where they are not as many as `rows` × `scores` */
function readWeights(
  encoded: string,
  [rows, scores]: readonly [number, number],
  of: string,
): Float32Array<ArrayBuffer> {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 4 * rows * scores)
    throw new RangeError(`${bytes.length / 4} weights of ${rows} ${of}`);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
}

/** @throws RangeError where the two do not belong together */
export function readTextColumn(text: StoredText, model: StoredTextModel): TextColumn {
  const { weights, bias, vectors, ...others } = model;
  return {
    name: text.name,
    inputs: text.inputs,
    terms: readTfidf(text),
    linear: { weights: readWeights(weights, [text.terms.length, bias.length], 'terms'), bias },
    ...others,
    ...(vectors && {
      vectors: {
        ...vectors,
        weights: readWeights(vectors.weights, [vectors.center.length, bias.length], 'dimensions'),
      },
    }),
  };
}
