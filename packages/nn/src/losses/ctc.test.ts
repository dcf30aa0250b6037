/** Sequences that cannot hold their labels, as in PyTorch 2.13's `ctc_loss` with and without `zero_infinity`. */
import { gradients, type HostTensor, input, int64 } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { ctc } from '../index.ts';

const values: HostTensor = {
  dtype: 'float32',
  dims: [2, 6, 4],
  data: Float32Array.from({ length: 48 }, (_, i) => 2 * Math.sin(0.9 * (i + 1))),
};

/** Labels 1 2 3 in six steps, and 2 2 in two steps, which would need a blank between. */
async function loss(options?: Parameters<typeof ctc>[5]) {
  const logits = input('logits', [2, 6, 4]);
  const labels = int64([1, 2, 3, 2, 2, 0]).reshape([2, 3]);
  const traced = ctc(logits, labels, int64([6, 2]), int64([3, 2]), undefined, options);
  const [slope] = gradients(traced, [logits]);
  const graph = await compile({ name: 'ctc', inputs: { logits }, outputs: { loss: traced, slope: slope! } });
  const results = await graph.run({ logits: values });
  await graph.close();
  return { loss: results.loss!.data[0], slope: results.slope!.data as Float32Array };
}

describe('the CTC loss of a sequence that is too short for its labels', () => {
  it('is infinite', async () => {
    expect((await loss()).loss).toBe(Number.POSITIVE_INFINITY);
  });

  it('is 0 on request, with no gradient', async () => {
    const { loss: value, slope } = await loss({ zeroInfinity: true });
    expect(value).toBeCloseTo(0.90467896, 5);
    for (const [i, expected] of [0.030425581, -0.062044786, 0.026897248, 0.004721957].entries()) {
      expect(slope[i]).toBeCloseTo(expected, 5);
    }
    expect([...slope.subarray(24)].every((x) => x === 0)).toBe(true);
  });

  it('takes no other options', async () => {
    await expect(loss({ zero_infinity: true } as never)).rejects.toThrow(/Did you mean "zeroInfinity"/);
  });
});
