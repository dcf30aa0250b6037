import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Review } from '../review.ts';
import type { Point } from './points.ts';
import { groupColumns, segmentContrasts } from './segment-contrasts.ts';

const N = 600;
const GROUPS = ['shoes', 'coats', 'bags'];

/** One review in ten complains; of shoes, three in ten. */
function planted(seed: number, isShuffled: boolean) {
  const random = new Random(`segments ${seed}`);
  const groups = Array.from({ length: N }, (_, i) => GROUPS[i % 3]!);
  const complains = groups.map((group) => random.uniform() < (group === 'shoes' ? 0.3 : 0.1));
  if (isShuffled) random.shuffle(groups);
  const reviews = groups.map(
    (group, i): Review => ({
      row: i + 1,
      text: 'x',
      label: complains[i] ? 0 : 1,
      segments: { category: group },
    }),
  );
  const clauses = complains.flatMap((one, i) => (one ? [i] : []));
  const point = {
    id: 'size.too-small',
    theme: 'size',
    isSpecific: true,
    kind: 'complaint',
    count: clauses.length,
    clauses,
  } as unknown as Point;
  return segmentContrasts(
    reviews,
    [{ ...point, sentence: { en: 'Too small', zh: '太小' } }],
    [...reviews.keys()],
  );
}

describe('groups of reviews', () => {
  it('with more of a complaint are told, and which', () => {
    const found = planted(1, false);
    expect(found.map(({ value, point }) => `${value} ${point}`).sort()).toEqual([
      'shoes null',
      'shoes size.too-small',
    ]);
    expect(found[0]!.share).toBeGreaterThan(2 * found[0]!.elsewhere);
  });

  it('that stand in two columns are told once', () => {
    const reviews = Array.from({ length: 200 }, (_, i): Review => {
      const group = i % 2 === 0 ? 'dresses' : 'shoes';
      return {
        row: i + 1,
        text: 'x',
        label: i % 8 === 0 ? 0 : 1,
        segments: { class: group, department: group },
      };
    });
    expect(segmentContrasts(reviews, [], []).map(({ value }) => value)).toEqual(['dresses']);
  });

  it('by a column that is the verdict in other words are none', () => {
    const reviews = Array.from({ length: 200 }, (_, i): Review => {
      const label = i % 4 === 0 ? 0 : 1;
      return {
        row: i + 1,
        text: 'x',
        label,
        segments: { recommended: label === 0 ? 'no' : 'yes', plan: i % 3 === 0 ? 'free' : 'paid' },
      };
    });
    expect(groupColumns(reviews)).toEqual(['plan']);
    expect(segmentContrasts(reviews, [], [])).toEqual([]);
  });

  it('that mean nothing are seldom told', () => {
    const false_ = Array.from({ length: 40 }, (_, seed) => planted(seed, true).length > 0);
    expect(false_.filter(Boolean).length).toBeLessThanOrEqual(6);
  });
});
