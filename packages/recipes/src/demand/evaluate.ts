/** Step 5: how good the sentiment model is on reviews it has not seen, and what the reviews say. */
import { languageOf } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import { type ClassifierEvaluation, evaluateClassifier, type HeldOut, predictTexts } from '@gradus/tasks';
import { analyseDemand } from './analysis/analyse.ts';
import type { DemandAnalysis } from './analysis/findings.ts';
import type { Built } from './build.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import { SENTIMENTS } from './sentiment.ts';
import type { Trained } from './train.ts';

export interface Evaluated {
  readonly analysis: DemandAnalysis;
  readonly evaluation: ClassifierEvaluation | null;
  readonly heldOut: HeldOut | null;
  /** By clause; null without a sentiment model. */
  readonly clauseSatisfaction: Float32Array | null;
}

export async function evaluate({
  run,
  prepare: { reviews, cautions },
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
  const input = { reviews, clauses, themeOf, themes: themes.clusters, cautions };
  const analysisOptions = {
    signal: run.signal,
    onProgress: (done: number, total: number) => run.progress({ en: 'findings', zh: '发现' }, done, total),
  };
  if (!sentiment || !learning) {
    const analysis = await analyseDemand(input, run.random.fork('analysis'), analysisOptions);
    return { analysis, evaluation: null, heldOut: null, clauseSatisfaction: null };
  }
  run.progress({ en: 'reviews', zh: '评价' }, 0, 2);
  const reviewSatisfaction = await predictTexts(
    sentiment,
    reviews.map(({ text }) => text),
    run.signal,
  );
  run.progress({ en: 'clauses', zh: '分句' }, 1, 2);
  const clauseSatisfaction = await predictTexts(
    sentiment,
    clauses.map(({ text }) => text),
    run.signal,
  );
  const { recent } = learning;
  const test = Array.from(learning.test, (i) => reviews[i]!);
  const classes = [...SENTIMENTS];
  const labels = test.map(({ label }) => label!);
  const probabilities = Array.from(learning.test, (i) => reviewSatisfaction[i]!);
  const heldOut: HeldOut = {
    rows: test.map(({ row }) => row),
    answers: { kind: 'classes', classes, labels, probabilities },
    slices: {
      language: test.map(({ text }) => languageOf(text)),
      product: test.map(({ product }) => product ?? null),
    },
    times: test.map(({ time }) => time ?? null),
    ...(recent && {
      recent: {
        inputs: [...recent.texts],
        answers: {
          kind: 'classes',
          classes,
          labels: [...recent.labels],
          probabilities: Array.from(await predictTexts(sentiment, recent.texts, run.signal)),
        },
      },
    }),
  };
  const evaluation = evaluateClassifier(
    {
      labels,
      probabilities,
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
