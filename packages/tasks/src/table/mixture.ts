/**
 * Which of the candidates answers: the simplest one that is not worse than the best by more than the standard error of their
 * difference (Breiman et al., 1984), or a mixture of several (stacking: Wolpert, 1992; with weights that are not negative and add up
 * to one: Breiman, 1996), only where that wins by more than its standard error.
 */
import { meanInfluence, uncertaintyOf } from '@gradus/stats';
import type { CandidateName } from './candidates/candidate.ts';
import { scoreLosses, weightedMean } from './losses.ts';
import type { Search } from './search.ts';

export interface Mixed {
  readonly members: readonly { readonly name: CandidateName; readonly weight: number }[];
  /** Of the rows that folds validate: [rows, outputs]. */
  readonly scores: Float64Array;
  readonly losses: Float64Array;
}

/** A candidate or the mixture, as reports list it. */
export interface Compared {
  readonly name: CandidateName | 'stack';
  /** Of the rows that folds validate: [rows, outputs]. */
  readonly scores: Float64Array;
  readonly loss: number;
  /** By how much the loss is above the best one's, and the standard error of that. */
  readonly behind: { readonly mean: number; readonly error: number };
  readonly isChosen: boolean;
}

const STEPS = 20;

/** @param groups Of the validated rows, in their order */
export function chooseModel(
  search: Search,
  groups: Int32Array,
  error: 'squared' | 'absolute',
): { readonly chosen: Mixed; readonly compared: readonly Compared[] } {
  const { searched, weights } = search;
  const stack = mixtureOf(search, error);
  const options = [
    ...searched.map(({ name, scores, losses }) => ({
      name: name as Compared['name'],
      mixed: { members: [{ name, weight: 1 }], scores, losses },
    })),
    ...(stack.members.length > 1 ? [{ name: 'stack' as const, mixed: stack }] : []),
  ];
  const lossOf = ({ mixed }: (typeof options)[number]) => weightedMean(mixed.losses, weights);
  const best = options.reduce((least, option) => (lossOf(option) < lossOf(least) ? option : least));
  const behind = options.map(({ mixed }) => {
    const differences = mixed.losses.map((loss, i) => loss - best.mixed.losses[i]!);
    const { value, influence } = meanInfluence(differences, weights);
    return { mean: value, error: uncertaintyOf(influence, groups).standardError };
  });
  const chosen = options[behind.findIndex(({ mean, error }) => mean <= 0 || mean <= error)]!;
  return {
    chosen: chosen.mixed,
    compared: options.map((option, i) => ({
      name: option.name,
      scores: option.mixed.scores,
      loss: lossOf(option),
      behind: behind[i]!,
      isChosen: option === chosen,
    })),
  };
}

/** Weights by coordinate steps of a twentieth, from the best candidate alone; a step is taken where the loss falls. */
function mixtureOf({ searched, target, weights }: Search, error: 'squared' | 'absolute'): Mixed {
  const best = searched.reduce((least, one) => (one.loss < least.loss ? one : least));
  let shares = searched.map((one): number => (one === best ? STEPS : 0));
  const mixed = (of: readonly number[]) => {
    const scores = new Float64Array(best.scores.length);
    for (const [k, { scores: own }] of searched.entries()) {
      const weight = of[k]! / STEPS;
      if (weight > 0) for (let i = 0; i < scores.length; i++) scores[i]! += weight * own[i]!;
    }
    const losses = scoreLosses(target, scores, error);
    return { scores, losses, loss: weightedMean(losses, weights) };
  };
  let now = mixed(shares);
  for (let improved = true; improved; ) {
    improved = false;
    for (const from of shares.keys()) {
      for (const to of shares.keys()) {
        if (from === to || shares[from] === 0) continue;
        const moved = shares.map((share, k) => share + Number(k === to) - Number(k === from));
        const then = mixed(moved);
        if (then.loss >= now.loss) continue;
        [shares, now, improved] = [moved, then, true];
      }
    }
  }
  const members = searched.flatMap(({ name }, k) =>
    shares[k]! > 0 ? [{ name, weight: shares[k]! / STEPS }] : [],
  );
  return { members, scores: now.scores, losses: now.losses };
}
