/**
 * Which model a table gets: each candidate's options are searched by successive halving (Jamieson and Talwalkar, 2016) over folds of
 * the training rows, and what is left of each is compared on the rows that its fits did not see.
 *
 * The time is a promise about work, not a clock: how many options are tried follows from how many rows and columns there are, so that
 * the same data, options and seed give the same model on any machine.
 */
import type { Localized, Random } from '@gradus/base';
import {
  CANDIDATES,
  type Candidate,
  type CandidateFit,
  type CandidateName,
  outputsOf,
  type TrainingTarget,
} from './candidates/candidate.ts';
import { linearCandidate, linearConfigs } from './candidates/linear.ts';
import { mlpConfigs } from './candidates/mlp-config.ts';
import { networkCandidate } from './candidates/networks.ts';
import { treesCandidate } from './candidates/trees.ts';
import { treesConfigs } from './candidates/trees-configs.ts';
import type { FoldRows } from './fold-rows.ts';
import { scoreLosses, weightedMean } from './losses.ts';

export const CANDIDATE_OF: Readonly<Record<CandidateName, Candidate>> = {
  linear: linearCandidate as Candidate,
  trees: treesCandidate as Candidate,
  mlp: networkCandidate as Candidate,
};

/** What came of a candidate over all folds. */
export interface Searched {
  readonly name: CandidateName;
  readonly config: unknown;
  /** How many rounds are best on the folds together, of models that train in rounds. */
  readonly rounds?: number;
  /** Of the rows that folds validate, in the order of `places`: [rows, outputs]. */
  readonly scores: Float64Array;
  /** By row. */
  readonly losses: Float64Array;
  /** The mean loss, by weight. */
  readonly loss: number;
}

export interface Search {
  /** Rows that folds validate: places in the table. */
  readonly places: Int32Array;
  readonly target: TrainingTarget;
  readonly weights?: Float64Array;
  readonly searched: readonly Searched[];
  /** Candidates that were given up: on the first folds they were far behind, or there was no time for them. */
  readonly givenUp: readonly CandidateName[];
}

export interface SearchOptions {
  readonly error: 'squared' | 'absolute';
  /** Whole numbers from 0. */
  readonly isCount: boolean;
  readonly minutes: number;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  onProgress(what: Localized, done: number, total: number): void;
}

/** What two cores do in a second, of cells that trees look at: rows × columns × rounds × outputs. */
const CELLS_A_SECOND = 1.5e8;
const USUAL_ROUNDS = 200;
/** Of the minutes, what goes to the choice of trees; the rest is for the other candidates and the final fit. */
const SEARCH_SHARE = 0.4;
const MOST_CONFIGS = 60;
/** The like of networks, over all epochs: rows × columns. */
const NETWORK_CELLS_A_SECOND = 60_000;
const NETWORK_SHARE = 0.5;
/** Seconds that the smallest network takes. */
const SHORTEST_NETWORK = 0.4;
/** Fewer rows than this are told apart on several folds, not on one. */
const FEW_ROWS = 3000;

/** @returns one for each candidate, the simplest first */
export async function searchModels(folds: readonly FoldRows[], options: SearchOptions): Promise<Search> {
  const places = joined(folds.map((fold) => fold.places));
  const target = joinedTarget(folds.map(({ validation }) => validation.target));
  const weights = folds[0]!.validation.weights && joined(folds.map(({ validation }) => validation.weights!));
  const searched: Searched[] = [];
  const givenUp: CandidateName[] = [];
  for (const name of CANDIDATES) {
    const configs = CONFIGS[name](folds, options);
    const rival = searched.toSorted((a, b) => a.loss - b.loss)[0];
    const one =
      configs.length > 0 && (await searchOne({ name, configs, folds, target, weights, rival }, options));
    if (one) searched.push(one);
    else givenUp.push(name);
  }
  return { places, target, ...(weights && { weights }), searched, givenUp };
}

const CONFIGS: {
  readonly [N in CandidateName]: (folds: readonly FoldRows[], options: SearchOptions) => readonly unknown[];
} = {
  linear: ([fold]) => linearConfigs(fold!.train.target),
  trees: (folds, { minutes, isCount, random }) => {
    const { encoded, target } = folds[0]!.train;
    const cells = encoded.rows * encoded.trees.length * outputsOf(target) * USUAL_ROUNDS;
    const trials = Math.floor((minutes * 60 * SEARCH_SHARE * CELLS_A_SECOND) / Math.max(cells, 1e6));
    const count = Math.max(1, Math.min(MOST_CONFIGS, trials - folds.length));
    return treesConfigs(encoded.rows, minutes <= 1 ? Math.min(count, Math.ceil(6 * minutes)) : count, {
      isCount,
      random: random.fork('configs'),
    });
  },
  mlp: (folds, { minutes }) => {
    const { encoded } = folds[0]!.train;
    const { width, categories } = encoded.dense;
    const cells = encoded.rows * (width + categories.length);
    const seconds = Math.max(SHORTEST_NETWORK, cells / NETWORK_CELLS_A_SECOND);
    const fits = Math.floor((minutes * 60 * NETWORK_SHARE) / seconds);
    const all = Object.values(mlpConfigs);
    return fits <= folds.length ? [] : all.slice(0, minutes <= 1 ? 1 : fits - folds.length);
  },
};

interface OneSearch {
  readonly name: CandidateName;
  readonly configs: readonly unknown[];
  readonly folds: readonly FoldRows[];
  readonly target: TrainingTarget;
  readonly weights: Float64Array | undefined;
  /** The best of the candidates before. */
  readonly rival: Searched | undefined;
}

/** What is so much worse than a simpler candidate on the first folds is given up. */
const HOPELESS = 1.1;

/** @returns nothing where it was given up */
async function searchOne(
  { name, configs, folds, target, weights, rival }: OneSearch,
  options: SearchOptions,
): Promise<Searched | undefined> {
  const { error, onProgress } = options;
  const rungs = rungsOf(configs.length, folds);
  const total = rungs.reduce((sum, { configs, folds }) => sum + configs * folds, 0);
  let done = 0;
  let left = configs.map((config): Trial => ({ config, fits: [] }));
  for (const rung of rungs) {
    left = left.slice(0, rung.configs);
    for (const trial of left) {
      for (const [k, fold] of folds.slice(0, rung.folds).entries()) {
        if (trial.fits[k]) continue;
        onProgress(PROGRESS[name], done, total);
        trial.fits[k] = await fitFold(name, trial.config, fold, k, options);
        done += 1;
      }
      trial.judged = await judge(name, trial.fits, folds, error);
    }
    left = left.toSorted((a, b) => a.judged!.loss - b.judged!.loss);
    const { fits, judged } = left[0]!;
    const isFirst = fits.length < folds.length;
    if (isFirst && rival && judged!.loss > HOPELESS * firstLoss(rival, folds.slice(0, fits.length), weights))
      return undefined;
  }
  const { config, judged } = left[0]!;
  const { scores, rounds } = judged!;
  const losses = scoreLosses(target, scores, error);
  return {
    name,
    config,
    ...(rounds !== undefined && { rounds }),
    scores,
    losses,
    loss: weightedMean(losses, weights),
  };
}

/** The mean loss on the rows of the first folds. */
function firstLoss(
  { losses }: Searched,
  folds: readonly FoldRows[],
  weights: Float64Array | undefined,
): number {
  const rows = folds.reduce((sum, { places }) => sum + places.length, 0);
  return weightedMean(losses.subarray(0, rows), weights?.subarray(0, rows));
}

/** How many options are tried on how many folds: thrice fewer each time on thrice as many, at last one on all. */
function rungsOf(configs: number, { length: all, 0: first }: readonly FoldRows[]) {
  const rungs: { readonly configs: number; readonly folds: number }[] = [];
  let folds = Math.min(all, first!.train.encoded.rows < FEW_ROWS ? 4 : 1);
  for (let left = configs; left > 1; left = Math.ceil(left / 3), folds = Math.min(all, 3 * folds)) {
    rungs.push({ configs: left, folds });
    if (folds === all) break;
  }
  const few = Math.min(all, 2);
  return [...rungs, ...(rungs.length === 0 ? [{ configs: 1, folds: few }] : []), { configs: 1, folds: all }];
}

interface Trial {
  readonly config: unknown;
  /** By fold. */
  readonly fits: CandidateFit<unknown>[];
  judged?: { readonly scores: Float64Array; readonly loss: number; readonly rounds?: number | undefined };
}

async function fitFold(
  name: CandidateName,
  config: unknown,
  { train, validation }: FoldRows,
  fold: number,
  { error, random, signal }: SearchOptions,
): Promise<CandidateFit<unknown>> {
  signal?.throwIfAborted();
  return CANDIDATE_OF[name].fit(train, {
    config,
    validation,
    error,
    random: random.fork(`${name} ${fold}`),
    signal,
  });
}

/**
 * The mean loss over the folds that were fitted, each as it was after the number of rounds that is best for all together: the best of
 * each fold by itself would flatter it.
 */
async function judge(
  name: CandidateName,
  fits: readonly CandidateFit<unknown>[],
  folds: readonly FoldRows[],
  error: 'squared' | 'absolute',
): Promise<NonNullable<Trial['judged']>> {
  const of = folds.slice(0, fits.length);
  const rounds = bestRounds(
    fits.map(({ curve }) => curve),
    of.map(({ places }) => places.length),
  );
  const scores: Float64Array[] = [];
  for (const [k, { state }] of fits.entries())
    scores.push(await CANDIDATE_OF[name].scores(state, of[k]!.validation.encoded, rounds));
  const losses = scores.map((own, k) => scoreLosses(of[k]!.validation.target, own, error));
  const weights = of.map(({ validation }) => validation.weights);
  return {
    scores: joined(scores),
    loss: weightedMean(joined(losses), weights[0] && joined(weights.map((own) => own!))),
    rounds,
  };
}

/** Where the mean of the curves is lowest; a curve that ends before has its last value from there on. */
function bestRounds(
  curves: readonly (readonly number[] | undefined)[],
  sizes: readonly number[],
): number | undefined {
  const known = curves.filter((curve) => curve !== undefined && curve.length > 0);
  if (known.length === 0) return undefined;
  const most = Math.max(...known.map((curve) => curve!.length));
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (let round = 1; round <= most; round++) {
    const sum = known.reduce(
      (total, curve, k) => total + sizes[k]! * curve![Math.min(round, curve!.length) - 1]!,
      0,
    );
    if (sum < least) [best, least] = [round, sum];
  }
  return best;
}

const PROGRESS: Readonly<Record<CandidateName, Localized>> = {
  linear: { en: 'linear models', zh: '线性模型' },
  trees: { en: 'boosted trees', zh: '提升树' },
  mlp: { en: 'neural networks', zh: '神经网络' },
};

export function joined<A extends Float64Array | Int32Array>(parts: readonly A[]): A {
  const all = new (parts[0]!.constructor as new (length: number) => A)(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinedTarget(parts: readonly TrainingTarget[]): TrainingTarget {
  const [first] = parts as [TrainingTarget];
  return first.kind === 'classes'
    ? { ...first, labels: joined(parts.map((part) => (part as typeof first).labels)) }
    : { kind: 'numbers', values: joined(parts.map((part) => (part as typeof first).values)) };
}
