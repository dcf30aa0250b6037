/**
 * Loading images: how long a training loop waits for its batches, and how many images a second are read from JPEG files,
 * resized and augmented, beside torchvision's DataLoader with as many workers (in the Python that GRADUS_TORCHVISION names, else
 * /usr/bin/python3, where Debian's python3-torchvision is installed).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { percent, Random } from '@gradus/base';
import { type BatchLoader, imageBatches, imageFileBatches, type StepSpec } from '@gradus/data';
import { input } from '@gradus/engine';
import { crossEntropy, initialize, parametersOf, resnet, sgd, Trainer } from '@gradus/nn';
import sharp from 'sharp';
import type { Measurement } from '../measurement.ts';

const BATCH = 64;
const STEPS = 40;
const WARM_UP = 5;
const PHOTOS = 192;
const WORKERS = 2;
const TURNS = 3;
/** JavaScript is compiled as it runs: a training run is long, the first few hundred images of it are not like the rest. */
const WARM_EPOCHS = 5;

export async function* loading(): AsyncGenerator<Measurement> {
  yield await waiting();
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-photos-'));
  try {
    await makePhotos(folder);
    for (const [what, augment] of [
      ['decoded and resized to 224 × 224', 'none'],
      ['and cropped, mirrored', 'crop'],
      ['and through RandAugment', 'rand'],
    ] as const) {
      const own: Rate[] = [];
      const peer: PeerRate[] = [];
      for (let turn = 0; turn < TURNS; turn++) {
        own.push(await ownRate(folder, STEPS_OF[augment]));
        const theirs = torchvision(folder, augment);
        if (theirs) peer.push(theirs);
      }
      const [best, bestPeer] = [bestOf(own), bestOf(peer)];
      yield {
        what: `JPEG files of 500 × 375 ${what}, ${WORKERS} workers`,
        gradus: shown(best),
        ...(peer.length > 0 && {
          peer: `${shown(bestPeer)} (${peer[0]!.version})`,
          ratio: bestPeer.perCpu / best.perCpu,
        }),
      };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface PeerRate extends Rate {
  readonly version: string;
}

const bestOf = (rates: readonly Rate[]): Rate => ({
  rate: Math.max(...rates.map(({ rate }) => rate)),
  perCpu: Math.max(...rates.map(({ perCpu }) => perCpu)),
});
const shown = ({ rate, perCpu }: Rate): string =>
  `${rate.toFixed(0)} images/s, ${perCpu.toFixed(0)} a second of processor time`;

const STEPS_OF: Readonly<Record<string, readonly StepSpec[]>> = {
  none: [],
  crop: [['crop', { padding: 8 }], ['flip']],
  rand: [['crop', { padding: 8 }], ['flip'], ['randAugment']],
};

/** The share of a training step that the residual network of the CIFAR example waits for its augmented batch. */
async function waiting(): Promise<Measurement> {
  const random = new Random(0);
  const count = BATCH * (STEPS + WARM_UP);
  const images = {
    count,
    channels: 3,
    height: 32,
    width: 32,
    pixels: Uint8Array.from({ length: count * 3072 }, () => random.below(256)),
    labels: Uint8Array.from({ length: count }, () => random.below(10)),
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
  };
  const steps: StepSpec[] = [['crop', { padding: 4 }], ['flip'], ['randAugment']];
  await using loader = imageBatches(images, { steps });
  const model = resnet(10);
  const trainer = trainerFor(model);
  let [begun, waited] = [0, 0];
  for await (const { batch, step } of loader.from(0, { batchSize: BATCH, epochs: 1 })) {
    if (step === WARM_UP) [begun, waited] = [performance.now(), loader.waited];
    await trainer.step(batch);
  }
  const all = performance.now() - begun;
  await trainer.close();
  const own = loader.waited - waited;
  return {
    what: 'residual CNN on 32 × 32 with crop, flip and RandAugment: waiting for batches',
    gradus: `${percent(own / all)} of a step of ${(all / STEPS).toFixed(0)} ms`,
  };
}

function trainerFor(model: ReturnType<typeof resnet>): Trainer {
  const loss = ({ pixels, labels }: Parameters<ConstructorParameters<typeof Trainer>[0][0]['loss']>[0]) =>
    crossEntropy(
      model.forward(
        pixels!
          .cast('float32')
          .mul(1 / 127.5)
          .sub(1),
      ),
      labels!,
    );
  const dims = [BATCH, 3, 32, 32];
  loss({ pixels: input('pixels', dims, 'uint8'), labels: input('labels', [BATCH], 'int64') });
  initialize(model, new Random(0));
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9 });
  return new Trainer([{ name: 'loss', loss, parameters: parametersOf(model), optimizer }], {
    random: new Random(1),
  });
}

/** Photographs as cameras take them, by the measure of a decoder: smooth shapes with grain, JPEG of quality 90. */
async function makePhotos(folder: string): Promise<void> {
  const random = new Random('photos');
  const colour = () => `rgb(${random.below(256)},${random.below(256)},${random.below(256)})`;
  for (let i = 0; i < PHOTOS; i++) {
    const shapes = Array.from({ length: 25 }, () => {
      const [x, y, r] = [random.below(500), random.below(375), 10 + random.below(120)];
      return `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r * random.uniform(0.3, 1)}" fill="${colour()}" fill-opacity="0.8"/>`;
    });
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="375"><rect width="500" height="375" fill="${colour()}"/>${shapes.join('')}</svg>`;
    const grain = {
      create: {
        width: 500,
        height: 375,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 18 },
      },
    } as const;
    const name = `class ${i % 4}`;
    mkdirSync(join(folder, name), { recursive: true });
    await sharp(Buffer.from(drawing))
      .composite([{ input: await sharp(grain).png({ compressionLevel: 0 }).toBuffer(), blend: 'soft-light' }])
      .jpeg({ quality: 90 })
      .toFile(join(folder, name, `${i}.jpg`));
  }
}

interface Rate {
  /** Images a second. */
  readonly rate: number;
  /** Images a second of processor time, which says the same however busy the machine is. */
  readonly perCpu: number;
}

async function ownRate(folder: string, steps: readonly StepSpec[]): Promise<Rate> {
  await using loader = imageFileBatches(folder, { size: [224, 224], steps, threads: WORKERS });
  await through(loader, 0, WARM_EPOCHS);
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const images = await through(loader, WARM_EPOCHS * Math.ceil(PHOTOS / BATCH), WARM_EPOCHS + 2);
  const { user, system } = process.cpuUsage(used);
  return { rate: images / ((performance.now() - begun) / 1000), perCpu: images / ((user + system) / 1e6) };
}

/** Images in the epochs after so many steps. */
async function through(loader: BatchLoader, step: number, epochs: number): Promise<number> {
  let images = 0;
  for await (const { rows } of loader.from(step, { batchSize: BATCH, epochs })) images += rows.length;
  return images;
}

function torchvision(folder: string, augment: string): PeerRate | undefined {
  const script = new URL('../peers/load_images.py', import.meta.url).pathname;
  const python = process.env.GRADUS_TORCHVISION ?? '/usr/bin/python3';
  const { status, stdout } = spawnSync(python, [script, folder, augment, String(WORKERS), String(BATCH)], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return status === 0 ? JSON.parse(stdout) : undefined;
}
