/**
 * The MNIST example's network learns to read digits. Nothing in this file knows whether it runs in a page or in Node; the
 * digits are drawn here, so that it needs no data.
 *
 *     npx node examples/browser/serve.ts       bundles it for the page beside it (index.html), and serves both
 */

import { Random } from '@gradus/base';
import { type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import { adam, crossEntropy, type Dataset, type FitOptions, fit, predict, smallCnn } from '@gradus/nn';

const SIDE = 28;

export interface Learnt {
  /** The mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Share of digits it had not seen before that it reads rightly. */
  readonly accuracy: number;
}

export interface Reader extends Learnt {
  /** Reads a digit: 28 × 28 pixels from 0 (paper) to 1 (ink), row by row. */
  read(pixels: Float32Array): Promise<number>;
}

export interface LearnOptions extends Partial<Pick<FitOptions, 'device' | 'epochs' | 'onStep' | 'onEpoch'>> {
  /** How many digits it sees. */
  readonly count?: number;
}

/** Trains the network that the example mnist-cnn.ts trains. */
export async function learnDigits({
  device,
  count = 2000,
  epochs = 5,
  onStep = () => {},
  onEpoch = () => {},
}: LearnOptions): Promise<Reader> {
  const model = smallCnn(10);
  const fitted = await fit(model, dataset(drawnDigits(count, new Random('train'))), {
    loss: ({ x, y }) => crossEntropy(model.forward(x!), y!),
    optimizer: adam(),
    epochs,
    batchSize: 50,
    random: new Random('digits'),
    device,
    onStep,
    onEpoch,
  });
  const x = input('x', ['batch', 1, SIDE, SIDE]);
  const graph: Graph<Tensor> = { name: 'digits', inputs: { x }, outputs: { scores: model.forward(x) } };
  const read = async (digits: Digits): Promise<number[]> => {
    const { scores } = await predict(graph, dataset(digits), { device });
    return Array.from(digits.labels, (_, i) => {
      const row = scores!.subarray(10 * i, 10 * i + 10);
      return row.indexOf(Math.max(...row));
    });
  };
  const unseen = drawnDigits(300, new Random('test'));
  const right = (await read(unseen)).filter((digit, i) => digit === unseen.labels[i]).length;
  return {
    losses: fitted.epochs.map(({ loss }) => loss),
    accuracy: right / unseen.labels.length,
    read: async (pixels) => (await read({ pixels, labels: Uint8Array.of(0) }))[0]!,
  };
}

interface Digits {
  /** [count, 28, 28] */
  readonly pixels: Float32Array;
  readonly labels: Uint8Array;
}

function dataset({ pixels, labels }: Digits): Dataset {
  const area = SIDE * SIDE;
  return {
    size: labels.length,
    batch: (rows): Record<string, HostTensor> => {
      const x = new Float32Array(rows.length * area);
      for (const [i, row] of rows.entries()) x.set(pixels.subarray(row * area, (row + 1) * area), i * area);
      return {
        x: { dtype: 'float32', dims: [rows.length, 1, SIDE, SIDE], data: x },
        y: {
          dtype: 'int64',
          dims: [rows.length],
          data: BigInt64Array.from([...rows], (row) => BigInt(labels[row]!)),
        },
      };
    },
  };
}

/** How a pen writes each digit: strokes through points (x, y) of a square, y downwards. */
const STROKES: readonly (readonly (readonly number[])[])[] = [
  [[0.5, 0, 0.15, 0.2, 0.1, 0.6, 0.4, 1, 0.7, 0.95, 0.9, 0.5, 0.8, 0.15, 0.5, 0]],
  [[0.25, 0.25, 0.55, 0, 0.5, 1]],
  [[0.15, 0.25, 0.35, 0, 0.75, 0.05, 0.85, 0.3, 0.1, 1, 0.9, 0.95]],
  [[0.15, 0.1, 0.5, 0, 0.85, 0.2, 0.45, 0.45, 0.9, 0.7, 0.6, 1, 0.1, 0.9]],
  [
    [0.6, 0, 0.1, 0.6, 0.9, 0.6],
    [0.65, 0.3, 0.6, 1],
  ],
  [[0.85, 0, 0.25, 0, 0.15, 0.45, 0.6, 0.4, 0.9, 0.7, 0.55, 1, 0.1, 0.9]],
  [[0.7, 0, 0.25, 0.35, 0.1, 0.75, 0.45, 1, 0.85, 0.8, 0.65, 0.5, 0.15, 0.65]],
  [[0.1, 0.05, 0.9, 0, 0.4, 1]],
  [[0.5, 0.45, 0.15, 0.2, 0.5, 0, 0.85, 0.2, 0.5, 0.45, 0.1, 0.75, 0.5, 1, 0.9, 0.75, 0.5, 0.45]],
  [[0.85, 0.25, 0.45, 0, 0.15, 0.25, 0.4, 0.5, 0.8, 0.35, 0.85, 0.1, 0.75, 1]],
];

/** Digits in many hands: tilted, stretched, moved, with pens of many widths. */
function drawnDigits(count: number, random: Random): Digits {
  const pixels = new Float32Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, () => random.below(10));
  for (const [i, label] of labels.entries()) {
    const [width, height, tilt] = [random.uniform(9, 18), random.uniform(16, 22), random.normal(0, 3)];
    const [left, top] = [random.uniform(2, SIDE - 2 - width), random.uniform(2, SIDE - 2 - height)];
    const pen = random.uniform(0.9, 1.7);
    const image = pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    for (const stroke of STROKES[label]!) {
      const points = Array.from({ length: stroke.length / 2 }, (_, p) => {
        const [x, y] = [stroke[2 * p]!, stroke[2 * p + 1]!];
        return [
          left + width * x + tilt * (0.5 - y) + random.normal(0, 0.6),
          top + height * y + random.normal(0, 0.6),
        ] as const;
      });
      for (let p = 1; p < points.length; p++) drawLine(image, points[p - 1]!, points[p]!, pen);
    }
  }
  return { pixels, labels };
}

/** Ink where the line is near, fading over a pixel at its edge. */
function drawLine(
  image: Float32Array,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  pen: number,
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
      const distance = Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
      const at = y * SIDE + x;
      image[at] = Math.max(image[at]!, Math.min(1, Math.max(0, pen + 0.5 - distance)));
    }
  }
}
