/**
 * How far two raters agree beyond what chance would have them: Cohen's kappa (1960). Each row's influence follows from its definition
 * (as in Fleiss, Cohen and Everitt, 1969), so intervals hold where rows are clustered too.
 */
import type { Influenced } from '../influence/influence.ts';
import type { Numbers } from '../numbers.ts';

/** @param a Of each row the first rater's category, from 0; `b` the second's. NaN where neither can disagree */
export function kappaInfluence(a: Numbers, b: Numbers, categories: number): Influenced {
  const n = a.length;
  const [first, second] = [new Float64Array(categories), new Float64Array(categories)];
  let agreed = 0;
  for (let i = 0; i < n; i++) {
    first[a[i]!]! += 1 / n;
    second[b[i]!]! += 1 / n;
    if (a[i] === b[i]) agreed += 1 / n;
  }
  const chance = first.reduce((sum, share, k) => sum + share * second[k]!, 0);
  const value = (agreed - chance) / (1 - chance);
  const influence = Float64Array.from({ length: n }, (_, i) => {
    const own = Number(a[i] === b[i]) - agreed;
    const byChance = second[a[i]!]! + first[b[i]!]! - 2 * chance;
    return (own - (1 - value) * byChance) / (1 - chance) / n;
  });
  return { value, influence };
}
