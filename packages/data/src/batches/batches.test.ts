/** Batches made in threads: the same for a seed, whatever the threads; resumed where they stopped; errors reach who asks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import {
  augmentImages,
  BatchLoader,
  crop,
  flip,
  type Images,
  imageBatches,
  imageFileBatches,
  type LoadedBatch,
  type LoaderOptions,
} from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'gradus-batches-'));
afterAll(() => rmSync(root, { recursive: true }));
const module = new URL('./testing/counting.ts', import.meta.url);
const counting = (options: LoaderOptions, data = {}, size = 25) =>
  new BatchLoader({ module, data, size }, options);

async function all(loader: BatchLoader, step = 0, epochs = 3): Promise<LoadedBatch[]> {
  const found: LoadedBatch[] = [];
  for await (const loaded of loader.from(step, { batchSize: 8, epochs })) found.push(loaded);
  return found;
}

describe('a loader', () => {
  it('returns every row once per epoch, in an order that the seed alone decides', async () => {
    await using one = counting({ seed: 1 });
    await using three = counting({ seed: 1, threads: 3, ahead: 2 }, { delay: 3 });
    await using other = counting({ seed: 2 });
    const [first, second, third] = await Promise.all([all(one), all(three), all(other)]);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(first.map(({ epoch, step, rows }) => [epoch, step, rows.length])).toEqual([
      ...[0, 1, 2, 3].map((i) => [1, i, i === 3 ? 1 : 8]),
      ...[4, 5, 6, 7].map((i) => [2, i, i === 7 ? 1 : 8]),
      ...[8, 9, 10, 11].map((i) => [3, i, i === 11 ? 1 : 8]),
    ]);
    for (const epoch of [1, 2, 3]) {
      const rows = first
        .filter((batch) => batch.epoch === epoch)
        .flatMap(({ batch }) => [...(batch.rows!.data as Int32Array)]);
      expect(rows.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, i) => i));
    }
  });

  it.each([0, 3, 4, 7, 11, 12])('goes on after step %i as if it had not stopped', async (step) => {
    await using whole = counting({ seed: 5 });
    await using resumed = counting({ seed: 5, threads: 2 });
    expect(await all(resumed, step)).toEqual((await all(whole)).slice(step));
  });

  it('prefetches the planned batches in order, and makes others on demand', async () => {
    await using loader = counting({ seed: 3, ahead: 3 }, { delay: 20 });
    const batches = [Int32Array.of(4, 5), Int32Array.of(1), Int32Array.of(9, 8)];
    loader.ahead(batches, 7);
    await loader.batch(batches[0]!);
    await new Promise((done) => setTimeout(done, 200));
    const before = loader.waited;
    for (const rows of batches.slice(1)) {
      const { drawn } = await loader.batch(rows);
      expect([...(drawn!.data as Float64Array)]).toEqual(
        Array.from(rows, (row) => new Random(3).fork(`7/${row}`).uniform()),
      );
    }
    expect(loader.waited - before).toBeLessThan(10);
    const unplanned = await loader.batch(Int32Array.of(2, 0));
    expect([...(unplanned.rows!.data as Int32Array)]).toEqual([2, 0]);
  });

  it('says what is wrong with its data, and goes on', async () => {
    await using loader = counting({}, { failAt: 3 });
    await expect(loader.batch(Int32Array.of(3))).rejects.toThrow(new UserError('row 3 is broken'));
    expect((await loader.batch(Int32Array.of(1))).rows!.dims).toEqual([1]);
  });

  it('whose thread ends never leaves anybody waiting', async () => {
    await using loader = counting({}, { stopAt: 3 });
    await expect(loader.batch(Int32Array.of(3))).rejects.toThrow(/has ended/);
    await expect(loader.batch(Int32Array.of(1))).rejects.toThrow(/has ended/);
    await using lost = new BatchLoader({ module: new URL('./none.ts', module), data: {}, size: 1 });
    await expect(lost.batch(Int32Array.of(0))).rejects.toThrow(/none\.ts/);
  });
});

describe('batches of images', () => {
  const random = new Random(1);
  const images: Images = {
    count: 30,
    channels: 3,
    height: 8,
    width: 8,
    pixels: Uint8Array.from({ length: 30 * 192 }, () => random.below(256)),
    labels: Uint8Array.from({ length: 30 }, (_, i) => i % 2),
    classes: ['a', 'b'],
  };

  it('are what augmentation makes of their rows', async () => {
    await using loader = imageBatches(images, { steps: [['crop', { padding: 2 }], ['flip']], seed: 9 });
    loader.ahead([Int32Array.of(3, 17, 4)], 2);
    const { pixels, labels } = await loader.batch(Int32Array.of(3, 17, 4));
    const truth = augmentImages(images, [3, 17, 4], [crop({ padding: 2 }), flip()], {
      random: new Random(9),
      epoch: 2,
    });
    expect(pixels).toEqual({ dtype: 'uint8', dims: [3, 3, 8, 8], data: truth.pixels });
    expect(labels).toEqual({ dtype: 'int64', dims: [3], data: BigInt64Array.of(1n, 1n, 0n) });
  });

  it('may be mixed: targets instead of labels', async () => {
    await using loader = imageBatches(images, { mixup: 0.4 });
    const { targets, labels } = await loader.batch(Int32Array.of(3, 4));
    expect([targets!.dims, labels]).toEqual([[2, 2], undefined]);
  });

  it('may be read from files when they are needed', async () => {
    for (const [name, background] of [
      ['blue', '#0000ff'],
      ['red', '#ff0000'],
    ] as const) {
      mkdirSync(join(root, 'photos', name), { recursive: true });
      await sharp({ create: { width: 9, height: 5, channels: 3, background } })
        .png()
        .toFile(join(root, 'photos', name, 'a.png'));
    }
    writeFileSync(join(root, 'photos', 'red', 'b.png'), 'no image');
    await using loader = imageFileBatches(join(root, 'photos'), { size: [2, 2], steps: [['flip']] });
    expect([loader.size, loader.classes]).toEqual([3, ['blue', 'red']]);
    const { pixels, labels } = await loader.batch(Int32Array.of(1, 0));
    expect([...(pixels!.data as Uint8Array)]).toEqual(
      [...[255, 0, 0], ...[0, 0, 255]].flatMap((value) => new Array(4).fill(value)),
    );
    expect(labels!.data).toEqual(BigInt64Array.of(1n, 0n));
    await expect(loader.batch(Int32Array.of(2))).rejects.toThrow(/b\.png: is no image that can be read/);
  });
});
