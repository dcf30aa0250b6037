/** Every family computes what PyTorch's transformers computes, on tiny random models that it saved. */
import { readFileSync } from 'node:fs';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { sequenceGraph } from '../graph/decoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { decoderConfig } from './families.ts';

const DECODERS = [
  'llama',
  'llama3',
  'llama-bias',
  'mistral',
  'qwen2',
  'qwen3',
  'gpt2',
  'gemma',
  'gemma2',
  'gemma3',
  'phi3',
  'smollm3',
  'olmo',
  'olmo2',
  'mixtral',
  'qwen2-moe',
  'qwen3-moe',
  'olmoe',
];

describe('logits are those of transformers within 1e-4', () => {
  it.each(DECODERS)('%s', async (name) => {
    const path = `${goldenFolder(name)}/config.json`;
    const config = decoderConfig(path, JSON.parse(readFileSync(path, 'utf8')));
    const weights = prefixed(safetensorsFolder(goldenFolder(name)), config.prefix);
    const { ids, logits } = goldenTensors(name);
    const graph = sequenceGraph(config, constantWeights(weights), ids!.dims as [number, number]);
    const compiled = await compile(graph, { threads: 1 });
    const { logits: ours } = await compiled.run({ ids: ids! });
    await compiled.close();
    weights.close();
    expect(largestDifference(ours!.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-4);
  });
});
