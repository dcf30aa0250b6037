/** An ONNX file of a model, run by itself, says what the model says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTensor } from '@gradus/engine';
import { compileFile, readOnnxFile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { load, loadRunnable } from '../model/load.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { convert } from './convert.ts';

it('with its weights in a file beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-onnx-'));
  const path = tinyModel({ name: 'qwen3' });
  const model = await load(path);
  const out = join(folder, 'onnx');
  convert(model, { to: 'onnx', out });
  const { kvHeads, headSize, layers } = model.config;
  model.close();
  const compiled = await compileFile(join(out, 'model.onnx'), { threads: 1 });
  const { ids, logits } = goldenTensors('qwen3');
  const time = ids!.dims[1]!;
  const first = (ids!.data as BigInt64Array).slice(0, time);
  const whole = (values: BigInt64Array): HostTensor => ({ dtype: 'int64', dims: [1, time], data: values });
  const feeds: Record<string, HostTensor> = {
    ids: whole(first),
    positions: whole(BigInt64Array.from(first, (_, i) => BigInt(i))),
    last: { dtype: 'int32', dims: [1], data: Int32Array.of(time - 1) },
    total: { dtype: 'int32', dims: [], data: Int32Array.of(time) },
  };
  const dims = [1, kvHeads, 64, headSize];
  for (let i = 0; i < layers.length; i++)
    for (const kind of ['key', 'value'])
      feeds[`past_${kind}.${i}`] = {
        dtype: 'float32',
        dims,
        data: new Float32Array(64 * kvHeads * headSize),
      };
  const found = await compiled.run(feeds);
  await compiled.close();
  const size = logits!.dims[2]!;
  const expected = (logits!.data as Float32Array).subarray((time - 1) * size, time * size);
  expect(largestDifference(found.logits!.data as Float32Array, expected)).toBeLessThan(1e-4);
  expect(JSON.parse(readFileSync(join(out, 'tokenizer.json'), 'utf8')).model.type).toBe('BPE');
  for (const made of [folder, path]) rmSync(made, { recursive: true });
});

describe('in operators of the standard', () => {
  it.each([
    ['llama', 32, 1e-4],
    ['gemma2', 32, 1e-4],
    ['llama', 8, 0.1],
  ] as const)('%s in %s bits runs as any export does', async (name, bits, most) => {
    const folder = mkdtempSync(join(tmpdir(), 'gradus-onnx-'));
    const path = tinyModel({ name });
    const model = await load(path);
    const out = join(folder, 'onnx');
    convert(model, { to: 'onnx', bits, standard: true, out });
    model.close();
    expect(readFileSync(join(out, 'model.onnx')).includes('com.microsoft')).toBe(false);
    // transformers.js makes the first keys and values by the names of their sizes.
    const { inputs } = readOnnxFile(join(out, 'model.onnx')).graph;
    expect(inputs['past_key_values.0.key']!.shape[0]).toBe('batch_size');
    const session = await DecoderSession.open(await loadRunnable(out), { threads: 1 });
    const { ids, logits } = goldenTensors(name);
    const [time, size] = [ids!.dims[1]!, logits!.dims[2]!];
    const text = Array.from((ids!.data as BigInt64Array).slice(0, time), Number);
    const expected = (logits!.data as Float32Array).subarray((time - 1) * size, time * size);
    await session.see(text.slice(0, 3));
    expect(largestDifference(await session.see(text), expected)).toBeLessThan(most);
    await session.close();
    for (const made of [folder, path]) rmSync(made, { recursive: true });
  });
});
