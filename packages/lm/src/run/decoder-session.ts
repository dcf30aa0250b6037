/**
 * A decoder that runs: it keeps keys and values of the tokens it has seen, in arrays that the runtime reads and writes in place. A
 * text that begins as the one before did is taken up where the two part.
 */
import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { CompiledGraph } from '@gradus/engine/node';
import { openExported } from '../exported/open-exported.ts';
import { cachedGraph, pastName, presentName } from '../graph/decoder.ts';
import { type RunBits, requireBits, weightsIn } from '../graph/quantized-weights.ts';
import type { ExportedModel, LanguageModel, RunConfig } from '../model/language-model.ts';
import { DamagedModel } from './damaged-model.ts';
import { openGraph } from './open-graph.ts';

export interface SessionOptions {
  /** How many tokens a text may have at most, prompt included. Default: what the model was made for, but no more than 4,096. */
  readonly places?: number;
  readonly threads?: number | undefined;
  /** Whether `logits` are of every token, for perplexity, or of the last one. Default last. */
  readonly logits?: 'all' | 'last';
  /** Bits of a weight. Default 32. */
  readonly bits?: RunBits | undefined;
  /** Whether 4-bit weights too are multiplied by rounded numbers: where `measureRounding` allows it. Default false. */
  readonly rounds?: boolean | undefined;
}

/** What is run of a model. */
export type RunnableParts =
  | Pick<LanguageModel, 'config' | 'weights' | 'path'>
  | Pick<ExportedModel, 'config' | 'exported' | 'path'>;

const MOST_PLACES = 4096;
/** Tokens that are taken at once: bounds what a long prompt takes in memory. */
const CHUNK = 256;

export const placesOf = ({ context }: Pick<RunConfig, 'context'>, places?: number): number =>
  Math.min(places ?? MOST_PLACES, context);

/** @throws UserError where more are wished than the model was made for */
export function requirePlaces(path: string, config: RunConfig, wished: number | undefined): number {
  if (wished === undefined || wished <= config.context) return placesOf(config, wished);
  throw new UserError({
    en: `${path}: ${wished} tokens are more than the ${config.context} that the model was made for`,
    zh: `${path}：${wished} 个词元超过模型的上下文长度 ${config.context}`,
  });
}

/** Keys or values of so many places, in the type that the model has them in. */
export function cacheOf(model: RunnableParts, dims: readonly number[]): HostTensor {
  const size = dims.reduce((a, b) => a * b, 1);
  return 'exported' in model && model.exported.layout.cache === 'float16'
    ? { dtype: 'float16', dims, data: new Uint16Array(size) }
    : { dtype: 'float32', dims, data: new Float32Array(size) };
}

export class DecoderSession {
  readonly places: number;
  readonly #compiled: CompiledGraph;
  readonly #config: RunConfig;
  readonly #every: boolean;
  readonly #feeds: Record<string, HostTensor> = {};
  readonly #into: Record<string, HostTensor> = {};
  readonly #seen: number[] = [];
  /** The step of a single token, on arrays that stay the same. */
  readonly #step: () => Promise<void>;
  readonly #one: HostTensor;

  static async open(
    model: RunnableParts,
    { places: wished, logits = 'last', threads, bits, rounds }: SessionOptions = {},
  ): Promise<DecoderSession> {
    requireBits(bits);
    const { config, path } = model;
    const places = requirePlaces(path, config, wished);
    const options = { places, logits: logits === 'last' ? 'rows' : 'all' } as const;
    const compiled =
      'exported' in model
        ? await openExported(model.exported, { ...options, threads })
        : await openGraph(
            cachedGraph(model.config, weightsIn(model.weights, bits, rounds ? 'all' : 'eight'), options),
            { threads },
          );
    return new DecoderSession(compiled, model, places, logits === 'all');
  }

  private constructor(compiled: CompiledGraph, model: RunnableParts, places: number, every: boolean) {
    const { config } = model;
    this.places = places;
    this.#compiled = compiled;
    this.#config = config;
    this.#every = every;
    const dims = [1, config.kvHeads, places, config.headSize];
    for (let i = 0; i < config.layers.length; i++) {
      for (const kind of ['key', 'value'] as const) {
        const cache = cacheOf(model, dims);
        this.#feeds[pastName(kind, i)] = cache;
        this.#into[presentName(kind, i)] = cache;
      }
    }
    this.#one = this.#logitsOf(1);
    Object.assign(this.#feeds, this.#placed([0], 0, 1));
    this.#step = compiled.bind(this.#feeds, { ...this.#into, logits: this.#one });
  }

  /** Tokens whose keys and values are kept. */
  get length(): number {
    return this.#seen.length;
  }

  /**
   * Sees a text: what it has in common with the one before costs nothing.
   *
   * @returns the logits of the token after it; valid until the next call
   * @throws UserError where it is longer than the places there are
   */
  async see(ids: readonly number[]): Promise<Float32Array> {
    requireTokens(ids, this.#config, this.places);
    let same = 0;
    while (same < ids.length - 1 && this.#seen[same] === ids[same]) same++;
    this.#seen.length = same;
    let logits: Float32Array | undefined;
    for (let at = same; at < ids.length; at += CHUNK) {
      const rows = await this.#take(ids.slice(at, Math.min(at + CHUNK, ids.length)));
      logits = rows.subarray(rows.length - this.#config.vocabulary);
    }
    return logits!;
  }

  /** Sees one more token. @returns the logits of the one after it; valid until the next call */
  next(id: number): Promise<Float32Array> {
    requireTokens([id], this.#config, this.places, this.#seen.length);
    return this.#take([id]);
  }

  /**
   * Sees several more tokens in one run, which takes less time than one run each.
   *
   * @returns the logits after each of them: [tokens, vocabulary]; valid until the next call
   */
  ahead(ids: readonly number[]): Promise<Float32Array> {
    requireTokens(ids, this.#config, this.places, this.#seen.length);
    return this.#take(ids, ids.length);
  }

  /** Forgets all tokens but the first `length`. */
  back(length: number): void {
    if (length < this.#seen.length) this.#seen.length = length;
  }

  /** The logits after each token of a text, seen by itself: [tokens, vocabulary]. For a session with the logits of all. */
  async *every(ids: readonly number[]): AsyncGenerator<Float32Array> {
    requireTokens(ids, this.#config, this.places);
    this.#seen.length = 0;
    for (let at = 0; at < ids.length; at += CHUNK) yield await this.#take(ids.slice(at, at + CHUNK));
  }

  close(): Promise<void> {
    return this.#compiled.close();
  }

  /** @param rows of how many of the last tokens there are logits, where not of all */
  async #take(ids: readonly number[], rows = 1): Promise<Float32Array> {
    const from = this.#seen.length;
    let logits = this.#one;
    if (ids.length === 1) {
      (this.#feeds.ids!.data as BigInt64Array)[0] = BigInt(ids[0]!);
      (this.#feeds.positions!.data as BigInt64Array)[0] = BigInt(from);
      (this.#feeds.last!.data as Int32Array)[0] = from;
      (this.#feeds.total!.data as Int32Array)[0] = from + 1;
      await this.#step();
    } else {
      logits = this.#logitsOf(this.#every ? ids.length : rows);
      const feeds = { ...this.#feeds, ...this.#placed(ids, from, rows) };
      await this.#compiled.run(feeds, { ...this.#into, logits });
    }
    this.#seen.push(...ids);
    const data = logits.data as Float32Array;
    if (Number.isNaN(data[0])) throw new DamagedModel(this.#seen.length);
    return data;
  }

  #placed(ids: readonly number[], from: number, rows: number): Record<string, HostTensor> {
    const dims = [1, ids.length];
    const positions = BigInt64Array.from(ids, (_, i) => BigInt(from + i));
    return {
      ids: { dtype: 'int64', dims, data: BigInt64Array.from(ids, BigInt) },
      positions: { dtype: 'int64', dims, data: positions },
      last: { dtype: 'int32', dims: [1], data: Int32Array.of(from + ids.length - 1) },
      total: { dtype: 'int32', dims: [], data: Int32Array.of(from + ids.length) },
      ...(!this.#every && {
        rows: {
          dtype: 'int64',
          dims: [rows],
          data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(ids.length - rows + i)),
        },
      }),
    };
  }

  #logitsOf(time: number): HostTensor {
    const { vocabulary } = this.#config;
    return { dtype: 'float32', dims: [1, time, vocabulary], data: new Float32Array(time * vocabulary) };
  }
}

/**
 * @param before tokens that stand before them
 * @throws UserError where there are none, more than places, or one that the model does not have
 */
export function requireTokens(
  ids: readonly number[],
  { vocabulary }: Pick<RunConfig, 'vocabulary'>,
  places: number,
  before = 0,
): void {
  if (before + ids.length > places) throw tooLong(before + ids.length, places);
  if (ids.length === 0)
    throw new UserError({ en: 'a text of no tokens has no next one', zh: '没有词元的文本无法续写' });
  for (const id of ids) {
    if (Number.isInteger(id) && id >= 0 && id < vocabulary) continue;
    throw new UserError({
      en: `${id} is no token of the model, which has ${vocabulary}`,
      zh: `${id} 不是该模型的词元（共 ${vocabulary} 个）`,
    });
  }
}

/**
 * A text of so many characters cannot fit, whatever its tokens are: it is not taken apart, which takes a hundred times its size.
 * @throws UserError
 */
export function requireShort(characters: number, longestToken: number, places: number): void {
  if (characters <= places * longestToken) return;
  throw new UserError({
    en: `a text of ${characters} characters does not fit into a context of ${places} tokens. Shorten it, or give more places (--context) where the model was made for more`,
    zh: `${characters} 个字符的文本超出 ${places} 个词元的上下文长度。请缩短文本；若模型支持更长的上下文，可增大 --context`,
  });
}

const tooLong = (tokens: number, places: number): UserError =>
  new UserError({
    en: `a text of ${tokens} tokens does not fit into a context of ${places}. Shorten it, or give more places (--context) where the model was made for more`,
    zh: `${tokens} 个词元的文本超出上下文长度 ${places}。请缩短文本；若模型支持更长的上下文，可增大 --context`,
  });
