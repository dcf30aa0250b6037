/** Perplexity is that of lm-eval's rolling windows, computed in PyTorch (make.py). */
import { expect, it } from 'vitest';
import { goldenTensors } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { lossOfTokens } from './perplexity.ts';

it.each([5, 32])('in windows of %i tokens', async (window) => {
  const { ids, [`loss${window}`]: expected } = goldenTensors('rolling');
  const model = { ...openedGolden('llama'), end: [2] };
  const tokens = Array.from(ids!.data as BigInt64Array, Number);
  const { loss } = await lossOfTokens(model, tokens, { window, threads: 1 });
  model.weights.close();
  expect(loss).toBeCloseTo((expected!.data as Float64Array)[0]!, 3);
});
