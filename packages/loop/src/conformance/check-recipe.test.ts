import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Recipe, Service } from '../index.ts';
import { totals } from '../testing/totals.ts';
import { checkRecipe } from './check-recipe.ts';
import { jsonProblems, optionProblems, textProblems } from './problems.ts';

const recipe: Recipe = totals;

let directory: string;
let sources: Record<string, string>;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-check-'));
  const at = (name: string) => join(directory, name);
  mkdirSync(at('notes'));
  writeFileSync(at('notes/one.txt'), 'apples are late');
  writeFileSync(at('notes/two.txt'), 'nothing');
  writeFileSync(at('values.csv'), 'item,value\napples,1\npears,2\napples,3\n');
  writeFileSync(at('plan.csv'), 'what,target\napples,10\n');
  sources = { data: at('values.csv'), plan: at('plan.csv'), notes: at('notes') };
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const check = (of: Partial<Recipe>, more: Partial<Parameters<typeof checkRecipe>[1]> = {}) =>
  checkRecipe(
    { ...recipe, ...of },
    { sources: { data: sources.data! }, directory: join(directory, 'runs'), ...more },
  );

const TEXT = { en: 'a share', zh: '占比' };
/** The recipe, whose open runs say more of themselves. */
const opened = (more: Partial<Service>): Partial<Recipe> => ({
  service: {
    ...recipe.service,
    open: async (directory) => ({ ...(await recipe.service.open(directory)), ...more }),
  },
});

describe('checkRecipe', () => {
  it('finds nothing wrong with a recipe of several sources and artifacts', async () => {
    expect(await check({}, { sources, options: { planItem: 'what' } })).toEqual([]);
    const without = await check({}, { directory: join(directory, 'again') });
    expect(without).toEqual([]);
  });

  it('takes columns and an example from the open run, where it has its own', async () => {
    const asked: unknown[] = [];
    const service: Partial<Service> = {
      example: { items: ['pears', 'apples'] },
      answerColumns: { share: TEXT },
      cells: (answer) => {
        asked.push(answer);
        return { share: (answer as { total: number }).total / 6 };
      },
    };
    expect(await check(opened(service))).toEqual([]);
    expect(asked).toEqual([{ total: 2 }, { total: 4 }]);
  });

  it.each<[string, Partial<Recipe>]>([
    ['about: no text in "zh"', { about: { en: 'Adds up.', zh: ' ' } }],
    ['cannot be typed as a command', { name: 'My Totals' }],
    ['fits: a score of 2', { fits: () => ({ score: 2, reasons: [], columns: {} }) }],
    [
      'fits: the table has no column "price"',
      {
        fits: () => ({ score: 0, reasons: [{ en: 'a', zh: '甲' }], columns: { value: 'price' } }),
      },
    ],
    ['shows a missing value', { findings: () => [{ en: 'undefined items', zh: '条目' }] }],
    [
      'a run is better than itself',
      {
        compare: async () => ({
          promote: true,
          reason: { en: 'newer', zh: '更新' },
          metrics: {},
          n: 1,
          pValue: 0,
        }),
      },
    ],
    ['is not what its schema says', { summary: z.object({ accuracy: z.number() }) }],
    ['service.example is refused', { service: { ...recipe.service, example: { items: [] } } }],
    [
      'has no "price"',
      {
        service: { ...recipe.service, columns: { price: { en: 'price', zh: '价格' } } },
      },
    ],
    [
      'is not what service.answer says',
      { service: { ...recipe.service, answer: z.object({ x: z.number() }) } },
    ],
    ['row 0 of the answer has no "p_apples"', opened({ answerColumns: { p_apples: TEXT } })],
    ['answerColumns.total: no text in "zh"', opened({ answerColumns: { total: { en: 'sum', zh: '' } } })],
    ["the run's example is refused", opened({ example: { items: [] } })],
    ['options.scale', { options: z.strictObject({ scale: z.number().default(1) }) }],
  ])('says what is wrong: %s', async (problem, of) => {
    expect((await check(of)).join('\n')).toContain(problem);
  });

  it('notices a step that is not the same when it is done again', async () => {
    let runs = 0;
    const problems = await check({
      steps: {
        ...recipe.steps,
        deploy: async (input) => {
          const summary = await recipe.steps.deploy(input);
          return { ...summary, metrics: { ...summary.metrics, runs: ++runs } };
        },
      },
    });
    expect(problems.join()).toContain('a run that was broken off and went on has another summary');
  });

  it('says that a run failed, and why', async () => {
    const problems = await check({}, { sources: { data: sources.plan! } });
    expect(problems).toEqual([expect.stringMatching(/^a run failed: .*needs the columns/)]);
  });
});

describe('problems of values', () => {
  it('are texts of one language, holes, and what JSON loses', () => {
    expect(textProblems({ a: [{ en: 'x', zh: '甲' }, { en: 'y' }] }, 'v')).toEqual([
      'v.a.1: no text in "zh"',
    ]);
    expect(textProblems({ en: 'NaN of 3', zh: '三' }, 'v')).toHaveLength(1);
    expect(jsonProblems({ a: 1, b: undefined, c: [null] }, 'v')).toEqual([]);
    expect(jsonProblems({ a: Number.NaN }, 'v')).toHaveLength(1);
    expect(jsonProblems({ a: new Date(0) }, 'v')).toHaveLength(1);
    expect(jsonProblems(undefined, 'v')).toHaveLength(1);
  });

  it('are options without words in both languages, wherever these stand', () => {
    const words = { en: 'how many', zh: '数量' };
    const options = z.strictObject({
      inner: z.int().meta(words).default(3),
      outer: z.int().default(3).meta(words),
      none: z.int().default(3).describe('how many'),
    });
    expect(optionProblems(options)).toEqual(['options.none: no meta({ en, zh })']);
  });
});
