/**
 * Sentiment of clauses: how often it is told as people judged it, beside the rule that gives each clause its review's label. On all
 * reviews of ../shared/data, which is needed; the figures are of the half on which no constant was chosen.
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
import { copiedLabels, toldByReviewModel } from '../../packages/recipes/src/demand/testing/tell-clauses.ts';
import { chosen, type Measurement } from '../measurement.ts';

const FIGURES: Readonly<Record<keyof ClauseFigures, string>> = {
  accuracy: 'accuracy of those with a polarity',
  accuracyOfThree: 'accuracy of all',
  complaintRecall: 'recall of complaints',
  complaintPrecision: 'precision of complaints',
  neutralRecall: 'recall of neutral ones',
};

export async function* clauseSentiment(): AsyncGenerator<Measurement> {
  for (const [, name] of chosen(Object.fromEntries(JUDGED_SETS.map((set) => [set, set])))) {
    if (!hasJudgedSet(name)) continue;
    const set = await judgedSet(name);
    const [told, copied] = [await toldByReviewModel(set), copiedLabels(set)];
    const places = [...set.judged.keys()].filter((i) => set.judged[i]!.half === 'report');
    const judged = places.map((i) => set.judged[i]!);
    const [own, peer] = [told, copied].map((all) =>
      clauseFigures(
        judged,
        places.map((i) => all[i]!),
      ),
    ) as [ClauseFigures, ClauseFigures];
    for (const [figure, words] of Object.entries(FIGURES)) {
      const [a, b] = [own[figure as keyof ClauseFigures], peer[figure as keyof ClauseFigures]];
      yield {
        what: `${judged.length} clauses of ${name}: ${words}`,
        gradus: a.toFixed(3),
        peer: `${b.toFixed(3)} (the review's label)`,
        ...(b > 0 && { ratio: a / b }),
      };
    }
  }
}
