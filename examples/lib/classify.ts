/** Trains a classifier of images, says how it goes, and leaves plots and a model file that takes plain pixels. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { type Images, imageSheet, pickImages } from '@gradus/data';
import { type HostTensor, input, type Tensor, writeOnnx } from '@gradus/engine';
import { crossEntropy, type Dataset, fit, type Module, type Optimizer, predict } from '@gradus/nn';
import { accuracy, confusionMatrix } from '@gradus/stats';
import { confusionChart, lossChart } from './plots.ts';

export interface Classification {
  readonly model: Module;
  readonly train: Images;
  readonly test: Images;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly epochs: number;
  readonly out: string;
  /** The image as the network is to see it, from pixels of 0 to 1: [batch, channels, height, width]. */
  prepare?(x: Tensor): Tensor;
  /** Changes a batch of pixels before a step, in place. */
  augment?(pixels: Uint8Array, random: Random): void;
}

/** @returns the accuracy on the test images */
export async function classify(task: Classification): Promise<number> {
  const { model, train, test, out, prepare = (x) => x } = task;
  const forward = (pixels: Tensor) => model.forward(prepare(pixels.cast('float32').mul(1 / 255)));
  const started = performance.now();
  let shown = 0;
  const { epochs } = await fit(model, dataset(train, task.augment), {
    loss: ({ pixels, labels }) => crossEntropy(forward(pixels!), labels!),
    optimizer: task.optimizer,
    epochs: task.epochs,
    batchSize: task.batchSize,
    random: new Random('example'),
    onStep: (step, steps) => {
      if (!process.stdout.isTTY || performance.now() - shown < 200) return;
      shown = performance.now();
      const left = ((shown - started) / step) * (steps - step);
      process.stdout.write(`\r  step ${step} of ${steps}, ${Math.ceil(left / 1000)} s left \x1b[K`);
    },
    onEpoch: ({ epoch, loss }) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      console.log(`\rEpoch ${epoch}/${task.epochs} - loss: ${loss.toFixed(4)} - ${seconds} s\x1b[K`);
    },
  });
  const pixels = input('pixels', ['batch', test.channels, test.height, test.width], 'uint8');
  const graph = {
    name: 'classifier',
    inputs: { pixels },
    outputs: { probabilities: forward(pixels).softmax() },
  };
  const bytes = writeOnnx(graph, { classes: JSON.stringify(test.classes) });
  const { probabilities } = await predict(bytes, dataset(test));
  const guesses = Array.from({ length: test.count }, (_, i) =>
    likeliest(probabilities!, i, test.classes.length),
  );
  const reached = accuracy(test.labels!, guesses);
  console.log(`Test accuracy: ${(100 * reached).toFixed(2)}% of ${test.count} images`);
  const matrix = confusionMatrix(test.labels!, guesses, test.classes.length);
  writeFileSync(join(out, 'loss.svg'), await lossChart({ loss: epochs.map(({ loss }) => loss) }));
  writeFileSync(join(out, 'confusion.svg'), await confusionChart(matrix, test.classes));
  writeFileSync(join(out, 'model.onnx'), bytes);
  const wrong = guesses.flatMap((guess, i) => (guess === test.labels![i] ? [] : [i])).slice(0, 64);
  if (wrong.length > 0) writeFileSync(join(out, 'mistakes.png'), await imageSheet(pickImages(test, wrong)));
  console.log(
    `Wrote loss.svg, confusion.svg, mistakes.png and model.onnx (pixels in, probabilities out) to ${out}`,
  );
  return reached;
}

/** Batches of plain pixels: they become numbers between 0 and 1 in the graph. */
export function dataset(images: Images, augment?: Classification['augment']): Dataset {
  const { channels, height, width, labels } = images;
  return {
    size: images.count,
    batch: (rows): Record<string, HostTensor> => {
      const { pixels } = pickImages(images, rows);
      augment?.(pixels, new Random(`augment ${rows.join()}`));
      return {
        pixels: { dtype: 'uint8', dims: [rows.length, channels, height, width], data: pixels },
        ...(labels && {
          labels: {
            dtype: 'int64',
            dims: [rows.length],
            data: BigInt64Array.from(rows as unknown as number[], (row) => BigInt(labels[row]!)),
          },
        }),
      };
    },
  };
}

export function likeliest(probabilities: Float32Array, row: number, classes: number): number {
  const part = probabilities.subarray(row * classes, (row + 1) * classes);
  return part.indexOf(part.reduce((a, b) => Math.max(a, b)));
}
