/** Cross-encoders compute what transformers computes; rankings do not depend on the company; a decoder says yes or no. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { encoderConfig } from '../families/encoder-config.ts';
import { positionsOf } from '../graph/encoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { load } from '../model/load.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { folderOfLetters, tinyCrossEncoder, tinyYesOrNo } from '../testing/tiny-cross-encoder.ts';
import { classHead } from '../texts/class-head.ts';
import { classifierGraph } from '../texts/pair-classifier.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { isCrossEncoder, openReranker } from './rerank.ts';

describe('logits of classifiers are those of transformers within 1e-4', () => {
  it.each(['bert-classifier', 'xlm-roberta-classifier', 'modernbert-classifier'])('%s', async (name) => {
    const file = join(goldenFolder(name), 'config.json');
    const json = JSON.parse(readFileSync(file, 'utf8'));
    const config = encoderConfig(file, json);
    const weights = safetensorsFolder(goldenFolder(name));
    const { ids, mask, kinds, logits } = goldenTensors(name);
    const compiled = await compile(
      classifierGraph(config, classHead(config, json, 1), constantWeights(weights)),
      {
        threads: 1,
      },
    );
    const positions = positionsOf(config, Array.from(mask!.data as BigInt64Array, Number), mask!.dims[1]!);
    const { logits: ours } = await compiled.run({
      ids: ids!,
      mask: mask!,
      kinds: kinds!,
      positions: { dtype: 'int64', dims: mask!.dims, data: positions },
    });
    await compiled.close();
    weights.close();
    expect(largestDifference(ours!.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-4);
  });
});

describe('a cross-encoder', () => {
  it('scores a text alike in any company, tells query from text, and says what it cut off', async () => {
    const folder = tinyCrossEncoder();
    expect(isCrossEncoder(folder)).toBe(true);
    const reranker = await openReranker(folder, { threads: 1 });
    const texts = ['a long text of many letters', 'abc', 'z'.repeat(100)];
    const { scores, cut } = await reranker.rank('which', texts);
    const alone = await reranker.rank('which', ['abc']);
    const turned = await reranker.rank('abc', ['which']);
    await reranker.close();
    rmSync(folder, { recursive: true });
    expect(cut).toBe(1);
    expect(scores[1]).toBeCloseTo(alone.scores[0]!, 5);
    expect(Math.abs(turned.scores[0]! - scores[1]!)).toBeGreaterThan(1e-3);
    for (const score of scores) expect(score > 0 && score < 1).toBe(true);
  });

  it('is refused where a head is missing, or has more labels', async () => {
    const folder = tinyCrossEncoder('bert');
    expect(isCrossEncoder(folder)).toBe(false);
    await expect(openReranker(folder)).rejects.toThrow(
      'is no reranker: expected a head of one label (classifier.weight of [1, 32]), found none',
    );
    rmSync(folder, { recursive: true });
    const decoder = folderOfLetters('llama', ['[PAD]', '[CLS]', '[SEP]', 'yes', 'no']);
    await expect(openReranker(decoder)).rejects.toThrow('is no reranker that is known');
    rmSync(decoder, { recursive: true });
  });
});

describe('a decoder as reranker', () => {
  it('gives the probability of yes against no after the prompt of Qwen3-Reranker', async () => {
    const folder = tinyYesOrNo();
    const reranker = await openReranker(folder, { threads: 1 });
    const { scores } = await reranker.rank('a', ['b', 'c'], { instruction: 'i' });
    await reranker.close();
    const model = await load(folder);
    const prompt =
      '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n<Instruct>: i\n<Query>: a\n<Document>: c<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n';
    const session = await DecoderSession.open(model, { threads: 1 });
    const logits = await session.see([...model.tokenizer.encode(prompt, { addSpecial: false }).ids]);
    expect(scores[1]).toBeCloseTo(1 / (1 + Math.exp(logits[4]! - logits[3]!)), 5);
    await session.close();
    model.close();
    rmSync(folder, { recursive: true });
  });
});
