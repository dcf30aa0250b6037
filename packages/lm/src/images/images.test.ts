/** Images become what transformers' processors make of them, and its models' vectors and classes. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@gradus/engine/runtime';
import { afterAll, describe, expect, it } from 'vitest';
import { constantWeights } from '../graph/layer-weights.ts';
import { goldenFolder, goldenTensors, largestDifference } from '../testing/golden.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import { ImageClassifier } from './image-classifier.ts';
import { ImageProcessor } from './image-processor.ts';
import { ImageTextModel, imageGraph, imageTextConfig, textFeeds, textGraph } from './image-text-model.ts';

const FAMILIES = ['clip', 'siglip', 'chinese-clip'];
const SIDE = 18;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const jsonOf = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const floats = (name: string, tensor: string) => goldenTensors(name)[tensor]!.data as Float32Array;

describe('an image as a model sees it is that of transformers with Pillow', () => {
  it.each([
    ['cut to its middle, bicubic', 'clip', 'picture.png'],
    ['Lanczos', 'chinese-clip', 'picture.png'],
    ['bicubic', 'siglip', 'picture.png'],
    ['bilinear', 'vit', 'picture.png'],
  ])('%s', async (_, name, file) => {
    const type = name.replace('-', '_');
    const processor = new ImageProcessor(goldenFolder(name), type, { height: SIDE, width: SIDE });
    const ours = new Float32Array(3 * SIDE * SIDE);
    await processor.process(join(goldenFolder(name), file), ours);
    expect(largestDifference(ours, floats(name, 'pixels').subarray(0, ours.length))).toBeLessThan(1e-6);
  });

  it('made larger, from bytes', async () => {
    const processor = new ImageProcessor(goldenFolder('vit'), 'vit', { height: SIDE, width: SIDE });
    const ours = new Float32Array(3 * SIDE * SIDE);
    await processor.process(readFileSync(join(goldenFolder('vit'), 'small.png')), ours);
    expect(largestDifference(ours, floats('vit', 'pixels').subarray(ours.length))).toBeLessThan(1e-6);
  });
});

describe('vectors are those of transformers within 1e-4', () => {
  it.each(FAMILIES)('%s', async (name) => {
    const path = `${goldenFolder(name)}/config.json`;
    const config = imageTextConfig(path, jsonOf(path));
    const weights = safetensorsFolder(goldenFolder(name));
    const held = constantWeights(weights);
    const { ids, mask, pixels } = goldenTensors(name);
    const [rows, time] = ids!.dims as [number, number];
    const texts = Array.from({ length: rows }, (_, row) =>
      Array.from(ids!.data.slice(row * time, (row + 1) * time) as BigInt64Array, Number).filter(
        (_, i) => (mask!.data as BigInt64Array)[row * time + i] === 1n,
      ),
    );
    const images = await compile(imageGraph(config, held), { threads: 1 });
    const { output: seen } = await images.run({ pixels: pixels! });
    const words = await compile(textGraph(config, held), { threads: 1 });
    const { output: said } = await words.run(textFeeds(config, texts));
    await images.close();
    await words.close();
    weights.close();
    expect(largestDifference(seen!.data as Float32Array, floats(name, 'images'))).toBeLessThan(1e-4);
    expect(largestDifference(said!.data as Float32Array, floats(name, 'texts'))).toBeLessThan(1e-4);
  });
});

/** A golden model of images and texts with a tokenizer of letters. */
function withLetters(name: string, change: (folder: string) => void = () => {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-images-'));
  folders.push(folder);
  cpSync(goldenFolder(name), folder, { recursive: true });
  const vocab = Object.fromEntries(
    [...'\u0000abcdefghijklmnopqrstuvwxyz0123456789.$'].map((c, id) => [c, id]),
  );
  const json = {
    added_tokens: [],
    pre_tokenizer: { type: 'Split', pattern: { Regex: '.' }, behavior: 'Isolated', invert: false },
    model: { type: 'WordLevel', vocab, unk_token: '\u0000' },
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(json));
  change(folder);
  return folder;
}

describe('classes that are only named', () => {
  it.each([
    ['clip', 1],
    ['siglip', undefined],
  ] as const)('%s', async (name, sum) => {
    const folder = withLetters(name);
    const model = await ImageTextModel.open(folder, { threads: 1 });
    const picture = join(folder, 'picture.png');
    const classes = ['acat$', 'adog$', 'along text of many letters$'];
    const [shares] = await model.probabilities([picture], classes);
    const { data, cut } = await model.embedTexts(classes);
    const seen = await model.embedImages([picture]);
    await model.close();
    expect(cut).toBe(1);
    expect(largestDifference(seen, floats(name, 'images').subarray(0, seen.length))).toBeLessThan(1e-4);
    // scale and bias as the reference has them, from its logits and vectors.
    const texts = floats(name, 'texts');
    const [a, b] = [0, 1].map((t) => seen.reduce((s, v, d) => s + v * texts[t * seen.length + d]!, 0));
    const logits = floats(name, 'logits');
    const scale = (logits[0]! - logits[1]!) / (a! - b!);
    expect(model.scale).toBeCloseTo(scale, 2);
    expect(model.bias).toBeCloseTo(logits[0]! - scale * a!, 2);
    const logit = (t: number) =>
      model.scale * seen.reduce((s, v, d) => s + v * data[t * seen.length + d]!, 0);
    if (sum !== undefined) {
      expect(shares!.reduce((s, v) => s + v, 0)).toBeCloseTo(sum, 5);
      expect(Math.log(shares![0]! / shares![1]!)).toBeCloseTo(logit(0) - logit(1), 4);
    } else expect(shares![0]).toBeCloseTo(1 / (1 + Math.exp(-logit(0) - model.bias)), 5);
  });

  it.each([
    [
      'no preprocessor',
      (folder: string) => rmSync(join(folder, 'preprocessor_config.json')),
      'has no preprocessor_config.json',
    ],
    ['another resample', edited('preprocessor_config.json', { resample: 9 }), 'resample 9 is not known'],
    [
      'another size',
      edited('preprocessor_config.json', { crop_size: { height: 20, width: 20 } }),
      'the model sees 18 × 18',
    ],
    ['another model', edited('config.json', { model_type: 'blip' }), 'of type "blip" are not known'],
    [
      'no weights',
      edited('config.json', { projection_dim: 17 }),
      'weight "visual_projection.weight" has the shape [16,32]',
    ],
  ] as const)('%s is an error that names it', async (_, change, message) => {
    await expect(ImageTextModel.open(withLetters('clip', change), { threads: 1 })).rejects.toThrow(message);
  });

  it('a file that is no image is named', async () => {
    const folder = withLetters('clip');
    const path = join(folder, 'broken.png');
    writeFileSync(path, readFileSync(join(folder, 'picture.png')).subarray(0, 900));
    const model = await ImageTextModel.open(folder, { threads: 1 });
    await expect(model.embedImages([path])).rejects.toThrow('broken.png is no image that can be read');
    await expect(model.embedImages([join(folder, 'none.png')])).rejects.toThrow('none.png');
    await model.close();
  });
});

function edited(name: string, fields: object) {
  return (folder: string) => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify({ ...jsonOf(path), ...fields }));
  };
}

it('ViT tells the classes that transformers tells', async () => {
  const folder = goldenFolder('vit');
  const classifier = await ImageClassifier.open(folder, { threads: 1 });
  const ours = await classifier.probabilities(['picture.png', 'small.png'].map((file) => join(folder, file)));
  await classifier.close();
  expect(classifier.classes).toEqual(['cat', 'dog', 'bird']);
  const logits = floats('vit', 'logits');
  for (const [i, shares] of ours.entries()) {
    const raw = logits.slice(i * 3, i * 3 + 3).map(Math.exp);
    const sum = raw.reduce((a, b) => a + b, 0);
    expect(
      largestDifference(
        shares,
        raw.map((v) => v / sum),
      ),
    ).toBeLessThan(1e-4);
  }
});
