import { expect, it } from 'vitest';
import { unnamedNeeds } from './unnamed-needs.ts';

/** Twenty clauses on each need and twenty on the whole, and clauses of which nothing is known. */
const TEMPLATES = {
  delivery: (i: number) => `the courier came ${i} minutes late with it, it had to be carried up`,
  taste: (i: number) => `cup ${i} tasted of water, had lost its fizz and all gone flat`,
  whole: (i: number) => `number ${i} was bad, a poor thing all in all`,
};
const clauses = Object.entries(TEMPLATES).flatMap(([id, text]) =>
  Array.from({ length: 20 }, (_, i) => ({ id, text: text(i) })),
);
const told = (...texts: string[]) =>
  unnamedNeeds(
    [...clauses.map(({ text }) => text), ...texts],
    [...clauses.map(({ id }) => id), ...texts.map(() => null)],
  ).slice(clauses.length);

it('clauses that name no need are told by the words that stand beside named ones', () => {
  expect(told('it had all gone flat', 'had to be carried up')).toEqual(['taste', 'delivery']);
});

it('what is said of the whole or in words that stand nowhere else is of no need', () => {
  expect(told('a poor thing all in all', 'xyzzy')).toEqual([null, null]);
});

it('known clauses are left as they are, and few teach nothing', () => {
  expect(unnamedNeeds(['late courier', 'courier'], ['delivery', null])).toEqual([null, null]);
});
