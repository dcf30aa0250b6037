/** Step 4: the sentiment model of whole reviews, and what it takes to tell the sentiment of clauses. */
import type { RunContext } from '@gradus/loop';
import { orBaseline, predictTexts, type TextModel, trainTexts } from '@gradus/tasks';
import type { Built } from './build.ts';
import { type ClauseEvidence, learnEvidence } from './clause-sentiment/evidence.ts';
import { vectorEvidence } from './clause-sentiment/tell.ts';
import { clausesOf } from './clauses.ts';
import { type LanguageModelUse, withLanguageModel } from './language-model/ask.ts';
import { labelClauses } from './language-model/label-clauses.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import type { SentimentGains } from './report/encoder.ts';
import { SENTIMENTS } from './sentiment.ts';
import { fitEncoder, type SentimentEncoder, withVectors } from './sentiment-encoder.ts';

export interface Trained {
  /** Null where there is nothing to learn sentiment from. */
  readonly sentiment: TextModel | null;
  /** The baseline was more accurate on the held-out reviews, and is the model. */
  readonly isBaseline: boolean;
  /** Null where the user brought none, or the baseline is the model. */
  readonly encoder: SentimentEncoder | null;
  /** What terms say of a clause; null where that is not shown to be anything. */
  readonly evidence: ClauseEvidence | null;
  /** By clause: what an encoder adds to the evidence of terms; undefined where it is not used. */
  readonly addedToClauses: Float32Array | undefined;
  /** Null where the user brought none, or there is nothing to learn. */
  readonly languageModel: LanguageModelUse | null;
}

export async function train({
  run,
  prepare: { reviews },
  process: { learning, clauses },
  build: { baselines },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
}): Promise<Trained> {
  if (!learning)
    return {
      sentiment: null,
      isBaseline: false,
      encoder: null,
      evidence: null,
      addedToClauses: undefined,
      languageModel: null,
    };
  const { unseen, ...trained } = await trainTexts(learning.texts, learning.labels, {
    classes: SENTIMENTS,
    random: run.random,
    signal: run.signal,
    groups: learning.groups,
    checkpoint: run.checkpoint,
    onProgress: (done, total) => run.progress({ en: 'sentiment', zh: '情感' }, done, total),
    onEpoch: (line) => run.metric(line),
  });
  const encoder = await fitEncoder(run, learning, unseen, {
    reviews: reviews.map(({ text }) => text),
    clauses: [...clauses.map(({ text }) => text), ...learning.texts.flatMap((text) => clausesOf(text))],
  });
  const test = Array.from(learning.test, (i) => reviews[i]!);
  const tested = test.map(({ text }) => text);
  const own = await predictTexts(trained, tested, run.signal);
  const { model: sentiment, isBaseline } = await orBaseline(trained, {
    train: learning,
    test: { texts: tested, labels: test.map(({ label }) => label!) },
    baseline: baselines!.tfidfLogistic!,
    own: withVectors(own, encoder?.ofReviews.used ?? null, (used) =>
      Float32Array.from(learning.test, (i) => used.ofReviews[i]!),
    ),
    signal: run.signal,
  });
  const asked = await withLanguageModel(run, async (drafting) => {
    const rows = new Map(reviews.map(({ text, row }) => [text, row]));
    // What people have corrected, and what stands in earlier files, has no row here.
    const known = [...learning.texts.keys()].filter((of) => rows.has(learning.texts[of]!));
    const labelled = await labelClauses(
      drafting,
      known.map((of) => ({ of, row: rows.get(learning.texts[of]!)!, text: learning.texts[of]! })),
      run.random.fork('clauses to label'),
    );
    return { labelled, use: drafting.use };
  });
  const evidence = learnEvidence(sentiment.features, learning, {
    random: run.random.fork('clauses'),
    labelled: asked?.labelled ?? [],
    // Where the baseline is the model, serving has no encoder.
    vectorsOf: isBaseline ? undefined : encoder?.vectorsOfClauses,
    signal: run.signal,
  });
  return {
    sentiment,
    isBaseline,
    encoder: (!isBaseline && encoder?.ofReviews) || null,
    evidence,
    addedToClauses:
      evidence && encoder
        ? vectorEvidence({ reviews, clauses, learning }, evidence, encoder.vectorsOfClauses)
        : undefined,
    languageModel: asked?.use ?? null,
  };
}

/** What an encoder added, where anything is claimed from sentiment. */
export const claimedGains = (
  { encoder, evidence }: Pick<Trained, 'encoder' | 'evidence'>,
  deployed: TextModel | null,
): SentimentGains => ({
  sentiment: (deployed && encoder?.gain) ?? null,
  clauses: (deployed && evidence?.vectorGain) ?? null,
});
