/**
 * Demand analysis: how good what a founder reads is, beside what was judged by hand. Needs of judged clauses and their complaints; titles and quotes of
 * actions; themes and their clauses; how many themes small files have; themes of the bundled sample, whose truth is its templates. Networks are left out: clauses are judged as in a whole run,
 * by their words and the file's own labels. ../shared/data is needed for all but the sample.
 */
import { Random } from '@gradus/base';
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
import {
  hasThemeFile,
  reviewsOfThemeFile,
  THEME_FILES,
  themeFigures,
} from '../../packages/recipes/src/demand/testing/judged-themes.ts';
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
      what: `${file}: titles usable alone, quotes on the point; first action`,
      gradus: `${usable}/${titles}, ${onPoint}/${quotes}; ${analysis.actions[0]?.title.en}`,
      peer: '–',
    };
  }
  yield {
    what: `all: titles usable alone, quotes on the point (${sum.unjudged} unjudged)`,
    gradus: `${sum.usable}/${sum.titles}, ${sum.onPoint}/${sum.quotes}`,
    peer: '–',
  };
  yield* goodThemes();
  yield* smallFiles();
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

async function* goodThemes(): AsyncGenerator<Measurement> {
  const sum = { themes: 0, good: 0 };
  for (const file of THEME_FILES) {
    if (!hasThemeFile(file)) continue;
    const figures = await themeFigures(file, await analyseReviews(await reviewsOfThemeFile(file)));
    sum.themes += figures.themes;
    sum.good += figures.good;
    yield {
      what: `${file}: good themes of those judged; clauses in the others, of those in judged themes; judged clauses that are on their theme; clauses in no theme`,
      gradus: `${figures.good}/${figures.themes}; ${[figures.inBad, figures.precision, figures.withoutTheme].map((share) => share.toFixed(3)).join('; ')}`,
      peer: '–',
    };
  }
  yield { what: 'all: good themes of those judged', gradus: `${sum.good}/${sum.themes}`, peer: '–' };
}

const SIZES = [30, 120, 400];
const PIECES = 5;

/** Pieces of each size drawn by chance: the most themes that any has. */
async function* smallFiles(): AsyncGenerator<Measurement> {
  for (const file of THEME_FILES) {
    if (!hasThemeFile(file)) continue;
    const all = await reviewsOfThemeFile(file);
    const most: number[] = [];
    for (const size of SIZES.filter((one) => one < all.length)) {
      const counts: number[] = [];
      for (let piece = 0; piece < PIECES; piece++) {
        const reviews = new Random(`${file} ${piece}`).shuffle([...all]).slice(0, size);
        counts.push((await analyseReviews(reviews)).found.model.clusters.length);
      }
      most.push(Math.max(...counts));
    }
    yield {
      what: `${file}: most themes of ${PIECES} pieces of ${SIZES.slice(0, most.length).join(', ')} rows`,
      gradus: most.join(', '),
      peer: '–',
    };
  }
}
