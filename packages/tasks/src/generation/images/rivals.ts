/**
 * The two usual generators of small images, to be beaten: a deep convolutional GAN (Radford, Metz and Chintala, 2016) and flow matching
 * (Lipman et al., 2023), each trained on the same sprites with as much work as it is given.
 */
import type { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import {
  adam,
  bceWithLogits,
  dcganDiscriminator,
  dcganGenerator,
  FlowNet,
  flowMatchingLoss,
  initialize,
  parametersOf,
  predict,
  Trainer,
} from '@gradus/nn';
import { isOver, type TimeLimit } from '../time-limit.ts';
import type { RgbaImage } from './palette.ts';

export type Rival = 'gan' | 'flow';
type Pixels = Omit<RgbaImage, 'name'>;

export interface RivalOptions {
  /** Images to make. */
  readonly count: number;
  /** Seconds of work on two cores of a usual machine; counted, so that every machine does the same. */
  readonly seconds: number;
  readonly random: Random;
  /** Training ends where it is over, if the work is not done before. */
  readonly limit?: TimeLimit | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: number, steps: number) => void) | undefined;
}

/** Both draw squares of this side; sprites of another size are brought to it and back, pixel by pixel. */
const SIDE = 32;
const CHANNELS = 4;
const BATCH = 32;
const NOISE = 64;
const WIDTH = 32;
/** Steps from noise to image (Heun's method would take half of them, at twice the work). */
const FLOW_STEPS = 24;
/** Images that are drawn at once. */
const DRAWN = 50;
/** Steps of training in a second. */
const STEPS_A_SECOND: Readonly<Record<Rival, number>> = { gan: 12, flow: 2.5 };

/** Images of the size of the first original. */
export function rivalImages(
  rival: Rival,
  originals: readonly Pixels[],
  options: RivalOptions,
): Promise<Pixels[]> {
  const steps = Math.max(1, Math.round(options.seconds * STEPS_A_SECOND[rival]));
  const real = Float32Array.from(originals.flatMap((image) => Array.from(planesOf(image))));
  return { gan: ganImages, flow: flowImages }[rival](real, steps, options, originals[0]!);
}

async function ganImages(
  real: Float32Array,
  steps: number,
  options: RivalOptions,
  size: Pixels,
): Promise<Pixels[]> {
  const { random } = options;
  const [generator, discriminator] = [dcganGenerator(CHANNELS, WIDTH, SIDE), dcganDiscriminator(WIDTH)];
  const judged = (images: Tensor, truth: number) => {
    const logits = discriminator.forward(images);
    return bceWithLogits(logits, logits.mul(0).add(truth));
  };
  judged(generator.forward(input('noise', [BATCH, NOISE])), 1);
  initialize(generator, random.fork('generator'));
  initialize(discriminator, random.fork('discriminator'));
  const optimizer = adam({ learningRate: 2e-4, beta1: 0.5 });
  const trainer = new Trainer(
    [
      {
        name: 'discriminator',
        loss: ({ noise, images }) => judged(images!, 0.9).add(judged(generator.forward(noise!), 0)),
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
    { random, alone: true, threads: 1 },
  );
  await trained(trainer, real, steps, options, () => ({ noise: gaussian([BATCH, NOISE], random) }));
  const noise = input('noise', ['batch', NOISE]);
  const outputs = { images: generator.forward(noise) };
  const drawn = gaussian([options.count, NOISE], random);
  const { images } = await predict(
    { name: 'generator', inputs: { noise }, outputs },
    { size: options.count, batch: (rows) => ({ noise: rowsOf(drawn, rows) }) },
  );
  return imagesOf(images!, size);
}

async function flowImages(
  real: Float32Array,
  steps: number,
  options: RivalOptions,
  size: Pixels,
): Promise<Pixels[]> {
  const { random, count, signal } = options;
  const net = new FlowNet(CHANNELS, WIDTH);
  const shape = [BATCH, CHANNELS, SIDE, SIDE];
  flowMatchingLoss(net, input('images', shape), input('noise', shape), input('time', [BATCH]));
  initialize(net, random.fork('flow'));
  const trainer = new Trainer(
    [
      {
        name: 'flow',
        loss: ({ images, noise, time }) => flowMatchingLoss(net, images!, noise!, time!),
        parameters: parametersOf(net, 'flow'),
        optimizer: adam({ learningRate: 1e-3 }),
      },
    ],
    { random, alone: true, threads: 1 },
  );
  await trained(trainer, real, steps, options, () => ({
    noise: gaussian(shape, random),
    time: {
      dtype: 'float32',
      dims: [BATCH],
      data: Float32Array.from({ length: BATCH }, () => random.uniform()),
    },
  }));
  const [x, time] = [input('x', ['batch', CHANNELS, SIDE, SIDE]), input('time', ['batch'])];
  const graph = { name: 'velocity', inputs: { x, time }, outputs: { velocity: net.forward(x, time) } };
  const velocity = await compile(graph, {});
  const noise = gaussian([count, CHANNELS, SIDE, SIDE], random);
  const made: Pixels[] = [];
  try {
    for (let from = 0; from < count; from += DRAWN) {
      const rows = Array.from({ length: Math.min(DRAWN, count - from) }, (_, i) => from + i);
      let at = rowsOf(noise, rows);
      // Euler's method along the flow.
      for (let step = 0; step < FLOW_STEPS; step++) {
        signal?.throwIfAborted();
        const now = new Float32Array(rows.length).fill(step / FLOW_STEPS);
        const moved = await velocity.run({
          x: at,
          time: { dtype: 'float32', dims: [rows.length], data: now },
        });
        const slope = moved.velocity!.data as Float32Array;
        at = { ...at, data: (at.data as Float32Array).map((value, i) => value + slope[i]! / FLOW_STEPS) };
      }
      made.push(...imagesOf(at.data as Float32Array, size));
    }
  } finally {
    await velocity.close();
  }
  return made;
}

async function trained(
  trainer: Trainer,
  real: Float32Array,
  steps: number,
  { random, limit, signal, onStep }: RivalOptions,
  more: () => Record<string, HostTensor>,
): Promise<void> {
  const area = CHANNELS * SIDE * SIDE;
  const all: HostTensor = { dtype: 'float32', dims: [real.length / area, CHANNELS, SIDE, SIDE], data: real };
  try {
    for (let step = 0; step < steps; step++) {
      signal?.throwIfAborted();
      const rows = Int32Array.from({ length: BATCH }, () => random.below(all.dims[0]!));
      await trainer.step({ images: rowsOf(all, rows), ...more() });
      onStep?.(step + 1, steps);
      if (isOver(limit)) break;
    }
    trainer.sync();
  } finally {
    await trainer.close();
  }
}

/** [channels, side, side] from −1 to 1; what is transparent is black. */
function planesOf({ width, height, data }: Pixels): Float32Array {
  const planes = new Float32Array(CHANNELS * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const from = CHANNELS * (Math.floor((y * height) / SIDE) * width + Math.floor((x * width) / SIDE));
      const isThere = data[from + 3]! >= 128;
      for (let channel = 0; channel < CHANNELS; channel++) {
        planes[(channel * SIDE + y) * SIDE + x] = isThere ? data[from + channel]! / 127.5 - 1 : -1;
      }
    }
  }
  return planes;
}

function imagesOf(planes: ArrayLike<number>, { width, height }: Pixels): Pixels[] {
  const area = SIDE * SIDE;
  return Array.from({ length: planes.length / (CHANNELS * area) }, (_, i) => {
    const data = new Uint8Array(CHANNELS * width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = Math.floor((y * SIDE) / height) * SIDE + Math.floor((x * SIDE) / width);
        for (let channel = 0; channel < CHANNELS; channel++) {
          const value = planes[(i * CHANNELS + channel) * area + from]!;
          data[CHANNELS * (y * width + x) + channel] = Math.min(
            255,
            Math.max(0, Math.round((value + 1) * 127.5)),
          );
        }
      }
    }
    return { width, height, data };
  });
}

function rowsOf({ dtype, dims, data }: HostTensor, rows: ArrayLike<number>): HostTensor {
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  const own = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    own.set((data as Float32Array).subarray(rows[i]! * width, (rows[i]! + 1) * width), i * width);
  }
  return { dtype, dims: [rows.length, ...dims.slice(1)], data: own };
}

function gaussian(dims: readonly number[], random: Random): HostTensor {
  const length = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length }, () => random.normal()) };
}
