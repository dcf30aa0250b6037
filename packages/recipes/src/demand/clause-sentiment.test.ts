import { describe, expect, it } from 'vitest';
import { type ClauseFigures, clauseFigures } from './testing/clause-figures.ts';
import { hasJudgedSet, JUDGED_SETS, type JudgedSetName, judgedSet } from './testing/judged-clauses.ts';
import { toldByReviewModel } from './testing/tell-clauses.ts';

it('figures count as their names say', () => {
  const judged = (['negative', 'negative', 'positive', 'neutral', 'neutral'] as const).map((polarity) => ({
    polarity,
  }));
  expect(clauseFigures(judged, ['negative', 'neutral', 'positive', 'negative', 'neutral'])).toEqual({
    accuracy: 2 / 3,
    accuracyOfThree: 3 / 5,
    complaintRecall: 1 / 2,
    complaintPrecision: 1 / 2,
    neutralRecall: 1 / 2,
  });
});

/** What holds of a part of the reviews; raise them when the method gets better. */
const FLOORS: Readonly<Record<JudgedSetName, Omit<ClauseFigures, 'accuracyOfThree'>>> = {
  waimai: { accuracy: 0.88, complaintRecall: 0.9, complaintPrecision: 0.78, neutralRecall: 0 },
  movies: { accuracy: 0.82, complaintRecall: 0.8, complaintPrecision: 0.65, neutralRecall: 0 },
};

describe.each(JUDGED_SETS)('clauses of %s that people have judged', (name) => {
  it.skipIf(!hasJudgedSet(name))('are told as judged (needs ../shared/data)', async () => {
    const set = await judgedSet(name, 8);
    // All read as they did when they were judged.
    expect(set.judged).toHaveLength(300);
    const figures = clauseFigures(set.judged, await toldByReviewModel(set));
    for (const [figure, floor] of Object.entries(FLOORS[name]))
      expect(figures[figure as keyof ClauseFigures], figure).toBeGreaterThanOrEqual(floor);
  });
});
