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
        inputs: z.object({ terms: z.string(), weights: z.string(), length: z.string() }),
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
  })
  .refine(
    ({ bias: { length }, speaksOf, means, spreads }) =>
      speaksOf.length === length && means.length === length + 2 && spreads.length === length + 2,
    { error: 'has lists that do not match' },
  );
export type StoredTextModel = z.infer<typeof StoredTextModel>;

export const storedTextModel = ({
  linear: { weights, bias },
  speaksOf,
  means,
  spreads,
}: TextColumn): StoredTextModel => ({
  weights: Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength).toString('base64'),
  bias: [...bias],
  speaksOf: [...speaksOf],
  means: [...means],
  spreads: [...spreads],
});

/** @throws RangeError where the two do not belong together */
export function readTextColumn(text: StoredText, model: StoredTextModel): TextColumn {
  const { weights: encoded, bias, ...others } = model;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 4 * text.terms.length * bias.length)
    throw new RangeError(`${bytes.length / 4} weights of ${text.terms.length} terms`);
  const weights = Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i));
  return {
    name: text.name,
    inputs: text.inputs,
    terms: readTfidf(text),
    linear: { weights, bias },
    ...others,
  };
}
