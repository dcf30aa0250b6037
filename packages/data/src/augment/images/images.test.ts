/** Augmented images: the same by seed, row and epoch; each change is what it says it is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  augmentImages,
  blur,
  colour,
  crop,
  cutout,
  flip,
  type ImageStep,
  type Images,
  mixup,
  randAugment,
  rotate,
  scale,
} from '../../index.ts';
import { rotation, warped } from './affine.ts';
import { blurred } from './blur.ts';
import { coloured } from './colour.ts';
import { flipped } from './flip.ts';
import type { Picture } from './picture.ts';
import { CHANGES } from './rand-augment.ts';
import { autoContrasted, equalized, posterized, sharpened, solarized } from './tone.ts';

function picture(height: number, width: number, seed = 0, channels = 3): Picture {
  const random = new Random(seed);
  const pixels = Uint8Array.from({ length: channels * height * width }, () => 40 + random.below(120));
  return { channels, height, width, pixels };
}
const copy = (image: Picture): Picture => ({ ...image, pixels: image.pixels.slice() });
const mean = ({ pixels }: Picture) => pixels.reduce((a, b) => a + b, 0) / pixels.length;
const someSize = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 80 }), fc.nat());

function imageSet(count: number): Images {
  const { pixels } = picture(count * 16, 16);
  return {
    count,
    channels: 3,
    height: 16,
    width: 16,
    pixels,
    labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
    classes: ['a', 'b', 'c'],
  };
}
const ALL: readonly ImageStep[] = [
  flip(),
  rotate({ degrees: 20 }),
  scale({ factors: [0.8, 1.2] }),
  crop({ padding: 4 }),
  colour({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 30 }),
  blur({ sigma: [0.1, 1] }),
  randAugment(),
  cutout({ size: 6 }),
];

describe('augmented images', () => {
  it('depend on seed, row and epoch alone, whatever the order', () => {
    const images = imageSet(8);
    const run = (rows: number[], epoch = 1, seed = 7) =>
      augmentImages(images, rows, ALL, { random: new Random(seed), epoch });
    const size = 3 * 16 * 16;
    const [together, last] = [run([0, 1, 2, 3, 4, 5, 6, 7]), run([7, 5])];
    expect(last.pixels.subarray(0, size)).toEqual(together.pixels.subarray(7 * size));
    expect(last.pixels.subarray(size)).toEqual(together.pixels.subarray(5 * size, 6 * size));
    expect([...last.labels!]).toEqual([1, 2]);
    expect(run([0], 2).pixels).not.toEqual(run([0], 1).pixels);
    expect(run([0], 1, 8).pixels).not.toEqual(run([0], 1).pixels);
    expect(imageSet(8).pixels).toEqual(images.pixels);
  });

  it('may change size, all to the same', () => {
    const cut = augmentImages(imageSet(3), [0, 1], [crop({ size: [8, 5] })], {
      random: new Random(),
      epoch: 1,
    });
    expect([cut.height, cut.width, cut.pixels.length]).toEqual([8, 5, 2 * 3 * 8 * 5]);
    expect(() =>
      augmentImages(imageSet(3), [0], [crop({ size: [17, 5] })], { random: new Random(), epoch: 1 }),
    ).toThrow(/no 17 × 5 pixels can be cut out of 16 × 16/);
  });
});

describe('changes of place', () => {
  it('flipped twice, or turned by 0 degrees, an image is as it was', () => {
    fc.assert(
      fc.property(someSize, ([height, width, seed]) => {
        const image = picture(height, width, seed);
        for (const direction of ['horizontal', 'vertical'] as const) {
          const once = flipped(copy(image), direction);
          if (direction === 'horizontal') expect(once.pixels[0]).toBe(image.pixels[width - 1]);
          else expect(once.pixels[0]).toBe(image.pixels[(height - 1) * width]);
          expect(flipped(once, direction).pixels).toEqual(image.pixels);
        }
        expect(warped(image, rotation(0), 0).pixels).toEqual(image.pixels);
      }),
    );
  });

  it('turned by 90 degrees four times, an image is as it was; once, its right edge is on top', () => {
    const image = picture(9, 9);
    const once = warped(image, rotation(90), 0);
    expect(once.pixels.slice(0, 9)).toEqual(
      Uint8Array.from({ length: 9 }, (_, i) => image.pixels[i * 9 + 8]!),
    );
    let turned = once;
    for (let i = 0; i < 3; i++) turned = warped(turned, rotation(90), 0);
    expect(turned.pixels).toEqual(image.pixels);
  });

  it('between pixels a value is a weighted mean; beyond the edge is the fill', () => {
    const image = {
      channels: 1,
      height: 2,
      width: 4,
      pixels: Uint8Array.of(0, 100, 200, 40, 0, 100, 200, 40),
    };
    const translation = (x: number, y: number) => ({ xx: 1, xy: 0, x: -x, yx: 0, yy: 1, y: -y });
    expect([...warped(image, translation(0.5, 0), 20).pixels.subarray(0, 4)]).toEqual([10, 50, 150, 120]);
    expect([...warped(image, translation(2, 0), 7).pixels.subarray(0, 4)]).toEqual([7, 7, 0, 100]);
  });

  it('a crop is a part of the padded image', () => {
    const image = { channels: 1, height: 2, width: 3, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      seen.add(crop({ padding: 1, fill: 9 })(image, new Random(seed)).pixels.join(''));
    }
    expect(seen).toContain('123456');
    expect(seen).toContain('999912');
    expect(seen).toContain('569999');
    expect(seen.size).toBe(9);
  });

  it('a cutout blanks at most its square, in all channels', () => {
    for (let seed = 0; seed < 50; seed++) {
      const image = picture(10, 10, seed);
      const { pixels } = cutout({ size: 4, fill: 255 })(copy(image), new Random(seed));
      const blank = [0, 1, 2].map(
        (c) => pixels.subarray(c * 100, (c + 1) * 100).filter((v) => v === 255).length,
      );
      expect(blank[0]).toBeGreaterThanOrEqual(4);
      expect(blank[0]).toBeLessThanOrEqual(16);
      expect(blank).toEqual([blank[0], blank[0], blank[0]]);
      expect(pixels.every((value, i) => value === 255 || value === image.pixels[i])).toBe(true);
    }
  });
});

describe('changes of colour', () => {
  const image = picture(20, 20);

  it('brightness moves the mean by its factor, contrast keeps it', () => {
    expect(mean(coloured(copy(image), { brightness: 1.3 }))).toBeCloseTo(1.3 * mean(image), 0);
    const grey = { ...picture(20, 20, 1, 1) };
    expect(mean(coloured(copy(grey), { contrast: 0.5 }))).toBeCloseTo(mean(grey), 0);
    const flat = coloured(copy(grey), { contrast: 0 });
    expect(new Set(flat.pixels)).toEqual(new Set([Math.round(mean(grey))]));
  });

  it('without saturation all is grey; greys keep out of changes of hue; red turned by 120 degrees is greenish', () => {
    const { pixels } = coloured(copy(image), { saturation: 0 });
    expect(pixels.subarray(0, 400)).toEqual(pixels.subarray(400, 800));
    const grey = { ...image, pixels: new Uint8Array(1200).fill(77) };
    expect(coloured(copy(grey), { hue: 50 }).pixels).toEqual(grey.pixels);
    const red = { channels: 3, height: 1, width: 1, pixels: Uint8Array.of(200, 0, 0) };
    const [r, g, b] = coloured(red, { hue: 120 }).pixels as unknown as [number, number, number];
    expect(g).toBeGreaterThan(r);
    expect(g).toBeGreaterThan(b);
  });

  it('no change is none', () => {
    expect(coloured(copy(image), { saturation: 1, hue: 1e-9 }).pixels).toEqual(image.pixels);
    expect(colour({})(copy(image), new Random()).pixels).toEqual(image.pixels);
  });

  it('a blurred point is a Gaussian bell; a plain image stays plain', () => {
    const point = { channels: 1, height: 11, width: 11, pixels: new Uint8Array(121) };
    point.pixels[60] = 255;
    const { pixels } = blurred(point, 1);
    const bell = [0, 1, 2].map((d) => Math.exp(-0.5 * d * d));
    const total = bell[0]! + 2 * (bell[1]! + bell[2]! + Math.exp(-4.5));
    expect(Math.abs(pixels[60]! - (255 * bell[0]! ** 2) / total ** 2)).toBeLessThanOrEqual(0.51);
    expect(Math.abs(pixels[61 + 11]! - (255 * bell[1]! ** 2) / total ** 2)).toBeLessThanOrEqual(0.51);
    const plain = { ...point, pixels: new Uint8Array(121).fill(90) };
    expect(new Set(blurred(plain, 2.3).pixels)).toEqual(new Set([90]));
  });

  it('changes of tone are what Pillow makes', () => {
    const made = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'testing', 'pillow.json'), 'utf8'),
    ) as Record<string, number[]>;
    const original = () => ({ channels: 3, height: 12, width: 11, pixels: Uint8Array.from(made.original!) });
    const tones: Record<string, Picture> = {
      autoContrast: autoContrasted(original()),
      equalize: equalized(original()),
      posterize: posterized(original(), 4),
      solarize: solarized(original(), 128),
      sharpen: sharpened(original(), 1.9),
      smooth: sharpened(original(), 0.1),
      brighten: coloured(original(), { brightness: 1.5 }),
    };
    for (const [name, { pixels }] of Object.entries(tones)) {
      const far = pixels.map((value, i) => Math.abs(value - made[name]![i]!));
      // Pillow cuts off where we round.
      expect([name, Math.max(...far) <= 1]).toEqual([name, true]);
    }
  });
});

describe('mixup', () => {
  it('lies between its two images, with targets in the same shares', () => {
    const images = imageSet(6);
    const options = { random: new Random(3), epoch: 1, alpha: 1 };
    const { images: mixed, targets } = mixup(images, [4, 1], [], options);
    expect(mixed.labels).toBeUndefined();
    const size = 3 * 16 * 16;
    for (let i = 0; i < 2; i++) {
      const own = images.pixels.subarray([4, 1][i]! * size, ([4, 1][i]! + 1) * size);
      const pixels = mixed.pixels.subarray(i * size, (i + 1) * size);
      const convex = Array.from({ length: 6 }, (_, partner) =>
        pixels.every((value, k) => {
          const other = images.pixels[partner * size + k]!;
          return value >= Math.min(own[k]!, other) && value <= Math.max(own[k]!, other);
        }),
      );
      expect(convex).toContain(true);
      const shares = targets.subarray(i * 3, (i + 1) * 3);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      expect(shares.every((share) => share >= 0)).toBe(true);
    }
    expect(mixup(images, [1], [], options).targets).toEqual(targets.subarray(3));
  });

  it('draws shares as Beta(alpha, alpha): mean 1/2, variance 1 / (8 alpha + 4)', () => {
    const images = { ...imageSet(2), labels: Uint8Array.of(0, 1), classes: ['a', 'b'] };
    const shares: number[] = [];
    for (let epoch = 0; epoch < 4000; epoch++) {
      const { targets } = mixup(images, [0], [], { random: new Random(1), epoch, alpha: 0.5 });
      if (targets[0] !== 1) shares.push(targets[0]!);
    }
    const middle = shares.reduce((a, b) => a + b) / shares.length;
    const variance = shares.reduce((a, b) => a + (b - middle) ** 2, 0) / shares.length;
    expect(middle).toBeCloseTo(0.5, 1);
    expect(Math.abs(variance - 1 / 8)).toBeLessThan(0.01);
  });
});

describe('RandAugment', () => {
  it('has the fourteen changes of the paper; at strength 0 those that go by it do nothing', () => {
    expect(Object.keys(CHANGES)).toHaveLength(14);
    const image = picture(16, 16);
    for (const [name, change] of Object.entries(CHANGES)) {
      const changed = change(copy(image), 0, 0, 0);
      const same = changed.pixels.every((value, i) => value === image.pixels[i]);
      expect([name, same]).toEqual([name, !['autoContrast', 'equalize'].includes(name)]);
    }
    expect(() => randAugment({ magnitude: 31 })).toThrow(/expected 0 to 30/);
  });
});
