/**
 * The encoder that a user brings, for the sentiment of reviews and of their clauses: what it adds to their terms is told on training reviews, and a run that
 * uses it keeps which one it was, so that whoever serves the run opens the very same.
 */
import type { TextEncoder } from '@gradus/lm';
import type { RunContext } from '@gradus/loop';
import {
  type EncoderRef,
  fitVectors,
  type Learning,
  openBroughtEncoder,
  type TextVectors,
  type UnseenTexts,
  type VectorGain,
  type VectorModel,
  vectorScores,
} from '@gradus/tasks';
import type { DemandOptions } from './options.ts';

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
  const { encoder, ref } = await openBroughtEncoder(place);
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
