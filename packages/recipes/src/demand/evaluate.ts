/** Step 5: how good the sentiment model is on reviews it has not seen, and what the reviews say. */
import { languageOf } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { analyseDemand } from './analysis/analyse.ts';
import type { DemandAnalysis } from './analysis/findings.ts';
import { evaluateSentiment, type SentimentEvaluation } from './analysis/sentiment-evaluation.ts';
import type { Built } from './build.ts';
import type { HeldOut } from './held-out.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { predictSentiment } from './sentiment/predict.ts';
import type { Trained } from './train.ts';

export interface Evaluated {
  readonly analysis: DemandAnalysis;
  readonly evaluation: SentimentEvaluation | null;
  readonly heldOut: HeldOut | null;
  /** By clause; null without a sentiment model. */
  readonly clauseSatisfaction: Float32Array | null;
}

export async function evaluate({
  run,
  prepare: { reviews },
  process: { clauses, learning },
  build: { themes, themeOf, baselines },
  train: { sentiment },
}: {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
  readonly train: Trained;
}): Promise<Evaluated> {
  const input = { reviews, clauses, themeOf, themes: themes.themes };
  const analysisOptions = {
    signal: run.signal,
    onProgress: (done: number, total: number) => run.progress({ en: 'findings', zh: '发现' }, done, total),
  };
  if (!sentiment || !learning) {
    const analysis = await analyseDemand(input, run.random.fork('analysis'), analysisOptions);
    return { analysis, evaluation: null, heldOut: null, clauseSatisfaction: null };
  }
  run.progress({ en: 'reviews', zh: '评价' }, 0, 2);
  const reviewSatisfaction = await predictSentiment(
    sentiment,
    reviews.map(({ text }) => text),
    run.signal,
  );
  run.progress({ en: 'clauses', zh: '分句' }, 1, 2);
  const clauseSatisfaction = await predictSentiment(
    sentiment,
    clauses.map(({ text }) => text),
    run.signal,
  );
  const { recent } = learning;
  const heldOut: HeldOut = {
    rows: Array.from(learning.test, (i) => reviews[i]!.row),
    labels: Array.from(learning.test, (i) => reviews[i]!.label!),
    probabilities: Array.from(learning.test, (i) => reviewSatisfaction[i]!),
    languages: Array.from(learning.test, (i) => languageOf(reviews[i]!.text)),
    products: Array.from(learning.test, (i) => reviews[i]!.product ?? null),
    times: Array.from(learning.test, (i) => reviews[i]!.time ?? null),
    ...(recent && {
      recent: {
        texts: [...recent.texts],
        labels: [...recent.labels],
        probabilities: Array.from(await predictSentiment(sentiment, recent.texts, run.signal)),
      },
    }),
  };
  const evaluation = evaluateSentiment(
    {
      labels: heldOut.labels,
      probabilities: heldOut.probabilities,
      baselines: baselines!,
      temperature: sentiment.temperature,
      trainedOn: learning.texts.length,
    },
    run.random.fork('evaluation'),
  );
  const analysis = await analyseDemand(
    { ...input, clauseSatisfaction, reviewSatisfaction },
    run.random.fork('analysis'),
    analysisOptions,
  );
  return { analysis, evaluation, heldOut, clauseSatisfaction };
}
