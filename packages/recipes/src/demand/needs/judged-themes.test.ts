/** Themes and actions that were judged by hand: files in both languages, reviews and questions. The texts themselves lie in ../shared/data. */
import { describe, expect, it } from 'vitest';
import { analyseReviews } from '../testing/analyse-file.ts';
import { actionFigures, reviewsToJudge } from '../testing/judged-actions.ts';
import {
  hasThemeFile,
  reviewsOfThemeFile,
  THEME_FILES,
  type ThemeFile,
  themeFigures,
} from '../testing/judged-themes.ts';

/** Good themes of those judged, at least, and clauses on their theme: a theme fewer than was measured, and 0.03. */
const LEAST: Readonly<Record<ThemeFile, readonly [good: number, precision: number]>> = {
  waimai: [5, 0.86],
  movies: [5, 0.76],
  sample: [6, 0.83],
  banking77: [4, 0.7],
  'product-faq': [2, 0.5],
};

describe.each(THEME_FILES)('themes of %s', (file) => {
  it.skipIf(!hasThemeFile(file))(
    'are as they were judged (needs ../shared/data)',
    async () => {
      const [good, precision] = LEAST[file];
      const figures = await themeFigures(file, await analyseReviews(await reviewsOfThemeFile(file)));
      expect(figures.good).toBeGreaterThanOrEqual(good);
      expect(figures.precision).toBeGreaterThanOrEqual(precision);
    },
    120_000,
  );
});

it('actions of the bundled sample say what to do, with complaints of the point as quotes', async () => {
  const { analysis } = await analyseReviews(await reviewsToJudge('sample'));
  const { titles, usable, quotes, onPoint } = await actionFigures('sample', analysis);
  expect(titles).toBeGreaterThanOrEqual(8);
  expect(usable).toBe(titles);
  expect(onPoint).toBeGreaterThanOrEqual(0.9 * quotes);
}, 60_000);
