import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manualPages } from './manual.ts';

it('the reference pages of the manual are current (else: npm run generate)', async () => {
  for (const [path, page] of await manualPages()) expect(readFileSync(path, 'utf8'), path).toBe(page);
});
