import { Random } from '@gradus/base';
import { beforeAll, describe, expect, test } from 'vitest';
import { analyseDemand } from './analyse.ts';
import type { DemandAnalysis, ThemeFindings } from './findings.ts';
import type { AnalysisInput } from './input.ts';
import { madeUpReviews, type PlantedTheme } from './testing/made-up-reviews.ts';

const PLANTED: readonly PlantedTheme[] = [
  { name: 'delivery', share: [0.2, 0.2], dissatisfied: 0.8, costs: 1.2, earns: 0.2 },
  { name: 'battery', share: [0.02, 0.12], dissatisfied: 0.7, costs: 1 },
  { name: 'crash', share: [0.15, 0.15], from: 0.6, dissatisfied: 0.95, costs: 1.4 },
  { name: 'taste', share: [0.3, 0.3], dissatisfied: 0.1, earns: 0.6 },
  { name: 'price', share: [0.2, 0.08], dissatisfied: 0.5 },
  { name: 'lid', share: [0.06, 0.06], dissatisfied: 0.9, costs: 0.7, product: ['B', 3] },
  { name: 'bad', share: [0.2, 0.2], dissatisfied: 0.9, costs: 0.8, general: true },
  { name: 'rare', share: [0.003, 0.003], dissatisfied: 0.9, costs: 1 },
];
const SHOP = { reviews: 2000, seed: 3, products: ['A', 'B', 'C'], themes: PLANTED };

function named(analysis: DemandAnalysis, name: string): ThemeFindings {
  return analysis.themes.find((theme) => theme.name === name)!;
}

describe('what was planted is found', () => {
  let input: AnalysisInput;
  let found: DemandAnalysis;
  beforeAll(async () => {
    input = madeUpReviews(SHOP);
    found = await analyseDemand(input, new Random(1));
  });

  test('a review counts once for a theme, however often it speaks of it', () => {
    const reviews = new Set<number>();
    input.clauses.forEach(({ review }, clause) => {
      if (input.themeOf[clause] === 0) reviews.add(review);
    });
    const delivery = named(found, 'delivery');
    expect(delivery.count).toBe(reviews.size);
    expect(delivery.share.value).toBe(reviews.size / 2000);
    expect(delivery.share.interval[0]).toBeLessThan(0.2);
    expect(delivery.share.interval[1]).toBeGreaterThan(0.2);
  });

  test('problems, strengths and what is neither', () => {
    const polarity = (name: string) => named(found, name).polarity;
    expect(['delivery', 'battery', 'crash', 'lid'].map(polarity)).toEqual(Array(4).fill('problem'));
    expect(polarity('taste')).toBe('strength');
    expect(polarity('price')).toBe('mixed');
  });

  test('trends', () => {
    const direction = (name: string) => named(found, name).trend?.direction;
    expect(direction('battery')).toBe('growing');
    expect(direction('crash')).toBe('new');
    expect(direction('price')).toBe('shrinking');
    expect(direction('taste')).toBe('stable');
    expect(direction('rare')).toBe('unclear');
    const { value, interval } = named(found, 'battery').trend!.perMonth;
    expect(value).toBeCloseTo(0.1 / 12, 2);
    expect(interval[0]).toBeLessThan(0.1 / 12);
    expect(interval[1]).toBeGreaterThan(0.1 / 12);
  });

  test('what a complaint costs, other themes being equal', () => {
    for (const [name, cost] of [
      ['delivery', -1.2],
      ['battery', -1],
      ['crash', -1.4],
    ] as const) {
      const effect = named(found, name).effects.dissatisfied!;
      expect(effect.clear).toBe(true);
      expect(Math.abs(effect.value - cost)).toBeLessThan(0.3); // stars are rounded and end at 1 and 5
      expect(effect.interval[1]).toBeLessThan(0);
    }
    expect(named(found, 'taste').effects.satisfied!.value).toBeCloseTo(0.6, 0);
    expect(named(found, 'price').effects.dissatisfied!.clear).toBe(false);
  });

  test('which product has it', () => {
    const lid = named(found, 'lid').products.find(({ product }) => product === 'B')!;
    expect(lid.mentioned).toBe('more');
    expect(found.actions.find(({ name }) => name === 'lid')!.products).toEqual(['B']);
  });

  test('opportunity lies on its scales, with general themes left out', () => {
    for (const { opportunity } of found.themes) {
      if (!opportunity) continue;
      const { value, interval, importance, satisfaction } = opportunity;
      expect(value).toBeCloseTo(importance + Math.max(importance - satisfaction, 0), 12);
      expect(importance).toBeLessThanOrEqual(10);
      expect(satisfaction).toBeLessThanOrEqual(10);
      expect(interval[0]).toBeLessThanOrEqual(value);
      expect(interval[1]).toBeGreaterThanOrEqual(value);
    }
    expect(named(found, 'bad').opportunity).toBeNull();
    expect(named(found, 'rare').opportunity).toBeNull();
    expect(named(found, 'delivery').opportunity!.value).toBeGreaterThan(
      named(found, 'price').opportunity!.value,
    );
  });

  test('actions: the worst first, each with rows behind it; strengths apart; nothing general, nothing thin', () => {
    expect(found.actions.map(({ name }) => name).slice(0, 2)).toEqual(['delivery', 'crash']);
    expect(found.actions.map(({ name }) => name).sort()).toEqual(['battery', 'crash', 'delivery', 'lid']);
    expect(found.protect.map(({ name }) => name)).toEqual(['taste']);
    for (const action of found.actions) {
      expect(action.evidence.length).toBeGreaterThanOrEqual(3);
      // Whatever the theme's polarity, what is cited for fixing it complains.
      for (const { row, text } of action.evidence) {
        const clause = input.clauses.findIndex(
          (of) => input.reviews[of.review]!.row === row && of.text.startsWith(text),
        );
        expect(input.clauseSentiment![clause]!.polarity).toBe('negative');
      }
      expect(action.expected!.interval[0]).toBeGreaterThan(0);
    }
  });

  test('evidence is verbatim, of the theme’s polarity, one quote a review', () => {
    for (const theme of found.themes) {
      const rows = theme.evidence.map(({ row }) => row);
      expect(new Set(rows).size).toBe(rows.length);
      for (const { row, text } of theme.evidence) {
        expect(input.reviews[row - 1]!.text).toContain(text);
        const clause = input.clauses.findIndex((c) => c.review === row - 1 && c.text === text);
        if (theme.polarity === 'problem') expect(input.clauseSentiment![clause]!.polarity).toBe('negative');
        if (theme.polarity === 'strength') expect(input.clauseSentiment![clause]!.polarity).toBe('positive');
      }
    }
  });

  test('the same input and seed give the same findings, which survive JSON', async () => {
    expect(await analyseDemand(madeUpReviews(SHOP), new Random(1))).toEqual(found);
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });
});

test('where nothing is, nearly nothing is claimed', async () => {
  const themes = Array.from({ length: 20 }, (_, i) => {
    const share = 0.02 + 0.01 * i;
    return { name: `w${i}`, share: [share, share] as const, dissatisfied: 0.5 };
  });
  const claims = { trend: 0, product: 0, effect: 0, action: 0 };
  const files = 60;
  for (let seed = 0; seed < files; seed++) {
    const input = madeUpReviews({ reviews: 500, seed, themes, products: ['A', 'B', 'C'] });
    const found = await analyseDemand(input, new Random(seed));
    const directions = found.themes.map(({ trend }) => trend!.direction);
    if (directions.some((d) => d === 'new' || d === 'growing' || d === 'shrinking')) claims.trend++;
    if (found.themes.some(({ products }) => products.some((p) => p.mentioned))) claims.product++;
    if (found.themes.some(({ effects }) => Object.values(effects).some((e) => e?.clear))) claims.effect++;
    if (found.actions.length > 0) claims.action++;
  }
  // Each is wrong in at most about 5 files of 100: 3 of 60, and 8 would come up once in a hundred tries.
  for (const count of Object.values(claims)) expect(count).toBeLessThanOrEqual(8);
});

describe('thin or partial files', () => {
  test('a handful of reviews: shares with wide intervals, warnings, no claims', async () => {
    const found = await analyseDemand(
      madeUpReviews({ reviews: 12, seed: 1, themes: PLANTED }),
      new Random(1),
    );
    expect(found.actions).toEqual([]);
    expect(found.timeline).toBeNull();
    expect(found.themes.every(({ effects, opportunity }) => !effects.mention && !opportunity)).toBe(true);
    expect(found.warnings.map(({ id }) => id)).toContain('small-sample');
  });

  test('no labels: themes and trends, all that needs sentiment is null, and what labels would add is said', async () => {
    const found = await analyseDemand(
      madeUpReviews({ reviews: 2000, seed: 3, themes: PLANTED, outcome: 'none' }),
      new Random(1),
    );
    const battery = named(found, 'battery');
    expect(battery.trend!.direction).toBe('growing');
    expect(battery.evidence.length).toBeGreaterThanOrEqual(3);
    expect([battery.sentiment, battery.polarity, battery.severity, battery.opportunity]).toEqual(
      Array(4).fill(null),
    );
    expect(found.actions).toEqual([]);
    expect(found.warnings.find(({ id }) => id === 'no-labels')!.text.en).toMatch(/would add/);
  });

  test('labels without ratings: effects in shares of satisfied reviews', async () => {
    const found = await analyseDemand(
      madeUpReviews({ reviews: 1500, seed: 3, themes: PLANTED, outcome: 'label' }),
      new Random(1),
    );
    expect(found.outcome).toMatchObject({ source: 'label', low: 0, high: 1 });
    const { value } = named(found, 'crash').effects.dissatisfied!;
    expect(value).toBeLessThan(-0.15);
    expect(value).toBeGreaterThan(-1);
  });

  test('no dates: no trends, and a word about it', async () => {
    const found = await analyseDemand(
      madeUpReviews({ reviews: 300, seed: 3, themes: PLANTED, dates: false, products: ['only'] }),
      new Random(1),
    );
    expect(found.themes.every(({ trend }) => trend === null)).toBe(true);
    expect(found.warnings.map(({ id }) => id)).toEqual(expect.arrayContaining(['no-trends', 'one-product']));
  });

  test('nothing at all is still an answer', async () => {
    const found = await analyseDemand({ reviews: [], clauses: [], themeOf: [], themes: [] }, new Random(1));
    expect(found.themes).toEqual([]);
    expect(JSON.stringify(found)).not.toContain('NaN');
  });

  test('stops when asked to', async () => {
    const stop = new AbortController();
    const input = madeUpReviews({ reviews: 500, seed: 5, themes: PLANTED });
    const onProgress = () => stop.abort(new Error('enough'));
    const { signal } = stop;
    await expect(analyseDemand(input, new Random(1), { signal, onProgress })).rejects.toThrow('enough');
  });

  test('what people write is carried, not interpreted', async () => {
    const input = madeUpReviews({
      reviews: 200,
      seed: 5,
      themes: [{ ...PLANTED[0]!, name: '<script>$&__proto__' }],
    });
    const found = await analyseDemand(input, new Random(1));
    expect(found.themes[0]!.name).toBe('<script>$&__proto__');
    expect(found.themes[0]!.evidence[0]!.text).toMatch(/^<script>\$&__proto__ /);
  });

  test('clauses that point nowhere are a mistake of the caller, said plainly', () => {
    const clauses = [{ review: 7, text: 'x' }];
    return expect(
      analyseDemand({ reviews: [], clauses, themeOf: [0], themes: [] }, new Random(1)),
    ).rejects.toThrow(/Clause 0 points at review 7/);
  });
});
