import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import { type Images, joinImages, pickImages, readCifarBatch, readImageFolder } from '@gradus/data';

/** Ten classes of photographs, 32 × 32 (Krizhevsky, 2009): where `--download` finds the binary batches. */
export const CIFAR = {
  'cifar-10-binary.tar.gz': 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
};

/** From binary batches, from folders of images (`train/<class>/…`), or from archives of either. */
export async function readCifar(
  folder: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<{ train: Images; test: Images }> {
  const archives = readdirSync(folder).filter((file) => /\.tar(?:\.[gx]z)?$/.test(file));
  if (archives.length === 0) return readPlain(folder, limit);
  const unpacked = mkdtempSync(join(tmpdir(), 'gradus-cifar-'));
  try {
    for (const archive of archives) execFileSync('tar', ['-xf', join(folder, archive), '-C', unpacked]);
    return await readPlain(unpacked, limit);
  } finally {
    rmSync(unpacked, { recursive: true });
  }
}

async function readPlain(folder: string, limit: number): Promise<{ train: Images; test: Images }> {
  const binary = [folder, join(folder, 'cifar-10-batches-bin')].find((path) =>
    existsSync(join(path, 'test_batch.bin')),
  );
  if (binary) {
    const batches = [1, 2, 3, 4, 5].map((i) => readCifarBatch(join(binary, `data_batch_${i}.bin`)));
    return {
      train: some(joinImages(batches), limit),
      test: some(readCifarBatch(join(binary, 'test_batch.bin')), limit),
    };
  }
  if (!existsSync(join(folder, 'train'))) {
    throw new UserError(
      `${folder}: holds neither CIFAR batches (test_batch.bin) nor folders train and test of images`,
    );
  }
  const read = async (part: string) => {
    const progress = (done: number, all: number) => {
      if (process.stdout.isTTY) process.stdout.write(`\r  ${part}: ${done} of ${all} images read\x1b[K\r`);
    };
    return some(await readImageFolder(join(folder, part), { size: [32, 32], progress }), limit);
  };
  return { train: await read('train'), test: await read('test') };
}

/** So many images at most, drawn from all classes. */
function some(images: Images, limit: number): Images {
  return limit >= images.count
    ? images
    : pickImages(images, new Random('some').permutation(images.count).slice(0, limit));
}

/** Half of the images mirrored, each moved by up to 4 pixels (He et al., 2016). */
export function mirrorAndMove(pixels: Uint8Array, random: Random): void {
  const [side, plane] = [32, 32 * 32];
  const before = new Uint8Array(3 * plane);
  for (let at = 0; at < pixels.length; at += 3 * plane) {
    before.set(pixels.subarray(at, at + 3 * plane));
    const mirrored = random.below(2) === 1;
    const [down, right] = [random.below(9) - 4, random.below(9) - 4];
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const [fromY, shifted] = [y + down, x + right];
          const inside = fromY >= 0 && fromY < side && shifted >= 0 && shifted < side;
          const fromX = mirrored ? side - 1 - shifted : shifted;
          pixels[at + channel * plane + y * side + x] = inside
            ? before[channel * plane + fromY * side + fromX]!
            : 0;
        }
      }
    }
  }
}
