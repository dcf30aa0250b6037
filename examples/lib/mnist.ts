import { join } from 'node:path';
import { type Images, pickImages, readIdxImages } from '@gradus/data';

const MIRROR = 'https://ossci-datasets.s3.amazonaws.com/mnist';
const FILES = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
] as const;

/** Handwritten digits, 28 × 28 (LeCun, Cortes and Burges, 1998): where `--download` finds them. */
export const MNIST = Object.fromEntries(FILES.map((file) => [file, `${MIRROR}/${file}`]));

export function readMnist(folder: string, limit = Number.POSITIVE_INFINITY): { train: Images; test: Images } {
  const [trainImages, trainLabels, testImages, testLabels] = FILES.map((file) => join(folder, file)) as [
    string,
    string,
    string,
    string,
  ];
  const first = (images: Images) =>
    pickImages(
      images,
      Array.from({ length: Math.min(limit, images.count) }, (_, i) => i),
    );
  return {
    train: first(readIdxImages(trainImages, trainLabels)),
    test: first(readIdxImages(testImages, testLabels)),
  };
}
