/**
 * How far two raters agree beyond what chance would have them: Cohen's kappa (1960). Each row's influence follows from its definition
 * (as in Fleiss, Cohen and Everitt, 1969); the interval is that of its posterior, as the influences are too narrow where most rows are
 * of one category (docs/benchmarks.md).
 */
import { dirichletDraw } from '../distributions/dirichlet.ts';
import type { Influenced } from '../influence/influence.ts';
import type { Interval, Numbers } from '../numbers.ts';
import { DRAWS, independentShare, posteriorInterval } from './posterior.ts';

/** @param a Of each row the first rater's category, from 0; `b` the second's. NaN where neither can disagree */
export function kappaInfluence(a: Numbers, b: Numbers, categories: number): Influenced {
  const n = a.length;
  const cells = new Float64Array(categories ** 2);
  for (let i = 0; i < n; i++) cells[a[i]! * categories + b[i]!]! += 1 / n;
  const { value, agreed, chance, first, second } = ofShares(cells, categories);
  const influence = Float64Array.from({ length: n }, (_, i) => {
    const own = Number(a[i] === b[i]) - agreed;
    const byChance = second[a[i]!]! + first[b[i]!]! - 2 * chance;
    return (own - (1 - value) * byChance) / (1 - chance) / n;
  });
  return { value, influence };
}

/** Pseudo-rows of the prior, spread over all pairs of categories: a half each where there are two (Jeffreys, 1946; Perks, 1947). */
const PRIOR = 2;
/** Gammas drawn at most. */
const MOST_DRAWN = 4e6;

/** @param clusters Of each row */
export function kappaInterval(a: Numbers, b: Numbers, categories: number, clusters?: Int32Array): Interval {
  const found = kappaInfluence(a, b, categories);
  const rows = independentShare(found, clusters);
  const weights = new Float64Array(categories ** 2).fill(PRIOR / categories ** 2);
  for (let i = 0; i < a.length; i++) weights[a[i]! * categories + b[i]!]! += rows;
  const shares = new Float64Array(weights.length);
  return posteriorInterval(
    found.value,
    (random) => {
      dirichletDraw(random, weights, shares);
      return ofShares(shares, categories).value;
    },
    Math.min(DRAWS, Math.ceil(MOST_DRAWN / weights.length)),
  );
}

/** @param cells Shares of the pairs of categories, [first, second] */
function ofShares(cells: Float64Array, categories: number) {
  const [first, second] = [new Float64Array(categories), new Float64Array(categories)];
  let agreed = 0;
  for (let i = 0; i < categories; i++) {
    agreed += cells[i * (categories + 1)]!;
    for (let j = 0; j < categories; j++) {
      first[i]! += cells[i * categories + j]!;
      second[j]! += cells[i * categories + j]!;
    }
  }
  const chance = first.reduce((sum, share, k) => sum + share * second[k]!, 0);
  return { value: (agreed - chance) / (1 - chance), agreed, chance, first, second };
}
