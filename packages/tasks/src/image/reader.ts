/** Photographs to the numbers that describe them: decoded, and through an encoder's compiled graph, some at a time. */
import type { Localized } from '@gradus/base';
import { reasonOf } from '@gradus/data';
import { type Graph, writeOnnx } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { encoderFeatures, encoderName, encoderSize, type ImageEncoder, pixelInput } from './encoder.ts';
import { readFeaturesUrl } from './inline.ts';
import { decodeSource } from './source.ts';

/** Decoded at once, and then described at once. */
const BATCH = 16;

/** What an image's graph takes and gives. */
export interface ReaderFacts {
  /** Names of the graph's input and output. */
  readonly pixels: string;
  readonly features: string;
  readonly size: readonly [height: number, width: number];
  /** Numbers of a photograph. */
  readonly width: number;
  /** The encoder's name. */
  readonly encoder: string;
}

export interface ReadOptions {
  /** Where files are looked for; absent where only images themselves are taken. */
  readonly folder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

export class ImageReader {
  readonly facts: ReaderFacts;
  readonly #graph: CompiledGraph;

  private constructor(graph: CompiledGraph, facts: ReaderFacts) {
    this.#graph = graph;
    this.facts = facts;
  }

  static async open(graph: Graph, facts: ReaderFacts, threads = 0): Promise<ImageReader> {
    return new ImageReader(await compile(writeOnnx(graph), { threads }), facts);
  }

  static async ofEncoder(encoder: ImageEncoder): Promise<ImageReader> {
    const pixels = pixelInput(encoder, 'pixels');
    const features = encoderFeatures(encoder, pixels);
    return ImageReader.open(
      { name: 'encoder', inputs: { pixels }, outputs: { features } },
      {
        pixels: 'pixels',
        features: 'features',
        size: encoderSize(encoder),
        width: features.shape[1] as number,
        encoder: encoderName(encoder),
      },
    );
  }

  /** By source its numbers, or why there are none. */
  async read(
    sources: readonly string[],
    { folder, signal, onProgress }: ReadOptions = {},
  ): Promise<(Float32Array | Localized)[]> {
    const read: (Float32Array | Localized)[] = [];
    for (let from = 0; from < sources.length; from += BATCH) {
      signal?.throwIfAborted();
      read.push(...(await this.#batch(sources.slice(from, from + BATCH), folder)));
      onProgress?.(read.length, sources.length);
    }
    return read;
  }

  async #batch(sources: readonly string[], folder?: string): Promise<(Float32Array | Localized)[]> {
    const { size, width, encoder } = this.facts;
    const decoded = await Promise.all(
      sources.map(async (source): Promise<Float32Array | Uint8Array | Localized> => {
        try {
          return readFeaturesUrl(source, encoder, width) ?? (await decodeSource(source, size, folder));
        } catch (error) {
          return reasonOf(error);
        }
      }),
    );
    const images = decoded.filter((image) => image instanceof Uint8Array);
    const described = images.length > 0 ? await this.describe(images) : [];
    return decoded.map((image) => (image instanceof Uint8Array ? described.shift()! : image));
  }

  /** @param images [3, height, width] each */
  async describe(images: readonly Uint8Array[]): Promise<Float32Array[]> {
    const {
      pixels,
      features,
      width,
      size: [height, across],
    } = this.facts;
    const length = 3 * height * across;
    const data = new Uint8Array(images.length * length);
    for (const [i, image] of images.entries()) data.set(image, i * length);
    const outputs = await this.#graph.run({
      [pixels]: { dtype: 'uint8', dims: [images.length, 3, height, across], data },
    });
    const values = outputs[features]!.data as Float32Array;
    return images.map((_, i) => values.slice(i * width, (i + 1) * width));
  }

  close(): Promise<void> {
    return this.#graph.close();
  }
}
