/** Encoders compute what PyTorch's transformers computes, padding included; and vectors are pooled as a folder declares. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type HostTensor, writeSafetensors } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { describe, expect, it } from 'vitest';
import { openEmbedder } from '../distil/open.ts';
import { encoderConfig } from '../families/encoder-config.ts';
import { embeddingGraph } from '../graph/embedding.ts';
import { positionsOf } from '../graph/encoder.ts';
import { constantWeights } from '../graph/layer-weights.ts';
import { loadEmbedding } from '../model/embedding-model.ts';
import { loadEncoder } from '../model/encoder-model.ts';
import { load } from '../model/load.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { tinyEncoder } from '../testing/tiny-encoder.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { Embedder } from './embed.ts';
import { writeNpy } from './npy.ts';

describe('hidden states are those of transformers within 1e-4', () => {
  it.each(['bert', 'roberta', 'mpnet', 'distilbert', 'modernbert', 'nomic-bert'])('%s', async (name) => {
    const folder = goldenFolder(name);
    const config = encoderConfig(folder, JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')));
    const weights = prefixed(safetensorsFolder(folder), config.prefix);
    const { ids, mask, hidden } = goldenTensors(name);
    const compiled = await compile(embeddingGraph(config, constantWeights(weights)), { threads: 1 });
    const flags = Array.from(mask!.data as BigInt64Array, Number);
    const positions = positionsOf(config, flags, mask!.dims[1]!);
    const { hidden: ours } = await compiled.run({
      ids: ids!,
      mask: mask!,
      positions: { dtype: 'int64', dims: mask!.dims, data: positions },
    });
    await compiled.close();
    weights.close();
    // What stands at padding is nobody's.
    const seen = (data: Float32Array) => data.filter((_, i) => flags[Math.floor(i / config.hidden)] === 1);
    const [a, b] = [ours!.data as Float32Array, hidden!.data as Float32Array];
    expect(largestDifference(seen(a), seen(b))).toBeLessThan(1e-4);
  });
});

it("Nomic's encoders are read by their authors' configs too, and others of theirs refused", () => {
  const given = JSON.parse(readFileSync(`${goldenFolder('nomic-bert')}/config.json`, 'utf8'));
  const theirs = {
    model_type: 'nomic_bert',
    activation_function: 'swiglu',
    vocab_size: 40,
    n_embd: 32,
    n_inner: 24,
    n_layer: 2,
    n_head: 4,
    n_positions: 8192,
    max_trained_positions: 64,
    layer_norm_epsilon: 1e-12,
    rotary_emb_base: 1000,
    rotary_emb_scale_base: null,
    prenorm: false,
    qkv_proj_bias: false,
    type_vocab_size: 2,
  };
  expect(encoderConfig('theirs', theirs)).toEqual(encoderConfig('theirs', given));
  expect(() => encoderConfig('theirs', { ...theirs, num_experts: 8 })).toThrow('num_experts');
  expect(() => encoderConfig('theirs', { ...theirs, activation_function: 'gelu' })).toThrow('hidden_act');
});

it.each([
  ['gemma3', { use_bidirectional_attention: true }],
  ['mistral', { is_causal: false }],
])('%s that looks ahead has the hidden states of transformers, and writes nothing', async (name, said) => {
  const folder = tinyModel({ name });
  const place = join(folder, 'config.json');
  writeFileSync(place, JSON.stringify({ ...JSON.parse(readFileSync(place, 'utf8')), ...said }));
  await expect(load(folder)).rejects.toThrow('looks ahead');
  const modules = ['Transformer', 'Pooling'].map((type) => ({ type, path: '' }));
  writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules));
  mkdirSync(join(folder, '1_Pooling'));
  writeFileSync(join(folder, '1_Pooling/config.json'), JSON.stringify({ pooling_mode_mean_tokens: true }));
  const { config, weights, close } = await loadEmbedding(folder);
  const { ids, mask, hidden } = goldenTensors(name, 'ahead');
  const compiled = await compile(embeddingGraph(config, constantWeights(weights)), { threads: 1 });
  const flags = Array.from(mask!.data as BigInt64Array, Number);
  const data = positionsOf(config, flags, mask!.dims[1]!);
  const positions: HostTensor = { dtype: 'int64', dims: mask!.dims, data };
  const { hidden: ours } = await compiled.run({ ids: ids!, mask: mask!, positions });
  await compiled.close();
  close();
  const seen = (tensor: HostTensor) =>
    (tensor.data as Float32Array).filter((_, i) => flags[Math.floor(i / config.hidden)] === 1);
  expect(largestDifference(seen(ours!), seen(hidden!))).toBeLessThan(1e-4);
  // Any company and any width of the batch.
  const embedder = await Embedder.open(folder, { threads: 1 });
  const [alone, among] = [await embedder.embed(['abc']), await embedder.embed(['abc', 'a longer text'])];
  await embedder.close();
  expect(largestDifference(alone.data, among.data.subarray(0, alone.dimensions))).toBeLessThan(1e-5);
  rmSync(folder, { recursive: true });
});

it('a decoder gives the vectors of transformers, by its last token', async () => {
  const folder = tinyModel({ name: 'qwen3' });
  const write = (name: string, json: unknown) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(json));
  };
  const modules = ['Transformer', 'Pooling', 'Normalize'];
  write(
    'modules.json',
    modules.map((type) => ({ type: `sentence_transformers.models.${type}`, path: '' })),
  );
  await expect(Embedder.open(folder)).rejects.toThrow('1_Pooling/config.json is missing');
  write('1_Pooling/config.json', { pooling_mode_lasttoken: true });
  const { ids, mask, vectors } = goldenTensors('qwen3-embedding');
  const model = await loadEmbedding(folder);
  const graph = embeddingGraph(model.config, constantWeights(model.weights), {
    kind: 'last',
    normalize: true,
  });
  const compiled = await compile(graph, { threads: 1 });
  const flags = Array.from(mask!.data as BigInt64Array, Number);
  const positions = positionsOf(model.config, flags, mask!.dims[1]!);
  const { embeddings } = await compiled.run({
    ids: ids!,
    mask: mask!,
    positions: { dtype: 'int64', dims: mask!.dims, data: positions },
  });
  await compiled.close();
  model.close();
  const [ours, theirs] = [embeddings!.data as Float32Array, vectors!.data as Float32Array];
  expect(largestDifference(ours, theirs)).toBeLessThan(1e-4);
  // The prefix that asks stands before questions, and none before documents.
  write('config_sentence_transformers.json', { prompts: { query: 'q:', document: '' } });
  const embedder = await openEmbedder(folder, { threads: 1 });
  const rows = await Promise.all([
    embedder.embed(['abc'], { prompt: 'query' }),
    embedder.embed(['q:abc', 'abc']),
  ]);
  await embedder.close();
  const width = rows[0]!.dimensions;
  expect(embedder.pooling).toBe('last');
  expect(largestDifference(rows[0]!.data, rows[1]!.data.subarray(0, width))).toBeLessThan(1e-5);
  expect(largestDifference(rows[0]!.data, rows[1]!.data.subarray(width))).toBeGreaterThan(0.01);
  rmSync(folder, { recursive: true });
});

describe('an embedder', () => {
  const folderOf = (pooling: object | undefined, modules: readonly string[], prompts: object = {}) =>
    tinyEncoder({ pooling, modules, prompts });
  const vectors = async (folder: string, texts: readonly string[], prompt?: string) => {
    const embedder = await Embedder.open(folder, { threads: 1 });
    const { data, dimensions, cut } = await embedder.embed(texts, prompt === undefined ? {} : { prompt });
    await embedder.close();
    return { rows: texts.map((_, i) => data.slice(i * dimensions, (i + 1) * dimensions)), cut };
  };
  const ALL = ['Transformer', 'Pooling', 'Normalize'];

  it('gives a text the same vector in any company', async () => {
    const folder = folderOf({ pooling_mode_mean_tokens: true }, ALL);
    const { rows } = await vectors(folder, ['a long text of many letters', 'abc', 'hi?']);
    const { rows: alone } = await vectors(folder, ['abc']);
    expect(largestDifference(rows[1]!, alone[0]!)).toBeLessThan(1e-5);
    expect(Math.hypot(...alone[0]!)).toBeCloseTo(1, 5);
    rmSync(folder, { recursive: true });
  });

  it('pools and puts prefixes as the folder declares, and refuses what it does not know', async () => {
    const cls = folderOf({ pooling_mode_cls_token: true }, ['Transformer', 'Pooling'], { query: 'q: ' });
    const mean = folderOf({ pooling_mode_mean_tokens: true }, ['Transformer', 'Pooling']);
    const [byFirst, byMean] = [await vectors(cls, ['abc']), await vectors(mean, ['abc'])];
    expect(largestDifference(byFirst.rows[0]!, byMean.rows[0]!)).toBeGreaterThan(0.01);
    const [named, written] = [await vectors(cls, ['abc'], 'query'), await vectors(cls, ['q: abc'])];
    expect(largestDifference(named.rows[0]!, written.rows[0]!)).toBeLessThan(1e-6);
    expect((await vectors(mean, ['a'.repeat(100)])).cut).toBe(1);
    // As sentence-transformers writes it since 5.4.
    for (const [pooling_mode, old] of [
      ['cls', byFirst],
      [['mean'], byMean],
    ] as const) {
      const folder = folderOf({ pooling_mode, embedding_dimension: 32 }, ['Transformer', 'Pooling']);
      expect((await vectors(folder, ['abc'])).rows).toEqual(old.rows);
      rmSync(folder, { recursive: true });
    }
    for (const [pooling, modules] of [
      [{ pooling_mode_weightedmean_tokens: true }, ALL],
      [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true }, ALL],
      [{ pooling_mode: ['mean', 'max'] }, ALL],
      [{ pooling_mode_mean_tokens: true, include_prompt: false }, ALL],
      [{}, ALL],
      [undefined, ['Transformer', 'Pooling', 'LSTM']],
      [undefined, ['Transformer', 'Normalize', 'Pooling']],
    ] as const) {
      const folder = folderOf(pooling, modules);
      await expect(Embedder.open(folder)).rejects.toThrow('not known');
      rmSync(folder, { recursive: true });
    }
    for (const folder of [cls, mean]) rmSync(folder, { recursive: true });
  });

  it('takes vectors through the layers that stand behind the pooling', async () => {
    const ways = { pooling_mode: 'cls' };
    const plain = folderOf(ways, ['Transformer', 'Pooling']);
    const folder = folderOf(ways, ['Transformer', 'Pooling', 'Dense', 'Normalize']);
    const modules = ['', '1_Pooling', '2_Dense', ''].map((path, i) => ({
      type: `sentence_transformers.models.${['Transformer', 'Pooling', 'Dense', 'Normalize'][i]}`,
      path,
    }));
    writeFileSync(join(folder, 'modules.json'), JSON.stringify(modules));
    mkdirSync(join(folder, '2_Dense'));
    const dense = {
      in_features: 32,
      out_features: 5,
      bias: true,
      activation_function: 'torch.nn.modules.activation.Tanh',
    };
    writeFileSync(join(folder, '2_Dense/config.json'), JSON.stringify(dense));
    const weight = Float32Array.from({ length: 5 * 32 }, (_, i) => Math.sin(i));
    const bias = Float32Array.from({ length: 5 }, (_, i) => Math.cos(i));
    const tensors = {
      'linear.weight': { dtype: 'float32', dims: [5, 32], data: weight },
      'linear.bias': { dtype: 'float32', dims: [5], data: bias },
    } as const;
    writeFileSync(join(folder, '2_Dense/model.safetensors'), writeSafetensors(tensors));
    expect(() => loadEncoder(folder)).toThrow('a module "Dense" is not known there');
    const [before] = (await vectors(plain, ['abc'])).rows;
    const [own] = (await vectors(folder, ['abc'])).rows;
    const made = Array.from(bias, (start, o) =>
      Math.tanh(before!.reduce((sum, x, i) => sum + x * weight[o * 32 + i]!, start)),
    );
    const length = Math.hypot(...made);
    expect(own).toHaveLength(5);
    expect(
      largestDifference(
        own!,
        Float32Array.from(made, (x) => x / length),
      ),
    ).toBeLessThan(1e-5);
    writeFileSync(join(folder, '2_Dense/config.json'), JSON.stringify({ ...dense, in_features: 31 }));
    await expect(Embedder.open(folder)).rejects.toThrow('takes 31 numbers, and gets 32');
    for (const of of [plain, folder]) rmSync(of, { recursive: true });
  });

  it('writes what NumPy reads', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gradus-npy-'));
    const path = join(folder, 'e.npy');
    writeNpy(path, Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const bytes = readFileSync(path);
    rmSync(folder, { recursive: true });
    const end = 10 + bytes.readUInt16LE(8);
    expect(bytes.subarray(0, 8).toString('latin1')).toBe('\u0093NUMPY\u0001\u0000');
    expect(end % 64).toBe(0);
    expect(bytes.subarray(10, end).toString().trim()).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }",
    );
    expect(bytes.readFloatLE(end + 20)).toBe(6);
  });
});
