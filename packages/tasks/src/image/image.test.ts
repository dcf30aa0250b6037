import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { apply, constant, input, writeOnnx } from '@gradus/engine';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encoderName, STATISTICS } from './encoder.ts';
import { readEncoder } from './imported-encoder.ts';
import { featuresUrl, pixelsUrl } from './inline.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { findRange } from './pixel-range.ts';
import { ImageReader } from './reader.ts';
import { drawPicture } from './testing/pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const random = new Random(5);

/** Convolution, mean over the picture, a layer of classes; with weights by chance. */
function network(): { readonly bytes: Uint8Array; readonly weights: Float32Array } {
  const chance = (dims: readonly number[]) => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return constant({
      dtype: 'float32',
      dims,
      data: Float32Array.from({ length: size }, () => random.normal()),
    });
  };
  const x = input('image', ['batch', 3, 16, 16]);
  const weights = chance([5, 3, 1, 1]);
  const maps = apply('Conv', [x, weights], { kernel_shape: [1, 1] });
  const pooled = apply('GlobalAveragePool', [maps]).flatten();
  const logits = apply('Gemm', [pooled, chance([5, 7]), chance([7])]);
  const { source } = weights;
  return {
    bytes: writeOnnx({ name: 'net', inputs: { image: x }, outputs: { logits } }),
    weights: source.kind === 'constant' ? (source.data.data as Float32Array) : new Float32Array(0),
  };
}

describe('statistics of a picture', () => {
  let reader: ImageReader;
  beforeAll(async () => {
    reader = await ImageReader.ofEncoder(STATISTICS);
  });
  afterAll(() => reader.close());

  it('are numbers of any picture, a black one and noise too', async () => {
    const noise = Uint8Array.from({ length: 3 * 64 * 64 }, () => random.below(256));
    for (const features of await reader.describe([new Uint8Array(3 * 64 * 64), noise])) {
      expect(features.length).toBe(reader.facts.width);
      expect(features.every(Number.isFinite)).toBe(true);
    }
  });

  it('tell a picture that is stored again from others', async () => {
    const pictures = Array.from({ length: 60 }, (_, i) => drawPicture(i % 2 ? 'disc' : 'stripes', random));
    // A little darker.
    const again = pictures[7]!.map((value) => 0.97 * value);
    expect(nearDuplicates(await reader.describe([...pictures, again]))).toEqual([[7, 60]]);
    expect(nearDuplicates([undefined, new Float32Array(3)])).toEqual([]);
    const same = await reader.describe([pictures[0]!, pictures[0]!]);
    expect(nearDuplicates(same)).toEqual([]);
  });

  it('are read from pixels, from numbers of the same encoder, and from files of the folder alone', async () => {
    const picture = drawPicture('disc', random);
    const [own] = await reader.describe([picture]);
    writeFileSync(join(folder, 'text.png'), 'no image');
    writeFileSync(join(folder, 'other.txt'), 'secret');
    symlinkSync(join(folder, 'text.png'), join(folder, 'link.png'));
    const read = await reader.read(
      [
        pixelsUrl(picture),
        featuresUrl(own!, encoderName(STATISTICS)),
        featuresUrl(own!, 'onnx-0'),
        'text.png',
        'link.png',
        '../text.png',
        '/etc/hostname',
        'none.png',
        'data:text/html;base64,AAAA',
      ],
      { folder },
    );
    expect(read.slice(0, 2)).toEqual([own, own]);
    expect(read.slice(2).map((reason) => (reason as { en: string }).en)).toEqual([
      expect.stringContaining('is no image'),
      expect.stringContaining('unsupported image format'),
      expect.stringContaining('a link'),
      expect.stringContaining('outside of the folder'),
      expect.stringContaining('outside of the folder'),
      expect.stringContaining('no such file'),
      expect.stringContaining('is no image'),
    ]);
    const [refused] = await reader.read(['text.png']);
    expect(refused).toMatchObject({ en: expect.stringContaining('which a request cannot') });
  });
});

describe('a network of others', () => {
  it('describes pictures by what its last layer takes, in the range that its notes say', async () => {
    const { bytes, weights } = network();
    const path = join(folder, 'net.onnx');
    writeFileSync(path, bytes);
    expect(readEncoder(path).note.en).toContain('a guess');
    writeFileSync(join(folder, 'SOURCE.md'), 'input: RGB, (uint8 - 128) / 128');
    const { encoder, note } = readEncoder(path);
    expect(note.en).toContain('5 numbers');
    expect(note.en).toContain('16 × 16, pixels from −1 to 1 (as SOURCE.md says)');
    expect(readEncoder(path, '0..1').encoder.range).toBe('0..1');
    const reader = await ImageReader.ofEncoder(encoder);
    const picture = drawPicture('stripes', random, 16);
    const [features] = await reader.describe([picture]);
    await reader.close();
    const means = [0, 1, 2].map((c) => {
      const plane = Array.from(picture.subarray(c * 256, (c + 1) * 256), (value) => (value - 128) / 128);
      return plane.reduce((sum, value) => sum + value, 0) / 256;
    });
    const wanted = Array.from({ length: 5 }, (_, k) =>
      means.reduce((sum, mean, c) => sum + mean * weights[3 * k + c]!, 0),
    );
    for (const [k, value] of wanted.entries()) expect(features![k]).toBeCloseTo(value, 4);
  });

  it('is refused where it takes no picture', () => {
    const x = input('tokens', ['batch', 'time'], 'int64');
    const path = join(folder, 'text.onnx');
    writeFileSync(path, writeOnnx({ name: 't', inputs: { tokens: x }, outputs: { y: x.cast('float32') } }));
    expect(() => readEncoder(path)).toThrow('does not take an image');
  });

  it.each([
    ['pixels are divided by 255', undefined],
    ['x / 255', '0..1'],
    ['mean = [0.485, 0.456, 0.406]; first x / 255', 'imagenet'],
    ['values in [-1, 1]', '-1..1'],
    ['RGB, 0..255 as it is', '0..255'],
  ])('says its range in words: %s', (text, range) => {
    const found = findRange([['README.md', text]], false);
    expect(found.from === undefined ? undefined : found.range).toBe(range);
  });
});
