/** The decoder of a speech model that runs: it keeps keys and values of what it has written, beside those of the sound it writes of. */
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { cachedGraph, pastName, presentName } from '../graph/decoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { openGraph } from '../run/open-graph.ts';

export class SpeechDecoder {
  readonly #compiled: CompiledGraph;
  readonly #caches: Record<string, HostTensor> = {};
  readonly #into: Record<string, HostTensor> = {};
  readonly #logits: HostTensor;
  #cross: Readonly<Record<string, HostTensor>> = {};
  #length = 0;

  static async open(
    config: DecoderConfig,
    weights: LayerWeights,
    threads: number | undefined,
  ): Promise<SpeechDecoder> {
    const graph = cachedGraph(config, weights, { places: config.context, logits: 'last' });
    return new SpeechDecoder(await openGraph(graph, { threads }), config);
  }

  private constructor(
    compiled: CompiledGraph,
    { layers, kvHeads, context, headSize, vocabulary }: DecoderConfig,
  ) {
    this.#compiled = compiled;
    const dims = [1, kvHeads, context, headSize];
    for (let i = 0; i < layers.length; i++) {
      for (const kind of ['key', 'value'] as const) {
        const data = new Float32Array(kvHeads * context * headSize);
        const cache: HostTensor = { dtype: 'float32', dims, data };
        this.#caches[pastName(kind, i)] = cache;
        this.#into[presentName(kind, i)] = cache;
      }
    }
    this.#logits = { dtype: 'float32', dims: [1, 1, vocabulary], data: new Float32Array(vocabulary) };
  }

  /** Begins a transcript. @param cross keys and values of the sound, by their names */
  begin(cross: Readonly<Record<string, HostTensor>>): void {
    this.#cross = cross;
    this.#length = 0;
  }

  /** Writes tokens. @returns the logits of the one after them; valid until the next call */
  async write(ids: readonly number[]): Promise<Float32Array> {
    const from = this.#length;
    const dims = [1, ids.length];
    const positions = BigInt64Array.from(ids, (_, i) => BigInt(from + i));
    await this.#compiled.run(
      {
        ...this.#caches,
        ...this.#cross,
        ids: { dtype: 'int64', dims, data: BigInt64Array.from(ids, BigInt) },
        positions: { dtype: 'int64', dims, data: positions },
        last: { dtype: 'int32', dims: [1], data: Int32Array.of(from + ids.length - 1) },
        total: { dtype: 'int32', dims: [], data: Int32Array.of(from + ids.length) },
      },
      { ...this.#into, logits: this.#logits },
    );
    this.#length += ids.length;
    return this.#logits.data as Float32Array;
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }
}
