import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { customersCsv } from './generate.ts';

it('the committed customers are what the generator writes', () => {
  expect(readFileSync(new URL('customers.csv', import.meta.url), 'utf8')).toBe(customersCsv());
});
