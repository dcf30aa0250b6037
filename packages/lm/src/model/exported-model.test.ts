/** Decoders that were exported as ONNX, in both layouts, say what the model says that they are of. */
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, input, rebuild, scalar, type Tensor } from '@gradus/engine';
import { writeOnnxFile } from '@gradus/engine/node';
import { afterAll, describe, expect, it } from 'vitest';
import { Scheduler } from '../batching/scheduler.ts';
import { cachedGraph, pastName, presentName } from '../graph/decoder.ts';
import { type RunBits, weightsIn } from '../graph/quantized-weights.ts';
import { DecoderSession } from '../run/decoder-session.ts';
import { generate } from '../run/generate.ts';
import { perplexity } from '../run/perplexity.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import type { RunnableModel } from './language-model.ts';
import { load, loadRunnable } from './load.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** As PyTorch writes it: keys and values come out with the new ones behind them. */
function optimumFolder(): string {
  const folder = tinyModel({ name: 'llama', chat: true });
  folders.push(folder);
  rmSync(join(folder, 'model.safetensors'));
  mkdirSync(join(folder, 'onnx'));
  cpSync(join(goldenFolder('llama-onnx'), 'model.onnx'), join(folder, 'onnx', 'model.onnx'));
  return folder;
}

/** As GenAI's builder writes it: attention of the runtime's own, in arrays of all places. */
async function genaiFolder(name = 'llama', bits: RunBits = 32, half = false): Promise<string> {
  const folder = tinyModel({ name });
  folders.push(folder);
  const model = await load(folder);
  const { config } = model;
  const graph = cachedGraph(config, weightsIn(model.weights, bits), {
    places: 128,
    logits: 'all',
    batch: 'batch',
  });
  const mask = input('attention_mask', ['batch', 'all'], 'int64');
  const inputs: Record<string, Tensor> = {
    input_ids: input('input_ids', ['batch', 'time'], 'int64'),
    attention_mask: mask,
    position_ids: input('position_ids', ['batch', 'time'], 'int64'),
  };
  const values = new Map<Tensor, Tensor>([
    [graph.inputs.ids!, inputs.input_ids!],
    [graph.inputs.positions!, inputs.position_ids!],
    [graph.inputs.last!, mask.sum([1]).sub(1).cast('int32')],
    [
      graph.inputs.total!,
      apply('Gather', [apply('Shape', [mask]), scalar(1, 'int64')], { axis: 0 }).cast('int32'),
    ],
  ]);
  const names = ['logits'];
  for (const i of config.layers.keys())
    for (const kind of ['key', 'value'] as const) {
      const past = `past_key_values.${i}.${kind}`;
      const kept = input(
        past,
        ['batch', config.kvHeads, 'past', config.headSize],
        half ? 'float16' : 'float32',
      );
      inputs[past] = kept;
      values.set(graph.inputs[pastName(kind, i)]!, half ? kept.cast('float32') : kept);
      names.push(presentName(kind, i));
    }
  const made = rebuild(
    names.map((name) => graph.outputs[name]!),
    { values },
  );
  const outputs = half ? made.map((value) => value.cast('float16')) : made;
  const theirs = (name: string) => name.replace(/^present_(key|value)\.(\d+)$/, 'present.$2.$1');
  for (const file of ['model.safetensors', 'config.json']) rmSync(join(folder, file));
  writeOnnxFile(
    join(folder, 'model.onnx'),
    {
      name: 'decoder',
      inputs,
      outputs: Object.fromEntries(names.map((name, i) => [theirs(name), outputs[i]!])),
    },
    { limit: 0 },
  );
  model.close();
  const of = {
    num_hidden_layers: config.layers.length,
    head_size: config.headSize,
    num_key_value_heads: config.kvHeads,
  };
  const decoder = {
    filename: 'model.onnx',
    ...of,
    inputs: { input_ids: 'input_ids' },
    outputs: { logits: 'logits' },
  };
  const about = {
    type: 'llama',
    bos_token_id: 1,
    eos_token_id: [2],
    context_length: 64,
    vocab_size: 40,
    decoder,
  };
  writeFileSync(join(folder, 'genai_config.json'), JSON.stringify({ model: about, search: {} }));
  return folder;
}

const { ids, logits, greedy } = goldenTensors('llama');
const prompt = [...(ids!.data as BigInt64Array).slice(0, ids!.dims[1]!)].map(Number);

async function written(model: RunnableModel, seed: number): Promise<string> {
  let text = '';
  const options = { max: 12, temperature: 0.9, seed, threads: 1 };
  for await (const token of generate(model, `${'ab c'.repeat(seed)}`, options)) text += token.text;
  return text;
}

describe.each([
  ["optimum's layout", async () => optimumFolder()],
  ["GenAI's layout", () => genaiFolder()],
])('%s', (_, made) => {
  it('gives the logits of the original', async () => {
    const model = await loadRunnable(await made());
    const session = await DecoderSession.open(model, { threads: 1 });
    const size = model.config.vocabulary;
    // A prompt in two stretches, then token after token.
    const wanted = (logits!.data as Float32Array).subarray((prompt.length - 1) * size, prompt.length * size);
    await session.see(prompt.slice(0, 5));
    expect(largestDifference(await session.see(prompt), wanted)).toBeLessThan(1e-4);
    const said: number[] = [];
    for (let id = best(await session.see(prompt)); said.length < 12; id = best(await session.next(id)))
      said.push(id);
    expect(said).toEqual([...(greedy!.data as BigInt64Array)].map(Number));
    // Several at once, and back.
    session.back(prompt.length);
    const rows = await session.ahead(said.slice(0, 3));
    expect([0, 1, 2].map((row) => best(rows.subarray(row * size, (row + 1) * size)))).toEqual(
      said.slice(1, 4),
    );
    await session.close();
    const all = await DecoderSession.open(model, { threads: 1, logits: 'all' });
    for await (const every of all.every(prompt))
      expect(
        largestDifference(every, (logits!.data as Float32Array).subarray(0, prompt.length * size)),
      ).toBeLessThan(1e-4);
    await all.close();
  });

  it('writes texts in company as by themselves, and foretells as the original does', async () => {
    const [model, original] = [await loadRunnable(await made()), await load(tiny())];
    const scheduler = await Scheduler.open(model, { slots: 3, threads: 1 });
    const texts = await Promise.all(
      [1, 2, 3, 4].map(async (seed) => {
        let text = '';
        const asked = [...model.tokenizer.encode('ab c'.repeat(seed)).ids];
        for await (const token of scheduler.generate(asked, { max: 12, temperature: 0.9, seed }))
          text += token.text;
        return text;
      }),
    );
    await scheduler.close();
    for (const [i, text] of texts.entries()) expect(text).toBe(await written(original, i + 1));
    const [a, b] = [
      await perplexity(model, 'a bc a bc', { threads: 1 }),
      await perplexity(original, 'a bc a bc', { threads: 1 }),
    ];
    expect(a.perplexity).toBeCloseTo(b.perplexity, 3);
    original.close();
  });
});

function tiny(): string {
  const folder = tinyModel({ name: 'llama' });
  folders.push(folder);
  return folder;
}

const best = (row: Float32Array): number =>
  row.reduce((most, value, id) => (value > row[most]! ? id : most), 0);

it('of several variants the bits choose, and a file can be named', async () => {
  const folder = optimumFolder();
  const file = join(folder, 'onnx', 'model_q4.onnx');
  renameSync(join(folder, 'onnx', 'model.onnx'), file);
  for (const [path, bits] of [
    [folder, undefined],
    [folder, 4],
    [file, undefined],
  ] as const)
    expect(await loadRunnable(path, bits)).toMatchObject({ exported: { file }, config: { context: 64 } });
  await expect(loadRunnable(folder, 8)).rejects.toThrow(/no export of 8 bits.*model_q4/);
  await expect(load(folder)).rejects.toThrow('needs its weights');
});

it('what is no decoder with keys and values is refused by what it lacks', async () => {
  const folder = await genaiFolder();
  const config = (change: object) =>
    writeFileSync(
      join(folder, 'genai_config.json'),
      JSON.stringify({
        model: { context_length: 64, vocab_size: 40, decoder: { inputs: {}, outputs: {} }, ...change },
      }),
    );
  config({ vision: {} });
  await expect(loadRunnable(folder)).rejects.toThrow('model.vision');
  config({ decoder: { filename: '../model.onnx', inputs: {}, outputs: {} } });
  await expect(loadRunnable(folder)).rejects.toThrow('expected a file of this folder');
  config({ decoder: { inputs: { past_key_names: 'cache_%d' }, outputs: {} } });
  await expect(loadRunnable(folder)).rejects.toThrow(/has no cache_0.*text-generation-with-past/);
  config({});
  const x = input('pixels', ['batch', 3]);
  const other = { name: 'other', inputs: { pixels: x }, outputs: { logits: x.mul(2) } };
  writeOnnxFile(join(folder, 'model.onnx'), other);
  await expect(loadRunnable(folder)).rejects.toThrow('Its inputs are pixels; its outputs logits');
  writeFileSync(join(folder, 'model.onnx'), 'no model');
  await expect(loadRunnable(folder)).rejects.toThrow('model.onnx');
});

it.each([
  ['attention with a window, and weights of 4 bits', 'mistral', 4, false],
  ['keys and values in half precision', 'qwen3', 32, true],
] as const)('%s are run as they are', async (_, name, bits, half) => {
  const model = await loadRunnable(await genaiFolder(name, bits, half));
  const session = await DecoderSession.open(model, { threads: 1 });
  const whole = (await session.see(prompt)).slice();
  if (half) {
    const { logits: wanted, ids } = goldenTensors(name);
    const size = wanted!.dims[2]!;
    expect([...(ids!.data as BigInt64Array).slice(0, prompt.length)].map(Number)).toEqual(prompt);
    const last = (wanted!.data as Float32Array).subarray((prompt.length - 1) * size, prompt.length * size);
    expect(largestDifference(whole, last)).toBeLessThan(0.05);
  }
  await session.see([5]);
  for (const id of prompt) await (id === prompt[0] ? session.see([id]) : session.next(id));
  expect(largestDifference(await session.see(prompt), whole)).toBeLessThan(half ? 0.05 : 1e-3);
  await session.close();
});
