/** An encoder that PyTorch exported as ONNX gives the vectors of the model that it is of. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '@gradus/engine';
import { writeOnnxFile } from '@gradus/engine/node';
import { afterAll, describe, expect, it } from 'vitest';
import { openEmbedder } from '../distil/open.ts';
import { largestDifference } from '../testing/golden.ts';
import { exportedEncoder, tinyEncoder } from '../testing/tiny-encoder.ts';
import { Embedder } from './embed.ts';
import { openTextEncoder } from './text-encoder.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function exportOf(original: string, name: string): string {
  const folder = exportedEncoder(original, name);
  folders.push(folder);
  return folder;
}

const TEXTS = ['a long text of many letters', 'abc', 'hi?', 'x'.repeat(100)];

describe('vectors are those of the original within 1e-4', () => {
  it.each([
    [
      'mean, normalized',
      { pooling_mode_mean_tokens: true },
      ['Transformer', 'Pooling', 'Normalize'],
      'model.onnx',
    ],
    ['first token', { pooling_mode_cls_token: true }, ['Transformer', 'Pooling'], 'onnx/model.onnx'],
    ['max', { pooling_mode_max_tokens: true }, ['Transformer', 'Pooling'], 'onnx/model.onnx'],
    ['last token', { pooling_mode_lasttoken: true }, ['Transformer', 'Pooling'], 'model.onnx'],
  ] as const)('%s', async (_, pooling, modules, name) => {
    const original = tinyEncoder({ pooling, modules, prompts: { query: 'q:' } });
    folders.push(original);
    const [theirs, ours] = [
      await Embedder.open(original, { threads: 1 }),
      await openEmbedder(exportOf(original, name)),
    ];
    const [a, b] = [
      await theirs.embed(TEXTS, { prompt: 'query' }),
      await ours.embed(TEXTS, { prompt: 'query' }),
    ];
    await theirs.close();
    await ours.close();
    expect(largestDifference(a.data, b.data)).toBeLessThan(1e-4);
    expect([b.cut, b.tokens, b.dimensions, ours.normalize]).toEqual([
      a.cut,
      a.tokens,
      a.dimensions,
      theirs.normalize,
    ]);
  });
});

it('serves recipes as an encoder of texts', async () => {
  const original = tinyEncoder({ pooling: { pooling_mode_mean_tokens: true } });
  folders.push(original);
  const encoder = await openTextEncoder(exportOf(original, 'model.onnx'), { threads: 1 });
  const { data } = await encoder.embed(['abc', 'b']);
  await encoder.close();
  expect([encoder.dimensions, data.length]).toEqual([32, 64]);
});

it('what is no encoder, and fewer bits, are refused', async () => {
  const original = tinyEncoder({ pooling: { pooling_mode_mean_tokens: true } });
  folders.push(original);
  const folder = exportOf(original, 'model.onnx');
  await expect(openEmbedder(folder, { bits: 8 })).rejects.toThrow('runs with the weights that it has');
  const x = input('pixels', ['batch', 3]);
  writeOnnxFile(join(folder, 'model.onnx'), {
    name: 'other',
    inputs: { pixels: x },
    outputs: { logits: x.mul(2) },
  });
  await expect(openEmbedder(folder)).rejects.toThrow('its inputs are pixels, its outputs logits');
  writeFileSync(join(folder, 'model.onnx'), 'no model');
  await expect(openEmbedder(folder)).rejects.toThrow('model.onnx');
});
