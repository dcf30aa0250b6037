import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileTable } from '@gradus/data';
import { checkRecipe } from '@gradus/loop';
import { afterAll, describe, expect, it } from 'vitest';
import { RECIPES } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-recipes-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Sample {
  readonly sources: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Small data for each recipe: texts enough for networks, as few as that. */
const DATA: Readonly<Record<string, () => Sample>> = {
  design: () => {
    const path = join(directory, 'names.txt');
    const names = Array.from(
      { length: 60 },
      (_, i) => `${'kalomiren'.slice(i % 5, (i % 5) + 4)}${'stavorbel'.slice(i % 6)}`,
    );
    writeFileSync(path, names.join('\n'));
    return { sources: { designs: path }, options: { minutes: 0.01, count: 3 } };
  },
  learn: () => {
    const path = join(directory, 'customers.csv');
    const customers = new URL('../../../examples/customers/customers.csv', import.meta.url);
    writeFileSync(path, readFileSync(customers, 'utf8').split('\n').slice(0, 500).join('\n'));
    return { sources: { data: path }, options: { target: 'left', minutes: 0.1 } };
  },
  forecast: () => {
    const path = join(directory, 'sales.csv');
    const sales = new URL('../../../examples/sales/sales.csv', import.meta.url);
    const lines = readFileSync(sales, 'utf8').split('\n');
    // Two items and the one that stopped, of the first year.
    const kept = lines.filter(
      (line, i) => i === 0 || (/,(?:lemonade|tea|calendar 2025),/.test(line) && line < '2025-09'),
    );
    writeFileSync(path, kept.join('\n'));
    return { sources: { data: path }, options: { horizon: 7 } };
  },
  demand: () => {
    const path = join(directory, 'reviews.csv');
    const reviews = new URL('../../../examples/reviews/reviews.csv', import.meta.url);
    writeFileSync(path, readFileSync(reviews, 'utf8').split('\n').slice(0, 800).join('\n'));
    return { sources: { data: path } };
  },
  quality: () => ({
    sources: { evidence: fileURLToPath(new URL('../../../examples/quality/voice.csv', import.meta.url)) },
    options: { version: 'version' },
  }),
};

describe('every ready-made recipe', () => {
  it.each(RECIPES.map((recipe) => [recipe.name, recipe] as const))(
    'keeps the contract: %s',
    async (name, recipe) => {
      const problems = await checkRecipe(recipe, {
        ...DATA[name]!(),
        directory: join(directory, name),
      });
      expect(problems).toEqual([]);
    },
  );
});

describe('the recipe that fits a table best', () => {
  it.each([
    ['reviews/reviews.csv', 'demand'],
    ['sales/sales.csv', 'forecast'],
    ['quality/voice.csv', 'quality'],
    ['customers/customers.csv', 'learn'],
  ])('%s: %s', async (file, name) => {
    const profile = await profileTable(fileURLToPath(new URL(`../../../examples/${file}`, import.meta.url)));
    const [best] = RECIPES.map((recipe) => ({ name: recipe.name, score: recipe.fits(profile).score })).sort(
      (a, b) => b.score - a.score,
    );
    expect(best!.name).toBe(name);
  });
});
