/** Weights in few bits are those that their blocks stand for: in products, lookups and what flows back. */
import { gradients, type HostTensor, input } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { largestDifference } from '../testing/golden.ts';
import { openedGolden } from '../testing/opened.ts';
import { blocksOf, type FewBits, valuesOf } from '../weights/blocks.ts';
import type { Weights } from '../weights/weights.ts';
import { sequenceGraph } from './decoder.ts';
import { constantWeights, type LayerWeights } from './layer-weights.ts';
import { BLOCK, quantizedWeights } from './quantized-weights.ts';

/** The same weights as the numbers that their blocks stand for. */
function rounded(weights: Weights, config: DecoderConfig, bits: FewBits): Weights {
  return {
    ...weights,
    read(name) {
      const values = weights.read(name);
      const shape = weights.shapes.get(name)!;
      if (shape.length < 2 || shape.at(-1)! % BLOCK !== 0) return values;
      const own = name === config.embedding || name === 'lm_head.weight' ? 8 : bits;
      return valuesOf(blocksOf(values, own, BLOCK), own, BLOCK);
    },
  };
}

const ids: HostTensor = {
  dtype: 'int64',
  dims: [1, 6],
  data: BigInt64Array.from([5, 9, 33, 12, 7, 30], BigInt),
};

async function logitsOf(config: DecoderConfig, weights: LayerWeights): Promise<Float32Array> {
  const compiled = await compile(sequenceGraph(config, weights, [1, 6]), { threads: 1 });
  const { logits } = await compiled.run({ ids });
  await compiled.close();
  return logits!.data as Float32Array;
}

describe.each([4, 8] as const)('%i bits', (bits) => {
  it.each(['llama', 'llama3', 'qwen2', 'gemma2'])(
    'the logits of %s are those of the rounded weights',
    async (name) => {
      const { config, weights } = openedGolden(name);
      const few = await logitsOf(config, quantizedWeights(weights, bits));
      const same = await logitsOf(config, constantWeights(rounded(weights, config, bits)));
      weights.close();
      expect(largestDifference(few, same)).toBeLessThan(2e-4);
    },
  );

  it('what flows back is what flows back through the rounded weights', async () => {
    const { config, weights } = openedGolden('llama');
    const linear = { name: 'model.layers.0.self_attn.q_proj', inputs: 32, outputs: 32, bias: false };
    const x = input('x', [3, 32]);
    const slopes = await Promise.all(
      [quantizedWeights(weights, bits), constantWeights(rounded(weights, config, bits))].map(
        async (layers) => {
          const loss = layers.linear(x, linear).square().sum();
          const [slope] = gradients(loss, [x]);
          const compiled = await compile(
            { name: 'g', inputs: { x }, outputs: { slope: slope! } },
            { threads: 1 },
          );
          const data = Float32Array.from({ length: 96 }, (_, i) => Math.sin(i));
          const found = await compiled.run({ x: { dtype: 'float32', dims: [3, 32], data } });
          await compiled.close();
          return found.slope!.data as Float32Array;
        },
      ),
    );
    weights.close();
    expect(largestDifference(slopes[0]!, slopes[1]!)).toBeLessThan(1e-4);
  });
});
