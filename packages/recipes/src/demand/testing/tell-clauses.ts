/** What judged clauses are told to be, by the recipe and by the rule that it must beat. */
import { Random } from '@gradus/base';
import { type Learning, learningOf, predictTexts, type TextModel, trainTexts } from '@gradus/tasks';
import { type ClauseEvidence, learnEvidence } from '../clause-sentiment/evidence.ts';
import { type ClauseSentiment, copiedSentiment } from '../clause-sentiment/posterior.ts';
import { sentimentOfClauses } from '../clause-sentiment/tell.ts';
import { kindOfFile } from '../needs/file-kind.ts';
import { findThemes } from '../needs/find-themes.ts';
import { SENTIMENTS } from '../sentiment.ts';
import type { JudgedSet } from './judged-clauses.ts';

/** Both by judged clause. */
export interface Told {
  readonly byRecipe: readonly ClauseSentiment[];
  /** What its review says is said of each of its clauses: its label or, where that is hidden, what the model says of it. */
  readonly copied: readonly ClauseSentiment[];
}

/** @param isHidden The labels of the reviews with judged clauses are hidden, as of reviews without one. */
export async function tellClauses(set: JudgedSet, isHidden = false): Promise<Told> {
  const { clauses, judged } = set;
  const hidden = new Set(isHidden ? judged.map(({ index }) => clauses[index]!.review) : []);
  const reviews = set.reviews.map(({ label, ...review }, i) => ({
    ...review,
    ...(label !== undefined && !hidden.has(i) && { label }),
  }));
  const { model, learning, evidence } = await learn(reviews);
  const reviewSatisfaction = await predictTexts(
    model,
    reviews.map(({ text }) => text),
  );
  const all = sentimentOfClauses({
    reviews,
    clauses,
    statements: findThemes(reviews, clauses, { kind: kindOfFile(reviews), random: new Random(0) }).statements,
    learning,
    features: model.features,
    evidence,
    reviewSatisfaction,
  });
  return {
    byRecipe: judged.map(({ index }) => all[index]!),
    copied: judged.map(({ index }) => {
      const { review } = clauses[index]!;
      return copiedSentiment(2 * (reviews[review]!.label ?? reviewSatisfaction[review]!) - 1);
    }),
  };
}

/** As the recipe does. */
async function learn(
  reviews: JudgedSet['reviews'],
): Promise<{ model: TextModel; learning: Learning; evidence: ClauseEvidence | null }> {
  const random = new Random(0);
  const { learning } = learningOf(reviews, {
    classes: SENTIMENTS.length,
    groups: Int32Array.from(reviews.keys()),
    random,
    corrections: [],
    recent: [],
  });
  const { texts, labels, groups } = learning!;
  const model = await trainTexts(texts, labels, { classes: SENTIMENTS, random, groups });
  return {
    model,
    learning: learning!,
    evidence: learnEvidence(model.features, learning!, { random: random.fork('clauses') }),
  };
}
