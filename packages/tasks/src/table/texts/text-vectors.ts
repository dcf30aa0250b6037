/**
 * What an encoder's vectors of a column's texts say of the target beside their terms: linear models of the vectors, whose scores are
 * weighed against those of the terms by what both say of rows that they have not seen ("stacking": Wolpert, 1992). Whether they are of
 * use is decided on training rows alone.
 */
import { fitSparseRidge } from '@gradus/classical';
import { fitCalibration } from '../../text/calibration.ts';
import type { LinearModel } from '../../text/linear.ts';
import {
  evenly,
  type Goal,
  goalsOf,
  MOST_STACKED_ROWS,
  type StackedScores,
  type StackingOptions,
  stackedScores,
} from '../stacked-scores.ts';
import { type Standardization, standardizationOf, standardizedRows } from '../standardized-rows.ts';

/** What is added to the scores of terms. Plain data. */
export interface VectorScores extends Standardization {
  /** [dimensions, scores] */
  readonly weights: Float32Array;
}

/** Of texts that were not learnt from. Of rows that repeat each other one counts. */
export interface TextVectorGain {
  readonly texts: number;
  /** Mean error by terms: of classes the logistic loss, of numbers the squared error in units of their variance. */
  readonly terms: number;
  /** With the vectors beside them. */
  readonly both: number;
  /** Of the difference. */
  readonly standardError: number;
  /** Whether the gain is more than its standard error. */
  readonly isUsed: boolean;
}

export interface WeighedScores {
  readonly gain: TextVectorGain;
  /** Of terms, as they are weighed beside vectors. */
  readonly linear: LinearModel;
  /** Absent where they do not help. */
  readonly vectors?: VectorScores;
  /** [rows, scores] of the training rows. */
  readonly scores: Float32Array;
}

/**
 * @param texts By row: its vector; undefined where there is no text
 * @param terms What the terms of the same rows say
 */
export function besideTerms(
  texts: readonly (Float32Array | undefined)[],
  terms: StackedScores,
  options: StackingOptions,
): WeighedScores | undefined {
  const known = texts.filter((vector) => vector !== undefined);
  if (known.length === 0) return undefined;
  const standardization = standardizationOf(known);
  const vectors = stackedScores(standardizedRows(standardization, texts), {
    ...options,
    folds: terms.folds,
  });
  const goals = goalsOf(options.target);
  const rows = evenly(texts.length, MOST_STACKED_ROWS);
  const gain = gainOf({ goals, rows, terms, vectors, groups: options.groups });
  if (!gain.isUsed) return { gain, linear: terms.linear, scores: terms.scores };
  const width = goals.length;
  const mixed = goals.map((goal, g) => mixOf(goal, g, [terms, vectors], rows, options.groups));
  const weighed = (weights: Float32Array, of: 0 | 1) =>
    weights.map((weight, i) => mixed[i % width]!.weights[of]! * weight);
  return {
    gain,
    linear: {
      weights: weighed(terms.linear.weights, 0),
      bias: mixed.map(
        ({ weights: [a, b], bias }, g) => a! * terms.linear.bias[g]! + b! * vectors.linear.bias[g]! + bias,
      ),
    },
    vectors: { ...standardization, weights: weighed(vectors.linear.weights, 1) },
    scores: terms.scores.map((score, i) => {
      const { weights, bias } = mixed[i % width]!;
      return weights[0]! * score + weights[1]! * vectors.scores[i]! + bias;
    }),
  };
}

interface Mix {
  /** What each model's score is multiplied by. */
  readonly weights: readonly number[];
  readonly bias: number;
}

/** Scores of a goal, one list a model. */
const scoresOf = (models: readonly StackedScores[], g: number, rows: Int32Array): Float32Array[] =>
  models.map(({ scores, speaksOf: { length } }) =>
    Float32Array.from(rows, (row) => scores[row * length + g]!),
  );

/** Numbers are in units of their spread: so little keeps two scores that are alike from being weighed against each other. */
const ALPHA = 1;

/** How the scores of models are weighed, so that their sum says the goal best. */
function mixOf(
  { kind, values }: Goal,
  g: number,
  models: readonly StackedScores[],
  rows: Int32Array,
  groups: Int32Array,
): Mix {
  const scores = scoresOf(models, g, rows);
  const wanted = Float64Array.from(rows, (row) => values[row]!);
  if (kind === 'classes')
    return fitCalibration(
      scores,
      wanted,
      rows.map((row) => groups[row]!),
    );
  const columns = models.length;
  const { weights, bias } = fitSparseRidge(
    {
      rows: rows.length,
      columns,
      offsets: Int32Array.from({ length: rows.length + 1 }, (_, row) => row * columns),
      indices: Int32Array.from({ length: rows.length * columns }, (_, i) => i % columns),
      values: Float32Array.from({ length: rows.length * columns }, (_, i) => {
        return scores[i % columns]![Math.floor(i / columns)]!;
      }),
    },
    wanted,
    { alpha: ALPHA },
  );
  return { weights: Array.from(weights), bias };
}

function gainOf({
  goals,
  rows,
  terms,
  vectors,
  groups,
}: {
  readonly goals: readonly Goal[];
  readonly rows: Int32Array;
  readonly terms: StackedScores;
  readonly vectors: StackedScores;
  readonly groups: Int32Array;
}): TextVectorGain {
  const { folds } = terms;
  const errors = [[terms], [terms, vectors]].map((models) => {
    const errors = new Map<number, number>();
    for (const fold of new Set(rows.map((row) => folds[row]!))) {
      const inside = rows.filter((row) => folds[row] !== fold);
      const outside = rows.filter((row) => folds[row] === fold);
      if (inside.length === 0) continue;
      for (const [g, goal] of goals.entries()) {
        const { weights, bias } = mixOf(goal, g, models, inside, groups);
        const scores = scoresOf(models, g, outside);
        for (const [i, row] of outside.entries()) {
          const said = scores.reduce((sum, of, m) => sum + weights[m]! * of[i]!, bias);
          errors.set(row, (errors.get(row) ?? 0) + errorOf(goal, row, said));
        }
      }
    }
    return errors;
  }) as [Map<number, number>, Map<number, number>];
  const [byTerms, byBoth] = errors;
  const firsts = [...new Map([...byTerms.keys()].map((row) => [groups[row]!, row])).values()];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const gains = firsts.map((row) => byTerms.get(row)! - byBoth.get(row)!);
  const gain = mean(gains);
  const standardError = Math.sqrt(mean(gains.map((one) => (one - gain) ** 2)) / gains.length);
  return {
    texts: firsts.length,
    terms: mean(firsts.map((row) => byTerms.get(row)!)),
    both: mean(firsts.map((row) => byBoth.get(row)!)),
    standardError,
    isUsed: gain > standardError,
  };
}

function errorOf({ kind, values }: Goal, row: number, said: number): number {
  if (kind === 'numbers') return (said - values[row]!) ** 2;
  const towards = values[row] === 1 ? said : -said;
  return Math.max(0, -towards) + Math.log1p(Math.exp(-Math.abs(towards)));
}
