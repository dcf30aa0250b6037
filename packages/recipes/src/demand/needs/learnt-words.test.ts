import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { learnNeeds } from './learn-needs.ts';
import { readAll, resolver } from './need-model.ts';
import { readClause } from './read-clause.ts';

const BAD = ['the fabric feels clammy', 'clammy material', '面料有点毛刺'];
const GOOD = ['the fabric is navy', 'navy material', '面料是藏青'];

function learnt(labelOf: (isBad: boolean, random: Random) => 0 | 1) {
  const random = new Random('learnt words');
  const reviews = Array.from({ length: 240 }, (_, i) => {
    const isBad = i % 2 === 0;
    const text = (isBad ? BAD : GOOD)[random.below(3)]!;
    return { text, label: labelOf(isBad, random) };
  });
  const readings = readAll(
    reviews.map(({ text }) => text),
    (i) => (/\p{Script=Han}/u.test(reviews[i]!.text) ? 'zh' : 'en'),
    'things',
  );
  return learnNeeds(
    { isOfWorks: false, isSold: false },
    readings,
    [...reviews.keys()],
    reviews.map(({ label }) => label),
  );
}

describe('words of blame that no lexicon has', () => {
  const model = learnt((isBad) => (isBad ? 0 : 1));

  it('are learnt from the labels of the reviews that use them', () => {
    expect(model.blame).toContain('clammy');
    expect(model.blame).toContain('毛刺');
    expect(model.blame).not.toContain('navy');
  });

  it('are none where labels have nothing to do with them', () => {
    expect(learnt((_, random) => random.below(2) as 0 | 1).blame).toEqual([]);
  });

  it('blame a need that the clause names, unless they are negated', () => {
    const said = (text: string) =>
      resolver(model)(readClause(text, 'en')).said.map(
        ({ about, judgement }) => `${about.id} ${judgement.id}`,
      );
    expect(said('the lining is clammy')).toEqual(['material word-clammy']);
    expect(said('the lining is not clammy')).toEqual([]);
    expect(said('clammy')).toEqual([]);
  });
});
