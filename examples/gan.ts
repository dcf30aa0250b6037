/**
 * Handwritten digits that nobody wrote: a deep convolutional GAN. The generator makes images from noise, the discriminator tells
 * them from real ones, and each step trains both.
 *
 *     npx node examples/gan.ts --data FOLDER [--judge out/mnist-cnn/model.onnx]     (or --download)
 *
 * With a trained classifier as judge it says which digits the samples show, and how near the nearest training image is: a
 * generator that copies would come much nearer than digits come to each other.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { type Images, imageSheet, pickImages } from '@gradus/data';
import { type HostTensor, input, type Tensor, writeOnnx } from '@gradus/engine';
import {
  adam,
  batchesOf,
  bceWithLogits,
  dcganDiscriminator,
  dcganGenerator,
  initialize,
  parametersOf,
  predict,
  Trainer,
} from '@gradus/nn';
import { argumentsFor, example } from './lib/arguments.ts';
import { dataset, likeliest } from './lib/classify.ts';
import { MNIST, readMnist } from './lib/mnist.ts';
import { lossChart } from './lib/plots.ts';

const NOISE = 64;
const BATCH = 64;

await example(async () => {
  const { data, out, epochs, limit, more } = await argumentsFor(
    'mnist',
    { epochs: 5, out: 'out/gan' },
    MNIST,
    ['judge'],
  );
  const { train } = readMnist(data, limit);
  const random = new Random('gan');
  const [generator, discriminator] = [dcganGenerator(), dcganDiscriminator()];
  // Pixels from 0 to 255 as values from −1 to 1, which is what tanh gives.
  const real = (pixels: Tensor) =>
    pixels
      .cast('float32')
      .mul(2 / 255)
      .sub(1);
  const judged = (images: Tensor, truth: number) => {
    const logits = discriminator.forward(images);
    return bceWithLogits(logits, logits.mul(0).add(truth));
  };
  const example = {
    noise: input('noise', [BATCH, NOISE]),
    pixels: input('pixels', [BATCH, 1, 28, 28], 'uint8'),
  };
  judged(generator.forward(example.noise), 1);
  initialize(generator, random.fork('generator'));
  initialize(discriminator, random.fork('discriminator'));
  const optimizer = adam({ learningRate: 2e-4, beta1: 0.5 });
  const trainer = new Trainer(
    [
      {
        name: 'discriminator',
        loss: ({ noise, pixels }) => judged(real(pixels!), 0.9).add(judged(generator.forward(noise!), 0)),
        parameters: parametersOf(discriminator, 'discriminator'),
        optimizer,
      },
      {
        name: 'generator',
        loss: ({ noise }) => judged(generator.forward(noise!), 1),
        parameters: parametersOf(generator, 'generator'),
        optimizer,
      },
    ],
    { random, alone: true },
  );
  const images = dataset(train);
  const history: { generator: number[]; discriminator: number[] } = { generator: [], discriminator: [] };
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const batches = batchesOf(images, BATCH, random.fork(`epoch ${epoch}`)).filter(
        (rows) => rows.length === BATCH,
      );
      const sums = { generator: 0, discriminator: 0 };
      for (const rows of batches) {
        const { pixels } = images.batch(rows);
        const losses = await trainer.step({ pixels: pixels!, noise: noise(BATCH, random) });
        sums.generator += losses.generator! / batches.length;
        sums.discriminator += losses.discriminator! / batches.length;
      }
      history.generator.push(sums.generator);
      history.discriminator.push(sums.discriminator);
      console.log(
        `Epoch ${epoch}/${epochs} - discriminator: ${sums.discriminator.toFixed(4)} - generator: ${sums.generator.toFixed(4)}`,
      );
      trainer.sync();
      writeFileSync(join(out, `samples-${epoch}.png`), await imageSheet(await samples(generatorFile(), 64)));
    }
  } finally {
    await trainer.close();
  }
  writeFileSync(join(out, 'generator.onnx'), generatorFile());
  writeFileSync(join(out, 'loss.svg'), await lossChart(history));
  console.log(`Wrote samples-1.png …, loss.svg and generator.onnx (noise in, pixels out) to ${out}`);
  if (more.judge) await judge(await samples(generatorFile(), 1000), train, more.judge);

  function generatorFile(): Uint8Array {
    const z = input('noise', ['batch', NOISE]);
    const pixels = generator.forward(z).add(1).mul(127.5).clip(0, 255);
    return writeOnnx({ name: 'generator', inputs: { noise: z }, outputs: { pixels } });
  }
});

function noise(count: number, random: Random): HostTensor {
  const data = Float32Array.from({ length: count * NOISE }, () => random.normal());
  return { dtype: 'float32', dims: [count, NOISE], data };
}

async function samples(generator: Uint8Array, count: number): Promise<Images> {
  const fixed = noise(count, new Random('samples')).data as Float32Array;
  const { pixels } = await predict(generator, {
    size: count,
    batch: (rows) => ({
      noise: {
        dtype: 'float32',
        dims: [rows.length, NOISE],
        data: fixed.slice(rows[0]! * NOISE, (rows.at(-1)! + 1) * NOISE),
      },
    }),
  });
  return {
    count,
    channels: 1,
    height: 28,
    width: 28,
    pixels: Uint8Array.from(pixels!, Math.round),
    classes: [],
  };
}

/** Which digits there are among the samples, and whether any is a copy. */
async function judge(made: Images, train: Images, model: string): Promise<void> {
  const { probabilities } = await predict(new Uint8Array(readFileSync(model)), dataset(made));
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < made.count; i++) counts[likeliest(probabilities!, i, 10)]!++;
  console.log(
    `Digits among ${made.count} samples: ${counts.map((count, digit) => `${digit}: ${count}`).join(', ')}`,
  );
  const rows = Int32Array.from({ length: 100 }, (_, i) => i);
  const others = new Random('others').permutation(train.count).slice(0, 100);
  const ofSamples = distances(pickImages(made, rows), train);
  // What is usual between images that are no copies: from training images to the nearest other one.
  const usual = distances(pickImages(train, others), train, others);
  const show = (values: number[]) =>
    `nearest ${Math.min(...values).toFixed(2)}, median ${values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(2)}`;
  console.log(`Distance from samples to the nearest training image: ${show(ofSamples)}`);
  console.log(`Distance from training images to the nearest other: ${show(usual)}`);
}

/** Euclidean, pixels from 0 to 1; `own` are rows of `all` that do not count for the image at the same place. */
function distances(images: Images, all: Images, own?: Int32Array): number[] {
  const size = 28 * 28;
  return Array.from({ length: images.count }, (_, i) => {
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < all.count; row++) {
      if (own?.[i] === row) continue;
      let sum = 0;
      for (let k = 0; k < size && sum < least; k++) {
        const d = images.pixels[i * size + k]! - all.pixels[row * size + k]!;
        sum += d * d;
      }
      least = Math.min(least, sum);
    }
    return Math.sqrt(least) / 255;
  });
}
