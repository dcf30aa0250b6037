import { Random } from '@gradus/base';
import { evaluateClassifier } from '@gradus/tasks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Review } from '../review.ts';
import { evidenceOf } from './evidence.ts';
import { fitIndicators, regressIndicators } from './indicator-regression.ts';
import { mentionsByTheme } from './mentions.ts';
import { polarityOf } from './polarity.ts';
import { timelineOf } from './timeline.ts';

describe('regression on indicators', () => {
  // numpy: X = [1, a, b]; beta = inv(X'X) X'y; HC3 = inv(X'X) X' diag((e/(1-h))²) X inv(X'X)
  const rows = [[0], [1], [0, 1], [], [0], [1], [], [0, 1], [0], []].map((row) => Int32Array.from(row));
  const y = [2, 4, 1, 3, 2.5, 4.5, 3.5, 2, 1, 5];
  const design = { rows, y, columns: 2 };

  test('agrees with NumPy’s least squares and HC3 errors', () => {
    const [a, b] = regressIndicators(design);
    expect(a!.value).toBeCloseTo(-2.3, 5);
    expect(a!.error).toBeCloseTo(0.5799296525250649, 5);
    expect(b!.value).toBeCloseTo(0.0416666666666663, 5);
    expect(b!.error).toBeCloseTo(0.5491454193921342, 5);
    expect(a!.freedom).toBe(7);
  });

  test('a weight of two is the row given twice', () => {
    const twice = fitIndicators({ rows: [...rows, rows[2]!], y: [...y, y[2]!], columns: 2 });
    const weights = y.map((_, i) => (i === 2 ? 2 : 1));
    expect(Array.from(fitIndicators(design, weights))).toEqual(
      Array.from(twice, (v) => expect.closeTo(v, 9)),
    );
  });

  test('indicators that always go together share the effect instead of breaking the fit', () => {
    const same = { rows: rows.map((row) => (row.length ? Int32Array.from([0, 1]) : row)), y, columns: 2 };
    const [a, b] = fitIndicators(same);
    expect(Number.isFinite(a) && Number.isFinite(b)).toBe(true);
  });
});

describe('the timeline', () => {
  const at = (...times: number[]): Review[] => times.map((time, i) => ({ row: i + 1, text: '', time }));
  const spread = (n: number, days: number) =>
    at(...Array.from({ length: n }, (_, i) => Date.UTC(2024, 0, 3) + (i / n) * days * 86_400_000));

  test.each([
    [1000, 100, 'week'],
    [1000, 365, 'month'],
    [300, 365, 'month'],
    [100, 300, 'month'],
    [400, 1400, 'quarter'],
  ] as const)('%d reviews over %d days go by %s', (n, days, period) => {
    const timeline = timelineOf(spread(n, days))!;
    expect(timeline.period).toBe(period);
    expect(timeline.reviews.reduce((a, b) => a + b)).toBe(n);
  });

  test('weeks start on Monday, months on the first, in UTC', () => {
    expect(new Date(timelineOf(spread(1000, 100))!.starts[0]!).toISOString()).toBe(
      '2024-01-01T00:00:00.000Z',
    );
    expect(new Date(timelineOf(spread(1000, 900))!.starts[0]!).toISOString()).toBe(
      '2024-01-01T00:00:00.000Z',
    );
  });

  test('too few dates or too short a time give none', () => {
    expect(timelineOf(spread(40, 365))).toBeNull();
    expect(timelineOf(spread(1000, 3))).toBeNull();
    expect(timelineOf([])).toBeNull();
    expect(timelineOf(at(...Array(100).fill(0)))).toBeNull();
  });

  test('a placeholder date does not stretch time; it is counted as outside', () => {
    const timeline = timelineOf([...spread(500, 300), ...at(0, Date.UTC(2099, 0, 1))])!;
    expect(timeline.outside).toBe(2);
    expect(timeline.starts.length).toBeLessThan(45);
    expect(Array.from(timeline.periodOf.slice(-2))).toEqual([-1, -1]);
  });
});

test('a mention is as satisfied as its clauses that say so; neutral ones say nothing', () => {
  const clauses = [0, 0, 0, 1].map((review) => ({ review, text: 'the soup' }));
  const [mentions] = mentionsByTheme({
    reviews: [
      { row: 1, text: '' },
      { row: 2, text: '' },
    ],
    clauses,
    themeOf: [0, 0, 0, 0],
    themes: [{ id: 'a', name: 'soup', terms: [], exemplars: [] }],
    clauseSentiment: [
      { polarity: 'negative', satisfied: 0.1 },
      { polarity: 'neutral', satisfied: 0.6 },
      { polarity: 'positive', satisfied: 0.7 },
      { polarity: 'neutral', satisfied: 0.4 },
    ],
  });
  expect(mentions).toEqual([
    { review: 0, clauses: [0, 1, 2], satisfaction: expect.closeTo(0.4, 9) },
    { review: 1, clauses: [3] },
  ]);
});

describe('evidence', () => {
  test('whatever is written, quotes are short beginnings of clauses, at most five, one a row', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 400 }), { maxLength: 30 }), (texts) => {
        const quotes = evidenceOf(
          0,
          texts.map((_, review) => ({ review, clauses: [review] })),
          null,
          {
            reviews: texts.map((text, i) => ({ row: i + 1, text })),
            clauses: texts.map((text, review) => ({ review, text })),
            themeOf: texts.map(() => 0),
            themes: [{ id: 'a', name: 'a', terms: ['a'], exemplars: [] }],
          },
        );
        expect(quotes.length).toBeLessThanOrEqual(5);
        for (const { row, text } of quotes) {
          expect(texts[row - 1]!.trim().startsWith(text)).toBe(true);
          expect(Array.from(text).length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });

  test('copies of one review are quoted once', () => {
    const texts = [...Array(20).fill('the delivery was late again'), 'rider came two hours after the order'];
    const quotes = evidenceOf(
      0,
      texts.map((_, review) => ({ review, clauses: [review] })),
      null,
      {
        reviews: texts.map((text, i) => ({ row: i + 1, text })),
        clauses: texts.map((text, review) => ({ review, text })),
        themeOf: texts.map(() => 0),
        themes: [{ id: 'a', name: 'late', terms: ['late'], exemplars: [0, 1, 2] }],
      },
    );
    expect(quotes.map(({ text }) => text)).toEqual([texts[0], texts[20]]);
  });
});

describe('the sentiment model is judged on held-out rows beside its baselines', () => {
  const random = new Random(9);
  const labels = Array.from({ length: 400 }, () => (random.uniform() < 0.4 ? 1 : 0));
  const noisy = (right: number) =>
    labels.map((label) => (random.uniform() < right ? label : 1 - label) * 0.6 + 0.2);
  const majority = labels.map(() => 0.4);

  test('a better model beats them, with its p-value; a like one does not', () => {
    const good = { labels, probabilities: noisy(0.95), temperature: 1.3, trainedOn: 1600 };
    const words = noisy(0.8);
    const better = evaluateClassifier(
      { ...good, baselines: { majority, tfidfLogistic: words } },
      new Random(1),
    );
    expect(better.bestBaseline).toBe('tfidfLogistic');
    expect(better.beatsBaseline).toBe(true);
    expect(better.pValue).toBeLessThan(0.001);
    expect(better.accuracy.interval[0]).toBeLessThan(0.95);
    expect(better.macroF1.interval[0]).toBeLessThan(better.macroF1.value);
    expect(better.baselines.majority!.auc!.value).toBe(0.5);
    expect(better.confusion.flat().reduce((a, b) => a + b)).toBe(400);
    const same = evaluateClassifier({ ...good, baselines: { same: good.probabilities } }, new Random(1));
    expect([same.beatsBaseline, same.pValue]).toEqual([false, 1]);
  });

  test('one class only: no AUC, no crash', () => {
    const one = { labels: [1, 1, 1], probabilities: [0.9, 0.8, 0.4], temperature: 1, trainedOn: 9 };
    const found = evaluateClassifier({ ...one, baselines: { majority: [1, 1, 1] } }, new Random(1));
    expect(found.auc).toBeNull();
    expect(found.beatsBaseline).toBe(false);
  });
});

test('no problem is claimed of what the file’s own labels call satisfied, nor a strength of the reverse', () => {
  const low = { value: 0.2, interval: [0.1, 0.3] } as const;
  const high = { value: 0.9, interval: [0.8, 0.95] } as const;
  expect(polarityOf(low, 0.9, 0.5)).toBe('problem');
  expect(polarityOf(low, 0.9, 0.5, { mentioning: high, all: 0.4 })).toBe('mixed');
  expect(polarityOf(low, 0.9, 0.5, { mentioning: low, all: 0.4 })).toBe('problem');
  expect(polarityOf(high, 0.1, 0.5)).toBe('strength');
  expect(polarityOf(high, 0.1, 0.5, { mentioning: low, all: 0.4 })).toBe('mixed');
  expect(polarityOf(high, 0.1, 0.5, { mentioning: high, all: 0.4 })).toBe('strength');
});
