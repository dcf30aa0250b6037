import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { reviewsCsv } from './generate.ts';

it('the committed reviews are what the generator writes', () => {
  expect(readFileSync(new URL('reviews.csv', import.meta.url), 'utf8')).toBe(reviewsCsv());
});
