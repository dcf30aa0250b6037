import { LANGUAGES, type Localized, Random } from '@gradus/base';
import { type Block, chartDrawer, parseReport, type Report, reportJson } from '@gradus/report';
import { evaluateClassifier } from '@gradus/tasks';
import { describe, expect, test } from 'vitest';
import { analyseDemand } from '../analysis/analyse.ts';
import { madeUpReviews, type Planting } from '../analysis/testing/made-up-reviews.ts';
import type { DataSummary } from './data-summary.ts';
import { demandReport } from './report.ts';
import { demandSummary } from './summarise.ts';
import { demandFindings } from './terminal.ts';

const DATA: DataSummary = {
  file: 'reviews.csv',
  rows: { read: 1510, used: 1500, setAside: 10 },
  columns: {
    text: { column: 'review', reason: { en: 'longest texts', zh: '文本最长' } },
    rating: { column: 'stars', reason: { en: 'numbers from 1 to 5', zh: '1 到 5 的数字' } },
    label: { reason: { en: 'no column of labels', zh: '没有标签列' } },
    time: { reason: { en: 'no column of dates', zh: '没有日期列' } },
    product: { reason: { en: 'no column of names', zh: '没有产品列' } },
  },
  setAside: [
    { row: 9, reason: 'a quote is not closed' },
    { row: 3, reason: { en: 'empty text', zh: '文本为空' } },
    { row: 12, reason: { en: 'empty text', zh: '文本为空' } },
  ],
  notes: [{ en: 'Encoding: UTF-8', zh: '编码：UTF-8' }],
};

const SHOP: Planting = {
  reviews: 1500,
  seed: 2,
  products: ['A', 'B'],
  themes: [
    { name: 'delivery', share: [0.2, 0.2], dissatisfied: 0.8, costs: 1.2 },
    { name: 'crash', share: [0.15, 0.15], from: 0.6, dissatisfied: 0.95, costs: 1.4 },
    { name: 'taste', share: [0.3, 0.3], dissatisfied: 0.1, earns: 0.6 },
    { name: 'lid', share: [0.06, 0.06], dissatisfied: 0.9, costs: 0.7, product: ['B', 4] },
    { name: 'fine', share: [0.2, 0.2], dissatisfied: 0.1, general: true },
  ],
};

function evaluation(right: number) {
  const random = new Random(right);
  const labels = Array.from({ length: 300 }, () => random.below(2));
  const noisy = (share: number) =>
    labels.map((label) => (random.uniform() < share ? label : 1 - label) * 0.7 + 0.15);
  return evaluateClassifier(
    {
      labels,
      probabilities: noisy(right),
      baselines: { majority: labels.map(() => 0.6), tfidfLogistic: noisy(0.8) },
      temperature: 1.4,
      trainedOn: 1200,
    },
    new Random(1),
  );
}

async function whole(planting: Planting, right: number | null) {
  const analysis = await analyseDemand(madeUpReviews(planting), new Random(1));
  const judged = right === null ? null : evaluation(right);
  return { report: demandReport(analysis, judged, DATA), summary: demandSummary(analysis, judged, DATA) };
}

const full = await whole(SHOP, 0.95);
const bare = await whole({ ...SHOP, outcome: 'none', dates: false }, null);

function blocksOf(report: Report): Block[] {
  return report.sections.flatMap((section) => section.blocks);
}

function section(report: Report, id: string): string {
  return JSON.stringify(report.sections.find((found) => found.id === id) ?? null);
}

/** Every text in two languages inside a value. */
function localized(value: unknown): Localized[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('en' in value && 'zh' in value) return [value as Localized];
  return Object.values(value).flatMap(localized);
}

describe('the report', () => {
  test('holds every part, in reading order', () => {
    expect(full.report.sections.map(({ id }) => id)).toEqual([
      'overview',
      'what-to-do',
      'strengths',
      'voices',
      'trends',
      'products',
      'themes',
      'model',
      'data',
      'definitions',
    ]);
  });

  test('says everything in both languages, without holes in its sentences', () => {
    for (const report of [full.report, bare.report]) {
      const texts = localized(report);
      expect(texts.length).toBeGreaterThan(20);
      for (const { en, zh } of texts) {
        expect(en).not.toBe('');
        expect(zh).not.toBe('');
        expect(`${en}${zh}`).not.toMatch(/undefined|NaN|null|Infinity|\[object/);
      }
    }
  });

  test('quotes rows under what to do', () => {
    const text = section(full.report, 'what-to-do');
    expect(text).toMatch(/1\. Fix “delivery”/);
    expect(text).toContain('“crash”');
    expect(text).toMatch(/"row":\d+/);
    expect(text).not.toContain('fine');
  });

  test('without labels: no actions, no model, and why', () => {
    expect(bare.report.sections.map(({ id }) => id)).toEqual([
      'overview',
      'what-to-do',
      'voices',
      'products',
      'themes',
      'data',
      'definitions',
    ]);
    expect(section(bare.report, 'overview')).toMatch(/no ratings or labels/);
    expect(section(bare.report, 'what-to-do')).toMatch(/no action is proposed/);
  });

  test('says plainly whether the model beats its baselines', async () => {
    expect(section(full.report, 'model')).toMatch(/More accurate than the best baseline, TF-IDF/);
    expect(section((await whole(SHOP, 0.8)).report, 'model')).toMatch(/Not shown to be better/);
    expect(section((await whole(SHOP, 0.6)).report, 'model')).toMatch(/Worse than the best baseline/);
  });

  test('shows the columns chosen, and the rows set aside by reason', () => {
    const text = section(full.report, 'data');
    expect(text).toContain('[{"en":"rating","zh":"评分"},"stars",{"en":"numbers from 1 to 5"');
    expect(text).toContain('[{"en":"empty text","zh":"文本为空"},"2","3, 12"]');
    expect(text).toContain('The first 3 rows set aside');
  });

  test('where sentiment tells nothing, nothing is claimed from it, and that is said first', async () => {
    const input = madeUpReviews(SHOP);
    const { clauseSentiment: _, reviewSatisfaction: __, ...rest } = input;
    const unproven = {
      id: 'unproven-sentiment',
      data: { accuracy: 0.51, majority: 0.52, n: 300, pValue: 0.8 },
    } as const;
    const analysis = await analyseDemand({ ...rest, isUnproven: true, cautions: [unproven] }, new Random(1));
    const judged = evaluation(0.5);
    const summary = demandSummary(analysis, judged, DATA);
    expect([summary.actions, summary.protect]).toEqual([[], []]);
    expect(summary.sentiment!.isClaimed).toBe(false);
    expect(summary.metrics.accuracy).toBeUndefined();
    for (const theme of summary.themes)
      expect([theme.polarity, theme.sentiment, theme.dissatisfied, theme.severity]).toEqual([
        null,
        null,
        null,
        null,
      ]);
    const report = demandReport(analysis, judged, DATA);
    expect(report.sections.map(({ id }) => id)).not.toContain('strengths');
    expect(report.lead!.en).toContain('nothing is claimed');
    expect(section(report, 'overview')).not.toContain('Sentiment model');
    expect(section(report, 'what-to-do')).toContain('larger class');
    const notes = blocksOf(report).filter((block) => block.kind === 'note');
    expect(JSON.stringify(notes[0])).toContain('always guessing the larger class (51.0%');
    const lines = demandFindings(summary).map(({ en }) => en);
    expect(lines[2]).toMatch(/^Note: The sentiment model is not shown to be better/);
    expect(lines.join(' ')).not.toMatch(/Problem|Action|Strength|dissatisfied/);
  });

  test('every chart draws, in both languages', async () => {
    const charts = blocksOf(full.report).filter((block) => block.kind === 'chart');
    expect(charts).toHaveLength(2);
    const draw = await chartDrawer();
    for (const { chart, height } of charts) {
      for (const language of LANGUAGES) {
        const svg = draw(chart, language, height);
        expect(svg).toMatch(/^<svg/);
        expect(svg).not.toContain('NaN');
      }
    }
  });

  test('hostile names stay text in charts', async () => {
    const name = '<script>alert(1)</script>{c}';
    const { report } = await whole(
      { ...SHOP, themes: SHOP.themes.map((theme) => ({ ...theme, name: theme.name + name })) },
      0.9,
    );
    const draw = await chartDrawer();
    for (const block of blocksOf(report).filter((block) => block.kind === 'chart')) {
      expect(draw(block.chart, 'en', block.height)).not.toContain('<script');
    }
  });

  test('is plain data: it comes back from JSON as it was', () => {
    for (const { report } of [full, bare]) expect(parseReport(reportJson(report))).toEqual(report);
  });
});

describe('the summary', () => {
  test('has the plain figures under their plain names, and survives JSON', () => {
    const { sentiment, themes, actions } = full.summary;
    expect(sentiment!.accuracy).toBeGreaterThan(0.9);
    expect(Object.keys(sentiment!.baselines)).toEqual(['majority', 'tfidfLogistic']);
    expect(sentiment!.baselines.majority!.accuracy).toBeLessThan(0.7);
    const delivery = themes.find(({ name }) => name === 'delivery')!;
    expect(delivery).toMatchObject({ name: 'delivery', polarity: 'problem', trend: 'stable' });
    for (const figure of ['share', 'sentiment', 'effect', 'opportunity', 'costs', 'severity'] as const) {
      expect(typeof delivery[figure]).toBe('number');
    }
    expect(delivery.evidence[0]).toEqual({
      row: expect.any(Number),
      text: expect.stringContaining('delivery'),
    });
    expect(actions[0]!.name).toBe('delivery');
    expect(JSON.parse(JSON.stringify(full.summary))).toEqual(full.summary);
  });

  test('without labels: what needs them is null', () => {
    expect(bare.summary.sentiment).toBeNull();
    expect(bare.summary.actions).toEqual([]);
    const [theme] = bare.summary.themes;
    expect([theme!.sentiment, theme!.effect, theme!.opportunity, theme!.trend]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('terminal lines', () => {
  test('a dozen lines with the figures that matter', () => {
    const lines = demandFindings(full.summary).map(({ en }) => en);
    expect(lines.length).toBeGreaterThanOrEqual(8);
    expect(lines.length).toBeLessThanOrEqual(16);
    const text = lines.join('\n');
    expect(text).toMatch(/Read 1,510 rows of reviews\.csv: 1,500 used, 10 set aside\./);
    expect(text).toMatch(/significantly better than TF-IDF \+ logistic regression/);
    expect(text).toMatch(
      /Problem “delivery”: [\d.]+% of reviews, [\d.]+% of them dissatisfied, effect of a complaint −1\.\d\d/,
    );
    expect(text).toMatch(/Strengths to protect: “taste”/);
    expect(text).toMatch(/“crash” new/);
    expect(text).toMatch(/Action 1: Fix “delivery”/);
  });

  test('without labels, themes and why there is no more', () => {
    const text = demandFindings(bare.summary)
      .map(({ en }) => en)
      .join('\n');
    expect(text).toMatch(/Theme “taste”: [\d.]+% of reviews\./);
    expect(text).toMatch(/would add/);
  });

  test('control characters from the file do not reach the terminal', () => {
    const hostile = { ...full.summary, file: 'a\u001b[31m\u202eb\n.csv' };
    for (const { en, zh } of demandFindings(hostile)) expect(en + zh).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
