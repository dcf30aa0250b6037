import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { ClauseSentiment } from '../clause-sentiment/posterior.ts';
import { clausesOf } from '../clauses.ts';
import { kindOfFile } from '../needs/file-kind.ts';
import { findThemes } from '../needs/find-themes.ts';
import type { Clause, Review } from '../review.ts';
import { analyseDemand } from './analyse.ts';

const COMPLAINTS = [
  'The lid leaks after a month.',
  '盖子漏水。',
  'It leaks everywhere.',
  '送餐太慢了。',
  'Delivery was late.',
];
const PRAISE = ['The lid is great.', '味道好吃。', 'Delivery was quick.', 'Good taste.', '很快就送到了。'];

/** Complaints are labelled dissatisfied and praise satisfied, but for one in ten. */
async function analysed(isTold: boolean, complaints = COMPLAINTS, praise = PRAISE) {
  const random = new Random('points');
  const reviews = Array.from({ length: 400 }, (_, i): Review => {
    const isBad = i % 2 === 0;
    const texts = isBad ? complaints : praise;
    const label = random.uniform() < 0.1 ? Number(isBad) : Number(!isBad);
    return { row: i + 1, text: `${texts[random.below(texts.length)]} ${i}`, label: label as 0 | 1 };
  });
  const clauses = reviews.flatMap(({ text }, review) =>
    clausesOf(text).map((clause): Clause => ({ review, text: clause })),
  );
  const { model, themeOf, statements } = findThemes(reviews, clauses, { kind: kindOfFile(reviews), random });
  const clauseSentiment = clauses.map(
    ({ review }): ClauseSentiment =>
      review % 2 === 0 ? { polarity: 'negative', satisfied: 0.1 } : { polarity: 'positive', satisfied: 0.9 },
  );
  const input = { reviews, clauses, themeOf, themes: model.clusters, statements };
  return {
    reviews,
    analysis: await analyseDemand(
      isTold ? { ...input, clauseSentiment, reviewSatisfaction: reviews.map(({ label }) => label!) } : input,
      new Random(1),
    ),
  };
}

describe('points', async () => {
  const { analysis, reviews } = await analysed(true);

  it('say one thing in both languages and count the reviews that say it', () => {
    const leaks = analysis.points.find(({ id }) => id === 'leak.leaks')!;
    expect(leaks.sentence).toEqual({ en: 'It leaks', zh: '会漏' });
    const saying = reviews.filter(({ text }) => /leaks|漏水/u.test(text)).length;
    expect(leaks.count).toBe(saying);
    expect(leaks.dissatisfied!.value).toBeGreaterThan(0.8);
    expect(leaks.isClear).toBe(true);
  });

  it('are what actions answer: each says what to do, and only complaints stand under it', () => {
    expect(analysis.actions.map(({ point }) => point).sort()).toEqual(['delivery.slow', 'leak.leaks']);
    for (const { title, evidence } of analysis.actions) {
      expect(title.en).toMatch(/^(?:Seal it better|Speed up delivery): /);
      expect(title.zh).toMatch(/^(?:改进密封|加快配送)：/);
      for (const { row } of evidence) expect((row - 1) % 2).toBe(0);
    }
  });

  it('that name no fault are answered last, and not at all beside one of the same need that does', async () => {
    const bad = [
      'The acting is bad.',
      'The acting is bad.',
      'The directing is bad.',
      'The acting is wooden.',
    ];
    const good = ['The acting is great.', 'A great script.', 'The directing is superb.'];
    const { actions } = (await analysed(true, bad, good)).analysis;
    expect(actions.map(({ point }) => point)).toEqual(['acting.miscast', 'directing.bad']);
  });

  it('blame the need that a clause names, where its blame may be of anything', async () => {
    const bad = [
      'The acting in a film that everybody had heard so very much about is terrible.',
      'The directing is bad.',
    ];
    const { points } = (await analysed(true, bad, ['The acting is great.', 'A great script.'])).analysis;
    expect(points.find(({ id }) => id === 'acting.otherwise')!.count).toBeGreaterThan(50);
  });

  it('stand without a sentiment model too, but nothing is proposed then', async () => {
    const untold = (await analysed(false)).analysis;
    expect(untold.points.map(({ id }) => id)).toContain('leak.leaks');
    expect(untold.actions).toEqual([]);
  });

  it('take no word that may blame for blame beside praise of the same', async () => {
    const told = async (text: string) => {
      const reviews = Array.from({ length: 20 }, (_, i): Review => ({ row: i + 1, text, label: 0 }));
      const clauses = reviews.flatMap(({ text }, review) =>
        clausesOf(text).map((clause): Clause => ({ review, text: clause })),
      );
      const { model, themeOf, statements } = findThemes(reviews, clauses, {
        kind: kindOfFile(reviews),
        random: new Random(0),
      });
      const input = { reviews, clauses, themeOf, themes: model.clusters, statements };
      return (await analyseDemand(input, new Random(1))).points
        .filter(({ kind }) => kind === 'complaint')
        .map(({ id }) => id);
    };
    expect(await told('The parcel came to us, it took two days.')).toContain('delivery.slow');
    expect(await told('Delivery was quick, it took two days.')).not.toContain('delivery.slow');
  });

  it('take no word that may blame for blame where labels have nothing to do with what is written', async () => {
    const texts = ['Pairing with the app took a minute.', 'The battery lasts two full days.'];
    const reviews = Array.from(
      { length: 80 },
      (_, i): Review => ({ row: i + 1, text: `${texts[i % 2]}`, label: (Math.floor(i / 2) % 2) as 0 | 1 }),
    );
    const clauses = reviews.map(({ text }, review): Clause => ({ review, text }));
    const { model, themeOf, statements } = findThemes(reviews, clauses, {
      kind: kindOfFile(reviews),
      random: new Random(0),
    });
    const input = { reviews, clauses, themeOf, themes: model.clusters, statements, isUnproven: true };
    const { points } = await analyseDemand(input, new Random(1));
    expect(points.filter(({ kind }) => kind === 'complaint')).toEqual([]);
  });
});
