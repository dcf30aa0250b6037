/**
 * A decoder that keeps several texts apart, each in a slot of one array of keys and values. A run takes a token each of any of them,
 * however long they are, or a stretch of one (Yu et al., "Orca", 2022: continuous batching). What a text has in common with one that
 * a slot still keeps is not computed again.
 */
import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { type LoadedAdapter, readAdapter } from '../adapters/adapter-files.ts';
import { adaptersInput, withAdapters } from '../adapters/beside-base.ts';
import { openExported } from '../exported/open-exported.ts';
import { cachedGraph, pastName, presentName } from '../graph/decoder.ts';
import { type RunBits, requireBits, weightsIn } from '../graph/quantized-weights.ts';
import type { RunConfig } from '../model/language-model.ts';
import { cacheOf, type RunnableParts, requirePlaces, requireTokens } from '../run/decoder-session.ts';
import { openGraph } from '../run/open-graph.ts';

export interface BatchSessionOptions {
  /** Texts at once. Default 8. */
  readonly slots?: number | undefined;
  /** Tokens that a text may have at most, prompt included. Default: what the model was made for, 4,096 at most. */
  readonly places?: number | undefined;
  readonly threads?: number | undefined;
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
  /** Whether 4-bit weights too are multiplied by rounded numbers: where `measureRounding` allows it. Default false. */
  readonly rounds?: boolean | undefined;
  /** Folders of adapters in peft's layout; each text is of one of them, or of the model alone. */
  readonly adapters?: readonly string[] | undefined;
}

const MOST_SLOTS = 8;

interface Slot {
  /** Tokens whose keys and values are kept. */
  readonly seen: number[];
  adapter: number | undefined;
}

export class BatchSession {
  readonly places: number;
  readonly slots: number;
  readonly #compiled: CompiledGraph;
  readonly #config: RunConfig;
  readonly #adapters: number;
  readonly #slots: readonly Slot[];
  /** Of each layer keys and values: [slots, key heads, places, head size]. */
  readonly #caches: readonly {
    readonly past: string;
    readonly present: string;
    readonly whole: HostTensor;
  }[];
  readonly #steps = new Map<string, Step>();

  /** @throws UserError naming what of the model, or of an adapter, is wrong */
  static async open(
    model: RunnableParts,
    {
      slots = MOST_SLOTS,
      places: wished,
      threads,
      bits,
      rounds = false,
      adapters: folders = [],
    }: BatchSessionOptions = {},
  ): Promise<BatchSession> {
    requireBits(bits);
    const places = requirePlaces(model.path, model.config, wished);
    if ('exported' in model) {
      if (folders.length > 0) throw noAdapters(model.path);
      const compiled = await openExported(model.exported, { places, logits: 'rows', threads });
      const most = model.exported.layout.ragged ? slots : 1;
      return new BatchSession(compiled, model, { slots: most, places, adapters: 0 });
    }
    const { config, weights } = model;
    const adapters: LoadedAdapter[] = [];
    try {
      for (const folder of folders) adapters.push(readAdapter(folder, config));
      const chosen = adaptersInput(adapters.length);
      const base = weightsIn(weights, bits, rounds ? 'all' : 'eight');
      const graph = cachedGraph(config, chosen ? withAdapters(base, adapters, chosen) : base, {
        places,
        logits: 'rows',
        batch: 'batch',
      });
      const compiled = await openGraph(
        chosen ? { ...graph, inputs: { ...graph.inputs, adapters: chosen } } : graph,
        { threads },
      );
      return new BatchSession(compiled, model, { slots, places, adapters: adapters.length });
    } finally {
      for (const adapter of adapters) adapter.close();
    }
  }

  private constructor(
    compiled: CompiledGraph,
    model: RunnableParts,
    { slots, places, adapters }: { slots: number; places: number; adapters: number },
  ) {
    this.slots = slots;
    this.places = places;
    this.#compiled = compiled;
    const { config } = model;
    this.#config = config;
    this.#adapters = adapters;
    this.#slots = Array.from({ length: slots }, () => ({ seen: [], adapter: undefined }));
    const dims = [slots, config.kvHeads, places, config.headSize];
    this.#caches = config.layers.flatMap((_, i) =>
      (['key', 'value'] as const).map((kind) => ({
        past: pastName(kind, i),
        present: presentName(kind, i),
        // Memory of places that no text has reached is not taken yet: the system gives it when it is first written.
        whole: cacheOf(model, dims),
      })),
    );
  }

  get #slotSize(): number {
    return this.#config.kvHeads * this.places * this.#config.headSize;
  }

  /** How many tokens a slot keeps. */
  length(slot: number): number {
    return this.#slots[slot]!.seen.length;
  }

  /** How many tokens of a text need not be computed in this slot. At least one is, for its logits. */
  common(slot: number, ids: readonly number[], adapter: number | undefined): number {
    const kept = this.#slots[slot]!;
    if (kept.adapter !== adapter) return 0;
    const most = Math.min(kept.seen.length, ids.length - 1);
    let same = 0;
    while (same < most && kept.seen[same] === ids[same]) same++;
    return same;
  }

  /**
   * Begins a text in a slot, with what this or another slot keeps of it.
   *
   * @returns how many of its tokens are there already
   * @throws UserError where it is longer than the places there are, or has no tokens
   */
  begin(slot: number, ids: readonly number[], adapter?: number): number {
    requireTokens(ids, this.#config, this.places);
    const own = this.#slots[slot]!;
    let [best, most] = [slot, this.common(slot, ids, adapter)];
    for (let other = 0; other < this.slots; other++) {
      const common = this.common(other, ids, adapter);
      if (common > most) [best, most] = [other, common];
    }
    if (best !== slot) this.#copy(best, slot, most);
    own.adapter = adapter;
    own.seen.length = 0;
    for (let i = 0; i < most; i++) own.seen.push(ids[i]!);
    return most;
  }

  #copy(from: number, to: number, tokens: number): void {
    const { kvHeads, headSize } = this.#config;
    for (const { whole } of this.#caches) {
      const data = whole.data as Float32Array;
      for (let head = 0; head < kvHeads; head++) {
        const at = head * this.places * headSize;
        const begin = from * this.#slotSize + at;
        data.copyWithin(to * this.#slotSize + at, begin, begin + tokens * headSize);
      }
    }
  }

  /** Sees a stretch of the text in a slot. @returns the logits of the token after it; valid until the next call */
  read(slot: number, ids: readonly number[]): Promise<Float32Array> {
    return this.#stretch(slot, ids, 1);
  }

  /** The same. @returns the logits after each of its tokens: [tokens, vocabulary] */
  ahead(slot: number, ids: readonly number[]): Promise<Float32Array> {
    return this.#stretch(slot, ids, ids.length);
  }

  /** Forgets all tokens of a slot but the first `length`. */
  back(slot: number, length: number): void {
    const { seen } = this.#slots[slot]!;
    if (length < seen.length) seen.length = length;
  }

  /** @param wanted of how many of the last tokens there are logits */
  async #stretch(slot: number, ids: readonly number[], wanted: number): Promise<Float32Array> {
    const { seen } = this.#slots[slot]!;
    requireTokens(ids, this.#config, this.places, seen.length);
    const step = this.#stepOf(slot, slot + 1, ids.length, wanted);
    this.#place(step, 0, slot, ids);
    await step.run(seen.length + ids.length);
    seen.push(...ids);
    return step.logits;
  }

  /**
   * Sees one more token each of the texts in some slots.
   *
   * @returns of each, in their order, the logits of the token after it; valid until the next call
   */
  async write(tokens: readonly { readonly slot: number; readonly id: number }[]): Promise<Float32Array[]> {
    const slots = tokens.map(({ slot }) => slot);
    const [first, end] = [Math.min(...slots), Math.max(...slots) + 1];
    const ids = new Map(tokens.map(({ slot, id }) => [slot, id]));
    const step = this.#stepOf(first, end, 1);
    let longest = 0;
    for (let slot = first; slot < end; slot++) {
      const { seen } = this.#slots[slot]!;
      const id = ids.get(slot);
      if (id !== undefined) requireTokens([id], this.#config, this.places, seen.length);
      // A slot between them that has no token goes along: what it writes behind what it keeps, its own next token overwrites.
      else if (seen.length === this.places) seen.length -= 1;
      this.#place(step, slot - first, slot, [id ?? 0]);
      longest = Math.max(longest, seen.length + 1);
    }
    await step.run(longest);
    const { vocabulary } = this.#config;
    return tokens.map(({ slot, id }) => {
      this.#slots[slot]!.seen.push(id);
      const at = (slot - first) * vocabulary;
      return step.logits.subarray(at, at + vocabulary);
    });
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }

  #place(step: Step, row: number, slot: number, ids: readonly number[]): void {
    const { seen, adapter } = this.#slots[slot]!;
    const at = row * ids.length;
    for (const [i, id] of ids.entries()) {
      step.ids[at + i] = BigInt(id);
      step.positions[at + i] = BigInt(seen.length + i);
    }
    step.last[row] = seen.length + ids.length - 1;
    const chosen = step.adapters.subarray(row * this.#adapters, (row + 1) * this.#adapters).fill(0);
    if (adapter !== undefined) chosen[adapter] = 1;
  }

  /** A run over the slots from `first` to before `end`, on arrays that stay the same. */
  #stepOf(first: number, end: number, time: number, wanted = 1): Step {
    const key = `${first} ${end} ${time}`;
    const known = this.#steps.get(key);
    if (known) return known;
    const { vocabulary, kvHeads, headSize } = this.#config;
    const rows = end - first;
    const dims = [rows, kvHeads, this.places, headSize];
    const feeds: Record<string, HostTensor> = {};
    const into: Record<string, HostTensor> = {};
    for (const { past, present, whole } of this.#caches) {
      const data = whole.data as Float32Array<ArrayBuffer>;
      const part = data.subarray(first * this.#slotSize, end * this.#slotSize);
      const cache: HostTensor = { ...whole, dims, data: part };
      feeds[past] = cache;
      into[present] = cache;
    }
    const ids = new BigInt64Array(rows * time);
    const positions = new BigInt64Array(rows * time);
    const last = new Int32Array(rows);
    const total = new Int32Array(1);
    const adapters = new Float32Array(rows * this.#adapters);
    const logits = new Float32Array(rows * wanted * vocabulary);
    feeds.ids = { dtype: 'int64', dims: [rows, time], data: ids };
    feeds.positions = { dtype: 'int64', dims: [rows, time], data: positions };
    feeds.last = { dtype: 'int32', dims: [rows], data: last };
    feeds.total = { dtype: 'int32', dims: [], data: total };
    if (this.#adapters > 0)
      feeds.adapters = { dtype: 'float32', dims: [rows, this.#adapters], data: adapters };
    const from = BigInt64Array.from({ length: wanted }, (_, i) => BigInt(time - wanted + i));
    feeds.rows = { dtype: 'int64', dims: [wanted], data: from };
    into.logits = { dtype: 'float32', dims: [rows, wanted, vocabulary], data: logits };
    const bound = this.#compiled.bind(feeds, into);
    const step: Step = {
      ids,
      positions,
      last,
      adapters,
      logits,
      run: (longest) => {
        total[0] = longest;
        return bound();
      },
    };
    // Stretches come in many lengths; steps of one token in few.
    if (time === 1) this.#steps.set(key, step);
    return step;
  }
}

const noAdapters = (path: string): UserError =>
  new UserError({
    en: `${path} is an ONNX export, which has no weights that adapters could stand beside: serve the base as safetensors or GGUF`,
    zh: `${path} 是 ONNX 导出的模型，无法与适配器一起运行：请以 safetensors 或 GGUF 提供基础模型`,
  });

interface Step {
  readonly ids: BigInt64Array;
  readonly positions: BigInt64Array;
  readonly last: Int32Array;
  readonly adapters: Float32Array;
  readonly logits: Float32Array;
  /** @param longest tokens of the longest text, with those that are seen now */
  run(longest: number): Promise<void>;
}
