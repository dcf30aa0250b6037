/** Photographs to features of the whole and of some places, some at a time. */
import type { Random } from '@gradus/base';
import { writeOnnx } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { encoderSize, type ImageEncoder, pixelInput } from '../image/encoder.ts';
import { type Looks, looksOf } from './looks.ts';
import type { MapSize } from './patch-network.ts';

const BATCH = 8;

export interface DescribeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly random: Random;
  /** How many places of a photograph are kept. */
  places(photograph: number): number;
  /** Whether its maps are kept. */
  keepsMaps(photograph: number): boolean;
  onProgress?(done: number, total: number): void;
}

export interface Described {
  readonly features: Float32Array[];
  readonly places: Float32Array[];
  /** Maps, and features of deeper ones, of the photographs whose maps are kept. */
  readonly local: Float32Array[];
  readonly deep: Float32Array[];
  readonly mapSize: MapSize;
}

export class Describer {
  readonly widths: readonly number[];
  readonly deepWidths: readonly number[];
  readonly #size: readonly [number, number];
  readonly #graph: CompiledGraph;

  private constructor(graph: CompiledGraph, size: readonly [number, number], looks: Looks) {
    this.#graph = graph;
    this.#size = size;
    this.widths = looks.widths;
    this.deepWidths = looks.deepWidths;
  }

  static async open(encoder: ImageEncoder): Promise<Describer> {
    const pixels = pixelInput(encoder, 'pixels');
    const looks = looksOf(encoder, pixels);
    const { features, map, local, deep } = looks;
    const graph = writeOnnx({ name: 'looks', inputs: { pixels }, outputs: { features, map, local, deep } });
    return new Describer(await compile(graph), encoderSize(encoder), looks);
  }

  async describe(
    photographs: readonly Uint8Array[],
    { signal, random, places, keepsMaps, onProgress }: DescribeOptions,
  ): Promise<Described> {
    const features: Float32Array[] = [];
    const kept: Float32Array[] = [];
    const local: Float32Array[] = [];
    const deep: Float32Array[] = [];
    let mapSize: MapSize = { channels: 0, height: 0, width: 0 };
    for (let from = 0; from < photographs.length; from += BATCH) {
      signal?.throwIfAborted();
      const batch = photographs.slice(from, from + BATCH);
      const outputs = await this.#run(batch);
      const all = outputs.features!.data as Float32Array;
      const own = all.length / batch.length;
      const { dims, data: maps } = outputs.map! as { dims: readonly number[]; data: Float32Array };
      const [, channels, high, wide] = dims as [number, number, number, number];
      for (const i of batch.keys()) {
        features.push(all.slice(i * own, (i + 1) * own));
        if (keepsMaps(from + i)) {
          const { dims, data } = outputs.local! as { dims: readonly number[]; data: Float32Array };
          const size = data.length / batch.length;
          mapSize = { channels: dims[1]!, height: dims[2]!, width: dims[3]! };
          local.push(data.slice(i * size, (i + 1) * size));
          const whole = outputs.deep!.data as Float32Array;
          const wide = whole.length / batch.length;
          deep.push(whole.slice(i * wide, (i + 1) * wide));
        }
        for (let k = places(from + i); k > 0; k--) {
          const place = random.below(high * wide);
          kept.push(
            Float32Array.from(
              { length: channels },
              (_, c) => maps[(i * channels + c) * high * wide + place]!,
            ),
          );
        }
      }
      onProgress?.(Math.min(from + BATCH, photographs.length), photographs.length);
    }
    return { features, places: kept, local, deep, mapSize };
  }

  /** The features of deeper maps alone, of photographs that are made one batch after the other. */
  async deepOf(
    count: number,
    photograph: (i: number) => Uint8Array,
    { signal, onProgress }: Pick<DescribeOptions, 'signal' | 'onProgress'>,
  ): Promise<Float32Array[]> {
    const deep: Float32Array[] = [];
    while (deep.length < count) {
      signal?.throwIfAborted();
      const size = Math.min(BATCH, count - deep.length);
      const { deep: own } = await this.#run(
        Array.from({ length: size }, (_, i) => photograph(deep.length + i)),
      );
      const data = own!.data as Float32Array;
      const wide = data.length / size;
      for (let i = 0; i < size; i++) deep.push(data.slice(i * wide, (i + 1) * wide));
      onProgress?.(deep.length, count);
    }
    return deep;
  }

  #run(batch: readonly Uint8Array[]): ReturnType<CompiledGraph['run']> {
    const [height, width] = this.#size;
    const length = 3 * height * width;
    const data = new Uint8Array(batch.length * length);
    for (const [i, photograph] of batch.entries()) data.set(photograph, i * length);
    return this.#graph.run({ pixels: { dtype: 'uint8', dims: [batch.length, 3, height, width], data } });
  }

  close(): Promise<void> {
    return this.#graph.close();
  }
}
