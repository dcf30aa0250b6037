/**
 * A small network that tells photographs with a known defect from good ones by their places: on an encoder's maps, which are not
 * changed, two convolutions say how bad each place is; the photograph is as bad as its worst places (multiple-instance learning: Ilse et al.,
 * "Attention-based Deep Multiple Instance Learning", 2018). Photographs are also learnt turned over.
 */
import type { Random } from '@gradus/base';
import { concat, constant, type HostTensor, input, type Tensor } from '@gradus/engine';
import {
  adamW,
  bceWithLogits,
  conv2d,
  cosine,
  type Dataset,
  dense,
  dropout,
  fit,
  loadState,
  Module,
  predict,
  relu,
  sequential,
  stateOf,
} from '@gradus/nn';

/** Maps of a photograph: [channels, height, width]. */
export interface MapSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Plain data. */
export interface PatchNetwork {
  readonly size: MapSize;
  /** Of each channel over the photographs that were learnt from. */
  readonly center: Float32Array;
  readonly scale: Float32Array;
  readonly state: Readonly<Record<string, HostTensor>>;
}

const HIDDEN = 48;
const EPOCHS = 7;
/** Turned over, or not, in both ways. */
const TURNS = 4;
const BATCH = 32;
const LEARNING_RATE = 2e-3;
const DECAY = 0.05;
/** How much the worst place counts: many places, or one. */
const SHARPNESS = 2;

class Network extends Module {
  readonly body;
  readonly places;
  readonly whole;
  readonly #size: MapSize;

  constructor(size: MapSize) {
    super();
    this.#size = size;
    this.body = sequential(
      dropout(0.2),
      conv2d(HIDDEN, 1),
      relu(),
      conv2d(HIDDEN, 3, { padding: 1 }),
      relu(),
      dropout(0.3),
    );
    this.places = conv2d(1, 1);
    this.whole = dense(1);
  }

  /** @param maps standardized, [batch, channels, height, width] @returns logits [batch] */
  forward(maps: Tensor): Tensor {
    const { height, width } = this.#size;
    const hidden = this.body.forward(maps);
    const badness = this.places.forward(hidden).reshape(-1, height * width);
    const worst = badness.mul(SHARPNESS).clip(-60, 60).exp().mean([1]).log().div(SHARPNESS);
    const pooled = concat([hidden.mean([2, 3]), hidden.maximum([2, 3])], 1);
    return worst.add(this.whole.forward(pooled).squeeze(1));
  }
}

/** @param maps of each photograph; `isDefect` says which have one */
export async function fitPatchNetwork(
  maps: readonly Float32Array[],
  isDefect: readonly boolean[],
  size: MapSize,
  { random, signal }: { readonly random: Random; readonly signal?: AbortSignal | undefined },
): Promise<PatchNetwork> {
  const { center, scale } = scaleOf(maps, size);
  const network = new Network(size);
  const data: Dataset = {
    size: maps.length * TURNS,
    batch: (rows) => {
      const length = maps[0]!.length;
      const x = new Float32Array(rows.length * length);
      for (const [i, row] of rows.entries())
        turned(maps[Math.floor(row / TURNS)]!, size, row % TURNS, x.subarray(i * length, (i + 1) * length));
      const y = Float32Array.from(rows, (row) => Number(isDefect[Math.floor(row / TURNS)]));
      return {
        x: { dtype: 'float32', dims: [rows.length, size.channels, size.height, size.width], data: x },
        y,
      };
    },
  };
  const standardized = standardizer({ size, center, scale });
  const steps = Math.ceil(data.size / BATCH) * EPOCHS;
  await fit(network, data, {
    loss: ({ x, y }) => bceWithLogits(network.forward(standardized(x!)), y!),
    optimizer: adamW({ learningRate: cosine(LEARNING_RATE, steps), weightDecay: DECAY }),
    epochs: EPOCHS,
    batchSize: BATCH,
    random,
    ...(signal && { signal }),
  });
  return { size, center, scale, state: stateOf(network) };
}

/** @param maps [batch, channels, height, width] @returns logits [batch] */
export function patchLogits(model: PatchNetwork, maps: Tensor): Tensor {
  const network = new Network(model.size);
  // Layers make their parameters when they first see an input.
  network.forward(maps);
  loadState(network, model.state);
  return network.forward(standardizer(model)(maps));
}

export async function patchScores(model: PatchNetwork, maps: readonly Float32Array[]): Promise<Float32Array> {
  const { channels, height, width } = model.size;
  if (maps.length === 0) return new Float32Array(0);
  const x = input('x', ['batch', channels, height, width]);
  const data: Dataset = {
    size: maps.length,
    batch: (rows) => {
      const all = new Float32Array(rows.length * maps[0]!.length);
      for (const [i, row] of rows.entries()) all.set(maps[row]!, i * maps[0]!.length);
      return { x: { dtype: 'float32', dims: [rows.length, channels, height, width], data: all } };
    },
  };
  const { scores } = await predict(
    { name: 'patches', inputs: { x }, outputs: { scores: patchLogits(model, x) } },
    data,
    { batchSize: BATCH },
  );
  return scores!;
}

function standardizer({ size: { channels }, center, scale }: Omit<PatchNetwork, 'state'>) {
  const byChannel = (data: Float32Array) => constant({ dtype: 'float32', dims: [1, channels, 1, 1], data });
  return (maps: Tensor): Tensor => maps.sub(byChannel(center)).div(byChannel(scale));
}

function scaleOf(maps: readonly Float32Array[], { channels, height, width }: MapSize) {
  const area = height * width;
  const n = maps.length * area;
  const [center, scale] = [new Float32Array(channels), new Float32Array(channels)];
  for (let c = 0; c < channels; c++) {
    let [sum, squares] = [0, 0];
    for (const map of maps)
      for (let i = c * area; i < (c + 1) * area; i++) {
        sum += map[i]!;
        squares += map[i]! ** 2;
      }
    center[c] = sum / n;
    scale[c] = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)) || 1;
  }
  return { center, scale };
}

/** @param turn Bit 0: left is right; bit 1: up is down. */
function turned(
  map: Float32Array,
  { channels, height, width }: MapSize,
  turn: number,
  into: Float32Array,
): void {
  if (turn === 0) {
    into.set(map);
    return;
  }
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const [fromY, fromX] = [turn & 2 ? height - 1 - y : y, turn & 1 ? width - 1 - x : x];
        into[(c * height + y) * width + x] = map[(c * height + fromY) * width + fromX]!;
      }
}
