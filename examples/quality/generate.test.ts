import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { voiceCsv } from './generate.ts';

it('the committed log is what the generator writes', () => {
  expect(readFileSync(new URL('voice.csv', import.meta.url), 'utf8')).toBe(voiceCsv());
});
