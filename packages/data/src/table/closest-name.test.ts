import { expect, test } from 'vitest';
import { closestName } from './closest-name.ts';

test.each([
  ['the same in another case', 'Plan', ['seats', 'plan'], 'plan'],
  ['letters that changed places', 'paln', ['seats', 'plan'], 'plan'],
  ['a letter more, a letter less', 'seat', ['seats', 'plan'], 'seats'],
  ['another word', 'country', ['seats', 'plan'], undefined],
  ['another letter, which is another name', 'x', ['y', 'z'], undefined],
])('the closest name: %s', (_, wish, names, closest) => {
  expect(closestName(wish, names)).toBe(closest);
});
