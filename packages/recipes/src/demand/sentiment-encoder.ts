/**
 * The encoder that a user brings, for the sentiment of reviews and of their clauses: what it adds to their terms is told on training reviews, and a run that
 * uses it keeps which one it was, so that whoever serves the run opens the very same.
 */
import { resolve } from 'node:path';
import { UserError } from '@gradus/base';
import type { TextEncoder } from '@gradus/lm';
import type { RunContext } from '@gradus/loop';
import {
  fitVectors,
  type Learning,
  type TextVectors,
  type UnseenTexts,
  type VectorGain,
  type VectorModel,
  vectorScores,
} from '@gradus/tasks';
import { z } from 'zod';
import type { DemandOptions } from './options.ts';

/** Which encoder: where it lies, and what its files hold. */
export const EncoderRef = z.object({
  name: z.string(),
  /** An absolute path, or a name that the encoder has in every place. */
  place: z.string(),
  /** SHA-256 of its files. */
  digest: z.string(),
  dimensions: z.int().min(1),
});
export type EncoderRef = z.infer<typeof EncoderRef>;

export interface SentimentEncoder {
  readonly ref: EncoderRef;
  readonly gain: VectorGain;
  /** Null where it does not help. */
  readonly used: {
    readonly model: VectorModel;
    /** What each text's vector adds to its logit: of reviews, and of the newest texts of iteration. */
    readonly ofReviews: Float32Array;
    readonly ofRecent: Float32Array;
  } | null;
}

export interface FittedEncoder {
  /** Plain data. */
  readonly ofReviews: SentimentEncoder;
  readonly vectorsOfClauses: (clauses: readonly string[]) => TextVectors;
}

/**
 * @param clauses All whose vectors will be asked for
 * @returns null where the user brings none, or it cannot be told whether one helps
 */
export async function fitEncoder(
  run: Pick<RunContext<DemandOptions>, 'options' | 'signal' | 'progress'>,
  learning: Learning,
  unseen: UnseenTexts | null,
  { reviews, clauses }: { readonly reviews: readonly string[]; readonly clauses: readonly string[] },
): Promise<FittedEncoder | null> {
  const place = run.options.encoder;
  if (place === undefined || !unseen) return null;
  const { ENGLISH_ENCODER, openTextEncoder, textEncoderDigest } = await import('@gradus/lm');
  const encoder = await openTextEncoder(place);
  try {
    const recent = learning.recent?.texts ?? [];
    const embed = async (texts: readonly string[]) =>
      vectorTable(encoder, texts, {
        signal: run.signal,
        onTexts: (done, all) => run.progress({ en: 'encoder', zh: '编码器' }, done, all),
      });
    const vectorsOf = await embed([...learning.texts, ...reviews, ...recent]);
    const learnt = vectorsOf(learning.texts);
    const { model, gain } = fitVectors(learnt, learning.labels, unseen, {
      groups: learning.groups,
      signal: run.signal,
    });
    const ref = {
      name: encoder.name,
      place: place === ENGLISH_ENCODER ? place : resolve(place),
      digest: await textEncoderDigest(place),
      dimensions: encoder.dimensions,
    };
    const score = (model: VectorModel, texts: readonly string[]) => vectorScores(model, vectorsOf(texts));
    const used = model && { model, ofReviews: score(model, reviews), ofRecent: score(model, recent) };
    return { ofReviews: { ref, gain, used }, vectorsOfClauses: await embed(clauses) };
  } finally {
    await encoder.close();
  }
}

/** The vectors of any of these texts. Texts that are said again are read once. */
async function vectorTable(
  encoder: TextEncoder,
  texts: readonly string[],
  options: Parameters<TextEncoder['embed']>[1],
): Promise<(texts: readonly string[]) => TextVectors> {
  const places = new Map([...new Set(texts)].map((text, place) => [text, place]));
  const { data, dimensions } = await encoder.embed([...places.keys()], options);
  return (wanted) => {
    const vectors = new Float32Array(wanted.length * dimensions);
    for (const [i, text] of wanted.entries()) {
      const from = places.get(text)! * dimensions;
      vectors.set(data.subarray(from, from + dimensions), i * dimensions);
    }
    return { data: vectors, dimensions };
  };
}

/** Probabilities of 32 bits may be 0 and 1, which have no log odds. */
const LEAST = 1e-7;

/** By text: its probability by terms, with what its vector adds to the logit where vectors are used. */
export function withVectors(
  probabilities: Float32Array,
  used: SentimentEncoder['used'],
  addedOf: (used: NonNullable<SentimentEncoder['used']>) => Float32Array,
): Float32Array {
  if (!used) return probabilities;
  const added = addedOf(used);
  const { ofTerms } = used.model;
  return probabilities.map((probability, i) => {
    const p = Math.min(Math.max(probability, LEAST), 1 - LEAST);
    return 1 / (1 + Math.exp(-(ofTerms * Math.log(p / (1 - p)) + added[i]!)));
  });
}

/** What a service reads vectors with. */
export type ServedEncoder = Pick<TextEncoder, 'embed' | 'dimensions' | 'close'>;

/** @throws UserError where the encoder of a finished run is gone, or is another one now */
export async function openServedEncoder({ name, place, digest }: EncoderRef): Promise<ServedEncoder> {
  const { openTextEncoder, textEncoderDigest } = await import('@gradus/lm');
  const found = await textEncoderDigest(place).catch((error: Error) => {
    const why = error instanceof UserError ? error.localized : { en: error.message, zh: error.message };
    throw new UserError(
      {
        en: `This run tells sentiment by the encoder ${name} too, and cannot open it: ${why.en}. Put it back, or make the run again with --encoder and where it lies now, or without.`,
        zh: `该运行判断情感时还使用编码器 ${name}，但无法打开它：${why.zh}。请放回原处，或用 --encoder 指定它现在的位置重新运行，或不用它重新运行。`,
      },
      { cause: error },
    );
  });
  if (found !== digest)
    throw new UserError({
      en: `This run tells sentiment by the encoder ${name} too, and ${place} holds another one now (SHA-256 ${found.slice(0, 12)}…, expected ${digest.slice(0, 12)}…). Put the former back, or make the run again.`,
      zh: `该运行判断情感时还使用编码器 ${name}，但 ${place} 现在是另一个编码器（SHA-256 ${found.slice(0, 12)}…，应为 ${digest.slice(0, 12)}…）。请换回原来的编码器，或重新运行。`,
    });
  // One thread: requests share the cores.
  return await openTextEncoder(place, { threads: 1 });
}
