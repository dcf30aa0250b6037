/** Step 5: how good the sentiment model is on reviews it has not seen, and what the reviews say. */
import { languageOf } from '@gradus/data';
import type { RunContext } from '@gradus/loop';
import {
  type Answers,
  type ClassifierEvaluation,
  evaluateClassifier,
  type HeldOut,
  type Learning,
  predictTexts,
  type TextModel,
} from '@gradus/tasks';
import { analyseDemand } from './analysis/analyse.ts';
import type { DemandAnalysis } from './analysis/findings.ts';
import type { AnyWarning } from './analysis/warning-data.ts';
import type { Built } from './build.ts';
import type { LabelGain } from './clause-sentiment/evidence.ts';
import type { ClauseSentiment } from './clause-sentiment/posterior.ts';
import { sentimentOfClauses } from './clause-sentiment/tell.ts';
import { bothUses, type LanguageModelUse, withLanguageModel } from './language-model/ask.ts';
import { wordActions } from './language-model/word-actions.ts';
import { needName } from './needs/need-model.ts';
import type { DemandOptions } from './options.ts';
import type { Prepared } from './prepare.ts';
import type { Processed } from './process.ts';
import type { Review } from './review.ts';
import { SENTIMENTS } from './sentiment.ts';
import { withVectors } from './sentiment-encoder.ts';
import type { Trained } from './train.ts';

export interface Evaluated {
  readonly analysis: DemandAnalysis;
  /** Null where the user brought none. */
  readonly languageModel: LanguageModelUse | null;
  /** What clauses that the language model has labelled added to their sentiment; null where it labelled none. */
  readonly labelGain: LabelGain | null;
  readonly evaluation: ClassifierEvaluation | null;
  readonly heldOut: HeldOut | null;
  /** What is deployed; null where there is no model, or it tells no more than the larger class does. */
  readonly sentiment: TextModel | null;
  /** By clause; null where nothing is claimed from sentiment. */
  readonly clauseSentiment: readonly ClauseSentiment[] | null;
}

interface Steps {
  readonly run: RunContext<DemandOptions>;
  readonly prepare: Prepared;
  readonly process: Processed;
  readonly build: Built;
  readonly train: Trained;
}

export async function evaluate(steps: Steps): Promise<Evaluated> {
  const { run, prepare, process, build } = steps;
  const figures = await figuresOf(steps);
  const worded = await withLanguageModel(run, async (drafting) => {
    const analysis = await wordActions(drafting, figures.analysis, prepare.reviews, process.clauses);
    return { analysis, use: drafting.use };
  });
  return {
    ...figures,
    labelGain: figures.clauseSentiment ? (steps.train.evidence?.gain ?? null) : null,
    ...(worded && { analysis: worded.analysis }),
    languageModel: bothUses(bothUses(build.languageModel, steps.train.languageModel), worded?.use ?? null),
  };
}

/** All but words. Of a language model nothing enters here but labels of clauses, where the file's own labels have borne them out. */
async function figuresOf({
  run,
  prepare: { reviews, cautions: ofData },
  process: { kind, clauses, learning, cautions: ofTexts },
  build: { themes, themeOf, statements, unnamed, names, unlike, baselines },
  train: { sentiment, isBaseline, encoder, evidence, addedToClauses },
}: Steps): Promise<Omit<Evaluated, 'languageModel' | 'labelGain'>> {
  const ofEarlier: AnyWarning[] = unlike === null ? [] : [{ id: 'not-compared', data: { run: unlike } }];
  const cautions = [...ofTexts, ...ofData, ...ofEarlier];
  const labelled = themes.clusters.map((cluster) => {
    const label = needName(cluster.id) ?? names[cluster.id];
    return { ...cluster, ...(label && { label }) };
  });
  const input = {
    reviews,
    clauses,
    themeOf,
    themes: labelled,
    statements,
    unnamed,
    asks: kind.asks,
    cautions,
  };
  const analysisOptions = {
    signal: run.signal,
    onProgress: (done: number, total: number) => run.progress({ en: 'findings', zh: '发现' }, done, total),
  };
  if (!sentiment || !learning) {
    const analysis = await analyseDemand(input, run.random.fork('analysis'), analysisOptions);
    return { analysis, evaluation: null, heldOut: null, sentiment: null, clauseSentiment: null };
  }
  run.progress({ en: 'reviews', zh: '评价' }, 0, 2);
  const used = encoder?.used ?? null;
  const reviewSatisfaction = withVectors(
    await predictTexts(
      sentiment,
      reviews.map(({ text }) => text),
      run.signal,
    ),
    used,
    ({ ofReviews }) => ofReviews,
  );
  const test = Array.from(learning.test, (i) => reviews[i]!);
  const labels = test.map(({ label }) => label!);
  const evaluation = evaluateClassifier(
    {
      labels,
      probabilities: Array.from(learning.test, (i) => reviewSatisfaction[i]!),
      baselines: baselines!,
      temperature: sentiment.temperature,
      trainedOn: learning.texts.length,
    },
    run.random.fork('evaluation'),
  );
  const unproven = unprovenOf(evaluation);
  if (unproven) {
    const analysis = await analyseDemand(
      { ...input, cautions: [unproven, ...cautions], isUnproven: true },
      run.random.fork('analysis'),
      analysisOptions,
    );
    // What such a run says of any review is how common the classes are: a run that tells more takes over.
    const share = baselines!.majority![0]!;
    const heldOut = heldOutOf(
      test,
      learning,
      test.map(() => share),
      learning.recent?.texts.map(() => share) ?? [],
    );
    return { analysis, evaluation, heldOut, sentiment: null, clauseSentiment: null };
  }
  run.progress({ en: 'clauses', zh: '分句' }, 1, 2);
  const clauseSentiment = sentimentOfClauses({
    reviews,
    clauses,
    statements,
    learning,
    features: sentiment.features,
    evidence,
    added: addedToClauses,
    reviewSatisfaction,
  });
  const replaced: AnyWarning[] = [
    ...(isBaseline ? [{ id: 'baseline-deployed', data: {} } as const] : []),
    ...(evidence ? [] : [{ id: 'clauses-copied', data: {} } as const]),
  ];
  const analysis = await analyseDemand(
    { ...input, cautions: [...replaced, ...cautions], clauseSentiment, reviewSatisfaction },
    run.random.fork('analysis'),
    analysisOptions,
  );
  const ofRecent = withVectors(
    await predictTexts(sentiment, learning.recent?.texts ?? [], run.signal),
    used,
    (of) => of.ofRecent,
  );
  const heldOut = heldOutOf(
    test,
    learning,
    Array.from(learning.test, (i) => reviewSatisfaction[i]!),
    Array.from(ofRecent),
  );
  return { analysis, evaluation, heldOut, sentiment, clauseSentiment };
}

/**
 * The warning that the model tells no more than "always the larger class", where that is so. Nothing is then claimed from it:
 * what it calls a complaint is as often praise.
 */
function unprovenOf({ accuracy, n, auc, baselines, majority }: ClassifierEvaluation): AnyWarning | null {
  if (majority.standing === 'better') return null;
  return {
    id: 'unproven-sentiment',
    data: {
      accuracy: accuracy.value,
      majority: baselines.majority!.accuracy.value,
      n,
      pValue: auc === null ? null : majority.pValue,
    },
  };
}

/** @param tested What is said of the held-out reviews @param ofRecent What is said of the newest texts, if there are any */
function heldOutOf(
  test: readonly Review[],
  { recent }: Learning,
  tested: number[],
  ofRecent: number[],
): HeldOut {
  const classes = [...SENTIMENTS];
  const answers = (labels: readonly number[], probabilities: number[]): Answers => ({
    kind: 'classes',
    classes,
    labels: [...labels],
    probabilities,
  });
  return {
    rows: test.map(({ row }) => row),
    answers: answers(
      test.map(({ label }) => label!),
      tested,
    ),
    slices: {
      language: test.map(({ text }) => languageOf(text)),
      product: test.map(({ product }) => product ?? null),
    },
    times: test.map(({ time }) => time ?? null),
    ...(recent && {
      recent: { inputs: [...recent.texts], answers: answers(recent.labels, ofRecent) },
    }),
  };
}
