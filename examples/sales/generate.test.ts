import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { salesCsv } from './generate.ts';

it('the committed sales are what the generator writes', () => {
  expect(readFileSync(new URL('sales.csv', import.meta.url), 'utf8')).toBe(salesCsv());
});
