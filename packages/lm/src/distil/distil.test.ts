/** A small model is made of a large one, stands beside it in a table, and is read again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAny } from '../model/load-any.ts';
import { tinyModel } from '../testing/tiny-model.ts';
import { wordEncoder } from '../testing/word-encoder.ts';
import { tune } from '../tune/tune.ts';
import { distil } from './distil.ts';
import { openClassifier, openEmbedder } from './open.ts';
import { staticEmbeddings } from './static-embeddings.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-distil-'));
const SIDES = ['left', 'right', 'up', 'down'];
const THINGS = [...'abcdefghijklmnop'].map((letter) => `thing${letter}`);
const encoder = wordEncoder([...SIDES, ...THINGS, 'go', 'not']);
afterAll(() => {
  for (const path of [folder, encoder]) rmSync(path, { recursive: true, force: true });
});

const random = new Random(5);
const rows = Array.from({ length: 200 }, (_, i) => {
  const words = Array.from({ length: 4 }, () => THINGS[random.below(THINGS.length)]);
  words[random.below(4)] = SIDES[(i % 2) + 2 * random.below(2)];
  return { text: words.join(' '), label: i % 2 === 0 ? 'no' : 'yes' };
});
const data = join(folder, 'rows.jsonl');
writeFileSync(data, rows.map((row) => JSON.stringify(row)).join('\n'));

describe('distil', () => {
  it('makes static embeddings of an encoder, which embed reads', async () => {
    const out = join(folder, 'static');
    const found = await distil(encoder, data, { out, dimensions: 16, threads: 1 });
    expect(found).toMatchObject({ kind: 'embeddings', labelled: true });
    expect(found.table.map(({ model }) => model)).toEqual(['teacher', 'student', 'words']);
    const [, student] = found.table;
    // A random encoder knows little; more than chance is kept of it.
    expect(student!.interval![0]).toBeGreaterThan(0.5);
    expect(found.table.every(({ bytes, milliseconds }) => bytes > 0 && milliseconds > 0)).toBe(true);
    const embedder = await openEmbedder(out);
    const { data: vectors, dimensions } = await embedder.embed(['go left', 'left go', 'nowhere']);
    await embedder.close();
    expect(dimensions).toBe(16);
    // A mean knows no order.
    const [one, other] = [vectors.subarray(0, 16), vectors.subarray(16, 32)];
    expect(one.every((value, i) => Math.abs(value - other[i]!) < 1e-6)).toBe(true);
    const modules = JSON.parse(readFileSync(join(out, 'modules.json'), 'utf8'));
    expect(modules[0].type).toBe('sentence_transformers.models.StaticEmbedding');
    await expect(openClassifier(out)).rejects.toThrow('it tells no classes');
  });

  it('makes a small classifier of a large one, which says nearly always what that says', async () => {
    const [large, out] = [join(folder, 'large'), join(folder, 'small')];
    const model = await loadAny(encoder);
    await tune(model, data, { out: large, epochs: 8, learningRate: 0.01, threads: 1, seed: 1 });
    model.close();
    const found = await distil(large, data, { out, dimensions: 16, threads: 1, epochs: 40 });
    expect(found.kind).toBe('classes');
    expect(found.agreement).toBeGreaterThan(0.85);
    const small = await openClassifier(out);
    expect(small.classes).toEqual(['no', 'yes']);
    const [shares] = await small.probabilities([rows[0]!.text]);
    await small.close();
    expect(Array.from(shares!).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
  });

  it('refuses a model that writes, and a file without texts', async () => {
    const writer = tinyModel();
    const out = join(folder, 'none');
    await expect(distil(writer, data, { out })).rejects.toThrow('small models are made of encoders');
    rmSync(writer, { recursive: true });
    await expect(distil(encoder, data, { out, column: 'words' })).rejects.toThrow('Expected "words"');
  });
});

it('keeps the directions in which tokens differ most, common tokens shorter', async () => {
  const model = await loadAny(encoder);
  const size = model.tokenizer.size;
  // Three directions in five numbers: components beyond the third are nothing.
  const table = await staticEmbeddings(model.tokenizer, ['go go go go go go', 'left'], {
    dimensions: 4,
    embed: async (texts) => ({
      dimensions: 5,
      data: Float32Array.from(texts.flatMap((_, i) => [Math.sin(i), Math.cos(i), Math.sin(i), i % 3, 1])),
    }),
  });
  model.close();
  const columns = [0, 1, 2, 3].map((k) =>
    Math.hypot(...Array.from({ length: size }, (_, id) => table.data[id * 4 + k]!)),
  );
  expect(columns[0]! >= columns[2]! * 0.5 && columns[2]! > 0.1 && columns[3]! < 1e-5).toBe(true);
});
