/** Word vectors group words that occur alike. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import { wordVectors } from './word-vectors.ts';

it('words that keep the same company get near vectors', () => {
  const random = new Random(1);
  const [animals, cars] = [
    ['cat', 'dog', 'cow'],
    ['bus', 'van', 'taxi'],
  ];
  const documents = Array.from({ length: 400 }, (_, i) => {
    const [subjects, verbs] =
      i % 2 ? [animals, ['eats', 'sleeps', 'runs']] : [cars, ['drives', 'parks', 'honks']];
    return ['the', subjects[random.below(3)]!, verbs[random.below(3)]!];
  });
  const words = [...animals, ...cars, 'eats', 'sleeps', 'runs', 'drives', 'parks', 'honks', 'the', 'unseen'];
  const { vectors, dimensions } = wordVectors(documents, words, { dimensions: 4, random });
  const cosine = (a: string, b: string) => {
    const [x, y] = [words.indexOf(a) * dimensions, words.indexOf(b) * dimensions];
    return Array.from({ length: dimensions }, (_, j) => vectors[x + j]! * vectors[y + j]!).reduce(
      (p, q) => p + q,
    );
  };
  expect(cosine('cat', 'dog')).toBeGreaterThan(0.9);
  expect(cosine('bus', 'taxi')).toBeGreaterThan(0.9);
  expect(cosine('cat', 'bus')).toBeLessThan(0.3);
  expect(cosine('unseen', 'unseen')).toBe(0);
});
