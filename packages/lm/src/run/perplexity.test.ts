/** Perplexity is that of lm-eval's rolling windows, computed in PyTorch (make.py). */
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { load } from '../model/load.ts';
import { goldenTensors } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { lossOfTokens, perplexity } from './perplexity.ts';
import { MOST_GROWTH, measureRounding } from './rounding.ts';

it.each([5, 32])('in windows of %i tokens', async (window) => {
  const { ids, [`loss${window}`]: expected } = goldenTensors('rolling');
  const model = { ...openedGolden('llama'), end: [2] };
  const tokens = Array.from(ids!.data as BigInt64Array, Number);
  const { loss } = await lossOfTokens(model, tokens, { window, threads: 1 });
  model.weights.close();
  expect(loss).toBeCloseTo((expected!.data as Float64Array)[0]!, 3);
});

it('tells what rounding costs a text, and allows it by that alone', async () => {
  const folder = tinyModel();
  const model = await load(folder);
  const text = 'a text of some words that is read. '.repeat(20);
  const found = await measureRounding(model, text, { threads: 1 });
  const [exact, rounded] = [
    await perplexity(model, text, { bits: 4, threads: 1 }),
    await perplexity(model, text, { bits: 4, rounds: true, threads: 1 }),
  ];
  model.close();
  rmSync(folder, { recursive: true });
  expect([found.exact, found.rounded]).toEqual([exact.perplexity, rounded.perplexity]);
  expect(found.rounded).not.toBe(found.exact);
  expect(found.allowed).toBe(found.growth <= MOST_GROWTH);
});
