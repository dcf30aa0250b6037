/**
 * Sentiment of clauses: how often it is told as it was judged by hand, beside the rule that gives each clause what its review says. On all
 * reviews of ../shared/data, which is needed; the figures are of the half that no constant was fitted to. Once with the reviews'
 * labels, and once with those of the judged reviews hidden, as of reviews that have none; and once each of the clauses that were judged later.
 */
import {
  type ClauseFigures,
  clauseFigures,
} from '../../packages/recipes/src/demand/testing/clause-figures.ts';
import {
  hasJudgedSet,
  JUDGED_SETS,
  judgedSet,
} from '../../packages/recipes/src/demand/testing/judged-clauses.ts';
import { tellClauses } from '../../packages/recipes/src/demand/testing/tell-clauses.ts';
import { chosen, type Measurement } from '../measurement.ts';

const FIGURES: Readonly<Record<keyof ClauseFigures, string>> = {
  side: 'on the right side, of those with a polarity',
  accuracy: 'told as judged, of those with a polarity',
  accuracyOfThree: 'told as judged, of all',
  complaintRecall: 'recall of complaints',
  complaintPrecision: 'precision of complaints',
  neutralRecall: 'recall of neutral ones',
};

const TURNS = [
  { isHidden: false, batch: 'first' },
  { isHidden: true, batch: 'first' },
  { isHidden: false, batch: 'held-out' },
  { isHidden: false, batch: 'fresh' },
] as const;

export async function* clauseSentiment(): AsyncGenerator<Measurement> {
  for (const [, name] of chosen(Object.fromEntries(JUDGED_SETS.map((set) => [set, set])))) {
    if (!hasJudgedSet(name)) continue;
    for (const { isHidden, batch } of TURNS) {
      const set = await judgedSet(name, { batch });
      const { byRecipe, copied } = await tellClauses(set, isHidden);
      const places = [...set.judged.keys()].filter((i) => set.judged[i]!.half === 'report');
      const judged = places.map((i) => set.judged[i]!);
      const [own, peer] = [byRecipe, copied].map((told) =>
        clauseFigures(
          judged,
          places.map((i) => told[i]!),
        ),
      ) as [ClauseFigures, ClauseFigures];
      for (const [figure, words] of Object.entries(FIGURES)) {
        const [a, b] = [own[figure as keyof ClauseFigures], peer[figure as keyof ClauseFigures]];
        yield {
          what: `${judged.length} clauses (${batch}) of ${name}${isHidden ? ' without labels' : ''}: ${words}`,
          gradus: a.toFixed(3),
          peer: `${b.toFixed(3)} (as the review)`,
          ...(b > 0 && { ratio: a / b }),
        };
      }
    }
  }
}
