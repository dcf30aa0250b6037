/**
 * Demand analysis: how good what a founder reads is, beside what was judged by hand. Needs of judged clauses and their complaints; titles and quotes of
 * actions; themes of the bundled sample, whose truth is its templates. Networks are left out: clauses are judged as in a whole run,
 * by their words and the file's own labels. ../shared/data is needed for all but the sample.
 */
import { analyseReviews } from '../../packages/recipes/src/demand/testing/analyse-file.ts';
import {
  actionFigures,
  hasFileToJudge,
  JUDGED_FILES,
  reviewsToJudge,
} from '../../packages/recipes/src/demand/testing/judged-actions.ts';
import {
  hasJudgedSet,
  JUDGED_SETS,
  judgedSet,
} from '../../packages/recipes/src/demand/testing/judged-clauses.ts';
import { type NeedFigures, needFigures } from '../../packages/recipes/src/demand/testing/judged-needs.ts';
import { voiceFigures } from '../../packages/recipes/src/demand/testing/judged-voices.ts';
import { purityOf, sampleAspects } from '../../packages/recipes/src/demand/testing/sample-truth.ts';
import type { Measurement } from '../measurement.ts';

const FIGURES: Readonly<Record<keyof NeedFigures, string>> = {
  fitting: 'told a need that fits the judged aspect',
  precision: 'told a need that fits, of those told one',
  none: 'told no need, of those about the whole or nothing',
  complaintRecall: 'complaints told as a point of a need that fits',
  complaintPrecision: 'told as a complaint point and judged a complaint',
};

export async function* demandAnalysis(): AsyncGenerator<Measurement> {
  for (const name of JUDGED_SETS) {
    if (!hasJudgedSet(name)) continue;
    const { reviews, judged } = await judgedSet(name);
    const analysed = await analyseReviews(reviews);
    const sets = {
      clauses: judged.filter(({ half }) => half === 'report'),
      'held-out clauses': (await judgedSet(name, { batch: 'held-out' })).judged,
      'fresh clauses': (await judgedSet(name, { batch: 'fresh' })).judged.filter(
        ({ half }) => half === 'report',
      ),
    };
    for (const [set, of] of Object.entries(sets)) {
      const figures = needFigures(name, analysed, of);
      for (const [figure, words] of Object.entries(FIGURES))
        yield {
          what: `${set} of ${name}: ${words}`,
          gradus: figures[figure as keyof NeedFigures].toFixed(3),
          peer: '–',
        };
    }
  }
  if (hasJudgedSet('waimai'))
    for (const { kind, judged, told, both } of await voiceFigures('report'))
      yield {
        what: `clauses of waimai judged as ${kind}, told so, both`,
        gradus: `${judged}, ${told}, ${both}`,
        peer: '–',
      };
  const sum = { titles: 0, usable: 0, quotes: 0, onPoint: 0, unjudged: 0 };
  for (const file of JUDGED_FILES) {
    if (!hasFileToJudge(file)) continue;
    const { analysis } = await analyseReviews(await reviewsToJudge(file));
    const { titles, usable, quotes, onPoint, unjudged } = await actionFigures(file, analysis);
    sum.titles += titles;
    sum.usable += usable;
    sum.quotes += quotes;
    sum.onPoint += onPoint;
    sum.unjudged += unjudged;
    yield {
      what: `${file}: titles usable alone, quotes on the point`,
      gradus: `${usable}/${titles}, ${onPoint}/${quotes}`,
      peer: '–',
    };
  }
  yield {
    what: `all: titles usable alone, quotes on the point (${sum.unjudged} unjudged)`,
    gradus: `${sum.usable}/${sum.titles}, ${sum.onPoint}/${sum.quotes}`,
    peer: '–',
  };
  const { reviews, clauses, found } = await analyseReviews(await reviewsToJudge('sample'));
  const { purity, inversePurity, bilingual, aspects, themes } = purityOf(
    clauses,
    sampleAspects(reviews, clauses),
    found.themeOf,
  );
  yield {
    what: `bundled sample, ${themes} themes of ${aspects} aspects: purity, inverse purity, aspects that are one theme in both languages`,
    gradus: `${purity.toFixed(3)}, ${inversePurity.toFixed(3)}, ${bilingual}`,
    peer: '–',
  };
}
