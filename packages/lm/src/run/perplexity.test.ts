/** Perplexity is that of lm-eval's rolling windows, computed in PyTorch (make.py). */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { load } from '../model/load.ts';
import { goldenTensors } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { keptRounding, ROUNDING_FILE } from './kept-rounding.ts';
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

it('keeps beside the model what rounding costs, while text and weights are the same', async () => {
  const folder = tinyModel();
  const model = await load(folder);
  const place = join(folder, ROUNDING_FILE);
  const text = 'some words that are read. ';
  const first = await keptRounding(model, text, { threads: 1 });
  const kept = JSON.parse(readFileSync(place, 'utf8'));
  writeFileSync(place, JSON.stringify({ ...kept, tokens: 7 }));
  expect(await keptRounding(model, text, { threads: 1 })).toEqual({ ...first, tokens: 7 });
  expect((await keptRounding(model, `${text}more`, { threads: 1 })).tokens).toBeGreaterThan(first.tokens);
  writeFileSync(place, 'no JSON');
  expect(await keptRounding(model, text, { threads: 1 })).toEqual(first);
  model.close();
  rmSync(folder, { recursive: true });
});

it('tells without a text what rounding costs: the divergence of all that the model would write', async () => {
  const folder = tinyModel();
  const model = await load(folder);
  const { exact, rounded, growth, tokens } = await measureRounding(model, undefined, { threads: 1 });
  expect(await keptRounding(model, undefined, { threads: 1 })).toMatchObject({ exact, rounded, tokens });
  model.close();
  rmSync(folder, { recursive: true });
  // Gibbs' inequality: other probabilities never foretell as well.
  expect(growth).toBeGreaterThan(0);
  expect(growth).toBeCloseTo(rounded / exact - 1, 12);
  expect(exact).toBeLessThan(model.config.vocabulary);
  expect(tokens).toBe(Math.min(160, model.config.context));
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
