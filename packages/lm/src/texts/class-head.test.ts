/** Heads for classes compute what PyTorch's transformers computes, for texts of several lengths. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ENCODER_FAMILIES, encoderConfig } from '../families/encoder-config.ts';
import { decoderConfig } from '../families/families.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { classHead } from './class-head.ts';
import { headedWeights } from './headed-weights.ts';
import { runTexts } from './run-texts.ts';
import { hiddenOf } from './text-model.ts';

it.each(['llama', 'gpt2', 'bert', 'roberta', 'mpnet', 'distilbert', 'modernbert'])(
  'the head of %s gives the logits of transformers within 1e-4',
  async (name) => {
    const path = goldenFolder(`classes-${name}`);
    const json = JSON.parse(readFileSync(`${path}/config.json`, 'utf8'));
    const config = Object.hasOwn(ENCODER_FAMILIES, name)
      ? encoderConfig(path, json)
      : decoderConfig(path, json);
    const file = safetensorsFolder(path);
    const { ids, mask, logits } = goldenTensors(`classes-${name}`);
    const time = ids!.dims[1]!;
    const texts = [0, 1].map((row) =>
      Array.from((ids!.data as BigInt64Array).subarray(row * time, (row + 1) * time), Number).filter(
        (_, i) => (mask!.data as BigInt64Array)[row * time + i] === 1n,
      ),
    );
    const head = classHead(config, json, 3);
    const weights = headedWeights(
      constantWeights(prefixed(file, config.prefix)),
      constantWeights(file),
      (weight) => head.weights.has(weight),
    );
    const found = await runTexts(
      config,
      (batch) => head.logits(weights, hiddenOf(config, weights, batch), batch),
      texts,
      { threads: 1 },
    );
    file.close();
    const expected = logits!.data as Float32Array;
    expect(largestDifference([...found[0]!, ...found[1]!], expected)).toBeLessThan(1e-4);
  },
);
