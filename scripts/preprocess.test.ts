import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { preprocessProgram } from './preprocess.ts';

it('the program that reads tables without Gradus is made of its sources (else: npm run generate), and imports files alone', async () => {
  const { path, source } = await preprocessProgram();
  expect(readFileSync(path, 'utf8')).toBe(source);
  expect(source.match(/^import .*$/gm)).toEqual(['import { readFileSync } from "node:fs";']);
});
