/**
 * What a clause is about that names no need and judges nothing in words of the lexicon: told by how the clauses of the file that name one are worded ("it had
 * all gone flat when it came" by what stands beside drinks and their taste). Naive Bayes on terms weighed by TF-IDF (Rennie et al., "Tackling the poor assumptions of naive
 * Bayes text classifiers", 2003); clauses about the whole are a class of their own, and what is not told surely is told of nothing.
 */
import { termFeatures } from '@gradus/data';
import { WHOLE } from './need-model.ts';

const TERMS = termFeatures({ tokens: 'characters', longestRun: 2 });
const MOST_TERMS = 50_000;
/** Added to the weight of each term in each need. */
const SMOOTHING = 0.3;
/** A need that fewer clauses name cannot be learnt. */
const FEWEST = 20;
const SURE = 0.5;

/**
 * @param texts Of clauses
 * @param aboutOf By clause: the id of what it is about; null where that is not known, and to be told
 * @returns By clause: the id of a need, where it was not known and is told surely
 */
export function unnamedNeeds(
  texts: readonly string[],
  aboutOf: readonly (string | null)[],
): (string | null)[] {
  const sizes = new Map<string, number>();
  for (const id of aboutOf) if (id !== null) sizes.set(id, (sizes.get(id) ?? 0) + 1);
  const needs = [...sizes.keys()].filter((id) => sizes.get(id)! >= FEWEST).sort();
  const place = new Map(needs.map((id, need) => [id, need]));
  const none = aboutOf.map(() => null);
  if (needs.every((id) => id === WHOLE.id)) return none;
  const { matrix } = TERMS.fitTransform(texts, { maxTerms: MOST_TERMS });
  const { columns, offsets, indices, values } = matrix;
  // By term and need, [terms, needs]: the weight of the term in its clauses.
  const weights = new Float64Array(columns * needs.length).fill(SMOOTHING);
  const totals = new Float64Array(needs.length).fill(SMOOTHING * columns);
  for (const [clause, id] of aboutOf.entries()) {
    const need = id === null ? undefined : place.get(id);
    if (need === undefined) continue;
    for (let k = offsets[clause]!; k < offsets[clause + 1]!; k++) {
      weights[indices[k]! * needs.length + need]! += values[k]!;
      totals[need]! += values[k]!;
    }
  }
  const known = needs.reduce((sum, id) => sum + sizes.get(id)!, 0);
  const priors = needs.map((id) => Math.log(sizes.get(id)! / known));
  return aboutOf.map((id, clause) => {
    if (id !== null || offsets[clause] === offsets[clause + 1]) return null;
    const logs = priors.map((prior, need) => {
      let sum = prior;
      for (let k = offsets[clause]!; k < offsets[clause + 1]!; k++)
        sum += values[k]! * Math.log(weights[indices[k]! * needs.length + need]! / totals[need]!);
      return sum;
    });
    const most = logs.reduce((best, log, need) => (log > logs[best]! ? need : best), 0);
    const all = logs.reduce((sum, log) => sum + Math.exp(log - logs[most]!), 0);
    return 1 / all >= SURE && needs[most] !== WHOLE.id ? needs[most]! : null;
  });
}
