import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { clausesOf } from '../clauses.ts';
import { kindOfFile } from '../needs/file-kind.ts';
import { findThemes } from '../needs/find-themes.ts';
import type { Clause, Review } from '../review.ts';
import { analyseDemand } from './analyse.ts';

/** Leaks that show after months and get things thrown away, slow deliveries, and praise. */
const TEXTS = [
  'The lid leaks after two months.',
  'The lid leaks after a month, straight into the bin with it.',
  '盖子用了一个月就漏水。',
  'Delivery was slow.',
  '送餐太慢了。',
  'Delivery was slow, and I waited.',
  'Great taste.',
  '味道好吃。',
  'The lid is great.',
];

async function analysed() {
  const reviews = Array.from({ length: 360 }, (_, i): Review => {
    const text = TEXTS[i % TEXTS.length]!;
    return { row: i + 1, text, label: /leaks|漏水|slow|慢/u.test(text) ? 0 : 1 };
  });
  const clauses = reviews.flatMap(({ text }, review) =>
    clausesOf(text).map((clause): Clause => ({ review, text: clause })),
  );
  const { model, themeOf, statements } = findThemes(reviews, clauses, {
    kind: kindOfFile(reviews),
    random: new Random(0),
  });
  const clauseSentiment = clauses.map(({ review }) =>
    reviews[review]!.label === 1
      ? ({ polarity: 'positive', satisfied: 0.9 } as const)
      : ({ polarity: 'negative', satisfied: 0.1 } as const),
  );
  return analyseDemand(
    {
      reviews,
      clauses,
      themeOf,
      themes: model.clusters,
      statements,
      clauseSentiment,
      reviewSatisfaction: reviews.map(({ label }) => label!),
    },
    new Random(1),
  );
}

describe('what follows from a complaint', async () => {
  const { points, actions } = await analysed();

  it('stands in its title, in both languages', () => {
    const { title } = actions.find(({ point }) => point === 'leak.leaks')!;
    expect(title.en).toBe('Seal it better: it leaks, often after months');
    expect(title.zh).toMatch(/，常在几个月后$/u);
  });

  it('is none where the other complaints have it as often', () => {
    expect(points.find(({ id }) => id === 'delivery.slow')!.consequence).toBeNull();
  });
});
