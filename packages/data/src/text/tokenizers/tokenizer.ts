/**
 * A tokenizer: text to the ids of tokens and back, as `tokenizer.json` of Hugging Face describes it. That file is also
 * how a tokenizer of ours is kept with its model, whether trained here or read.
 *
 *     text → added tokens apart → normalizer → pre-tokenizer → model → post-processor → ids
 *
 * Words met before are not cut again: their tokens are kept.
 */

import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { z } from 'zod';
import type { Batch } from '../../batch.ts';
import { ADDED_TOKEN, type AddedToken, AddedTokens } from './added-tokens.ts';
import { Aligned } from './aligned.ts';
import { Budget } from './budget.ts';
import { build, checked } from './component.ts';
import { DECODERS, type Decoder } from './decoders.ts';
import {
  concatEncodings,
  type Encoding,
  encodingOf,
  PADDING_FORM,
  type Padding,
  pad,
  paddedLength,
  TRUNCATION,
  type Truncation,
  truncate,
} from './encoding.ts';
import type { Model } from './models/model.ts';
import { MODELS } from './models/models.ts';
import type { Normalizer } from './normalizer.ts';
import { NORMALIZERS } from './normalizers.ts';
import { Numbers } from './numbers.ts';
import { POST_PROCESSORS, type PostProcessor, UNCHANGED } from './post-processors.ts';
import { BYTE_LEVEL, byteLevelSplit, PRE_TOKENIZERS, type PreTokenizer } from './pre-tokenizers.ts';
import { tokenBytes } from './token-bytes.ts';
import { WordCache } from './word-cache.ts';

export const TOKENIZER_FILE = z.object({
  version: z.string().optional(),
  truncation: TRUNCATION.nullish(),
  padding: PADDING_FORM.nullish(),
  added_tokens: z.array(ADDED_TOKEN).max(100_000).default([]),
  normalizer: z.unknown().optional(),
  pre_tokenizer: z.unknown().optional(),
  post_processor: z.unknown().optional(),
  decoder: z.unknown().optional(),
  model: z.unknown(),
});
/** The plain data of a tokenizer, in the form of `tokenizer.json`. */
export type TokenizerFile = z.input<typeof TOKENIZER_FILE>;

export type ParseSpecial = boolean | ((from: number, to: number) => boolean);

export interface EncodeOptions {
  /** Whether the tokens are put in that the model expects around a text, such as [CLS]. Default true. */
  readonly addSpecial?: boolean;
  /**
   * Whether special tokens written out in the text, such as <|endoftext|>, are those tokens. Default true, as in
   * Hugging Face; false reads them as the characters they are, which text from strangers should be. Where a text is partly
   * from strangers: whether one that stands from `from` to before `to` is.
   */
  readonly parseSpecial?: ParseSpecial;
  /** In place of the tokenizer's own; null for none. */
  readonly truncation?: z.input<typeof TRUNCATION> | null;
  readonly padding?: z.input<typeof PADDING_FORM> | null;
}

/** A text, or a pair such as a question and what may answer it. */
export type TextOrPair = string | readonly [string, string];

export class Tokenizer {
  readonly #json: TokenizerFile;
  readonly #model: Model;
  readonly #normalize: Normalizer | undefined;
  readonly #cuts: readonly PreTokenizer[];
  readonly #encodeWord: Model['encode'];
  readonly #postProcessor: PostProcessor;
  readonly #decoder: Decoder | undefined;
  readonly #truncation: Truncation | undefined;
  readonly #padding: Padding | undefined;
  /** Looked for in the text as it was written, and as it was normalized. */
  readonly #raw: AddedTokens;
  readonly #normalized: AddedTokens;
  readonly #idOf: Map<string, number>;
  readonly #tokenOf = new Map<number, string>();
  readonly #special = new Map<string, number>();
  #longest: number | undefined;
  #bytesOf: { readonly of: ReturnType<typeof tokenBytes> } | undefined;
  readonly #cache = new WordCache();
  readonly #word = new Numbers(192);
  readonly #ids = new Numbers(256);
  readonly #offsets = new Numbers(512);
  /** One more than the highest id: the rows that a table of embeddings needs. */
  readonly size: number;

  /** @throws UserError that names the part of the file that is not supported or does not fit. */
  constructor(json: TokenizerFile) {
    const file = checked(TOKENIZER_FILE, json, 'tokenizer');
    this.#json = json;
    // Files of the first years do not say that their model is BPE.
    this.#model = build(MODELS, { type: 'BPE', ...(file.model as object) }, 'tokenizer.model');
    this.#normalize =
      file.normalizer == null ? undefined : build(NORMALIZERS, file.normalizer, 'tokenizer.normalizer');
    const { cuts, bytes } = preTokenizers(file.pre_tokenizer, this.#model);
    this.#cuts = cuts;
    const encodeWord = bytes ? this.#model.encodeBytes! : this.#model.encode;
    this.#encodeWord = encodeWord.bind(this.#model);
    this.#postProcessor =
      file.post_processor == null
        ? UNCHANGED
        : build(POST_PROCESSORS, file.post_processor, 'tokenizer.post_processor');
    this.#decoder = file.decoder == null ? undefined : build(DECODERS, file.decoder, 'tokenizer.decoder');
    this.#truncation = file.truncation ?? undefined;
    this.#padding = file.padding ?? undefined;
    this.#raw = new AddedTokens(file.added_tokens.filter(({ normalized }) => !normalized));
    this.#normalized = new AddedTokens(
      file.added_tokens.filter(({ normalized }) => normalized),
      this.#normalize,
    );
    this.#idOf = new Map(this.#model.vocabulary);
    for (const [token, id] of this.#idOf) this.#tokenOf.set(id, token);
    for (const { content, id, special } of file.added_tokens) {
      this.#idOf.set(content, id);
      this.#tokenOf.set(id, content);
      if (special) this.#special.set(content, id);
    }
    this.size = this.#tokenOf.keys().reduce((most, id) => Math.max(most, id + 1), 0);
  }

  idOf(token: string): number | undefined {
    return this.#idOf.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.#tokenOf.get(id);
  }

  /**
   * The bytes that a token adds to a text, which may be a part of a character. None where there is no such token, where it stands for no
   * text, or where that depends on the tokens around it (WordPiece).
   */
  bytesOf(id: number): Uint8Array | undefined {
    const token = this.#tokenOf.get(id);
    if (token === undefined || this.#special.has(token)) return undefined;
    this.#bytesOf ??= { of: tokenBytes(this.#json.decoder) };
    return this.#bytesOf.of?.(token);
  }

  /** Characters of the longest token: a text of more than so many times as many has more tokens, but for what is unknown to it. */
  get longestToken(): number {
    this.#longest ??= this.#idOf.keys().reduce((most, token) => Math.max(most, token.length), 1);
    return this.#longest;
  }

  /** Tokens that stand for no text, and their ids. */
  get specialTokens(): ReadonlyMap<string, number> {
    return this.#special;
  }

  /** Where special tokens stand in a text, as it was written or as it is normalized: each [from, to). */
  specialSpans(text: string): (readonly [from: number, to: number])[] {
    const spans: (readonly [number, number])[] = [];
    const note = (from: number, to: number): boolean => {
      spans.push([from, to]);
      return false;
    };
    this.#raw.find(text, note);
    if (this.#normalized.hasSpecial) {
      const budget = new Budget(text.length);
      const whole = Aligned.of(text, 0, budget);
      const normal = this.#normalize ? this.#normalize(whole) : whole;
      this.#normalized.find(normal.text, (from, to) => note(normal.startOf(from), normal.endBefore(to)));
    }
    return spans;
  }

  encode(text: TextOrPair, options: EncodeOptions = {}): Encoding {
    const encoding = this.#encodeOne(text, options);
    const padding = this.#paddingOf(options);
    return padding ? pad(encoding, paddedLength(padding, encoding.ids.length), padding) : encoding;
  }

  /** Texts of one length each: padded to the longest where neither the options nor the tokenizer say otherwise. */
  encodeBatch(texts: readonly TextOrPair[], options: EncodeOptions = {}): EncodedBatch {
    const encodings = texts.map((text) => this.#encodeOne(text, options));
    const longest = encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0);
    const padding =
      this.#paddingOf(options) ?? (options.padding === undefined ? PADDING_FORM.parse({}) : undefined);
    const padded = padding
      ? encodings.map((encoding) => pad(encoding, paddedLength(padding, longest), padding))
      : encodings;
    return { encodings: padded, tensors: () => tensorsOf(padded) };
  }

  /** The text that the ids stand for. Ids that are no token are left out, and special tokens with `skipSpecial`. */
  decode(ids: Iterable<number>, { skipSpecial = true }: { skipSpecial?: boolean } = {}): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.#tokenOf.get(Number(id));
      if (token !== undefined && !(skipSpecial && this.#special.has(token))) tokens.push(token);
    }
    if (!this.#decoder) return tokens.join(' ');
    const budget = new Budget(tokens.reduce((sum, token) => sum + token.length, 0));
    return this.#decoder(tokens, budget).join('');
  }

  /** Plain data, in the form of `tokenizer.json`; `new Tokenizer` reads it back. */
  toJSON(): TokenizerFile {
    return this.#json;
  }

  #paddingOf({ padding }: EncodeOptions): Padding | undefined {
    return padding === undefined
      ? this.#padding
      : padding
        ? checked(PADDING_FORM, padding, 'padding')
        : undefined;
  }

  #encodeOne(text: TextOrPair, options: EncodeOptions): Encoding {
    const { addSpecial = true, parseSpecial = true, truncation = this.#truncation } = options;
    const texts = typeof text === 'string' ? [text] : text;
    let encodings = texts.map((one) => this.#encodeText(one, parseSpecial));
    if (truncation) {
      const cut = checked(TRUNCATION, truncation, 'truncation');
      const added = addSpecial ? this.#postProcessor.added(texts.length === 2) : 0;
      encodings = truncate(encodings, Math.max(0, cut.max_length - added), cut);
    }
    return concatEncodings(this.#postProcessor.process(encodings, texts, addSpecial));
  }

  #encodeText(text: string, parseSpecial: ParseSpecial): Encoding {
    const ids = this.#ids;
    const offsets = this.#offsets;
    ids.length = 0;
    offsets.length = 0;
    const put = ({ id }: AddedToken, source: Aligned, from: number, to: number) => {
      ids.push(id);
      offsets.push2(source.startOf(from), source.endBefore(to));
    };
    const budget = new Budget(text.length);
    const whole = Aligned.of(text, 0, budget);
    for (const { from, to, token } of this.#raw.find(text, parseSpecial) ?? [{ from: 0, to: text.length }]) {
      if (token) {
        put(token, whole, from, to);
        continue;
      }
      const stretch =
        from === 0 && to === text.length ? whole : Aligned.of(text.slice(from, to), from, budget);
      const normal = this.#normalize ? this.#normalize(stretch) : stretch;
      const { length } = normal.text;
      const parse =
        typeof parseSpecial === 'boolean'
          ? parseSpecial
          : (from: number, to: number) => parseSpecial(normal.startOf(from), normal.endBefore(to));
      for (const part of this.#normalized.find(normal.text, parse) ?? [{ from: 0, to: length }]) {
        if (part.token) put(part.token, normal, part.from, part.to);
        else this.#encodeStretch(normal.slice(part.from, part.to), ids, offsets);
      }
    }
    return encodingOf(ids.values.slice(), offsets.values.slice());
  }

  #encodeStretch(source: Aligned, ids: Numbers, offsets: Numbers): void {
    if (source.text === '') return;
    let pieces = { text: source, spans: Int32Array.of(0, source.text.length) };
    for (const cut of this.#cuts) pieces = cut(pieces) as typeof pieces;
    const { text: aligned, spans } = pieces;
    const { text } = aligned;
    const cache = this.#cache;
    for (let i = 0; i < spans.length; i += 2) {
      const from = spans[i]!;
      const to = spans[i + 1]!;
      let tokens: Int32Array;
      let at: number;
      let end: number;
      if (cache.find(text, from, to)) {
        tokens = cache.tokens.data;
        at = cache.from;
        end = cache.to;
      } else {
        this.#word.length = 0;
        this.#encodeWord(text, from, to, this.#word);
        tokens = this.#word.values;
        at = 0;
        end = tokens.length;
        cache.add(text, from, to, tokens);
      }
      const count = (end - at) / 3;
      let id = ids.extend(count);
      let place = offsets.extend(2 * count);
      const idData = ids.data;
      const placeData = offsets.data;
      for (; at < end; at += 3) {
        idData[id++] = tokens[at]!;
        placeData[place++] = aligned.startOf(from + tokens[at + 1]!);
        placeData[place++] = aligned.endBefore(from + tokens[at + 2]!);
      }
    }
  }
}

export interface EncodedBatch {
  readonly encodings: readonly Encoding[];
  /**
   * The batch as language models name their inputs, int64 [texts, length]: `input_ids`, `attention_mask`,
   * `token_type_ids`. @throws UserError where the encodings are not of one length.
   */
  tensors(): Batch;
}

/** Where the last cut writes bytes as characters and the model can read bytes themselves, they are not written out. */
function preTokenizers(json: unknown, model: Model): { cuts: PreTokenizer[]; bytes: boolean } {
  if (json == null) return { cuts: [], bytes: false };
  const place = 'tokenizer.pre_tokenizer';
  const whole = build(PRE_TOKENIZERS, json, place);
  const { type, pretokenizers } = json as { type: string; pretokenizers?: { type: string }[] };
  const list = type === 'Sequence' ? pretokenizers! : [json as { type: string }];
  const last = list.at(-1);
  if (last?.type !== 'ByteLevel' || !model.encodeBytes) return { cuts: [whole], bytes: false };
  const before = list.slice(0, -1).map((cut, i) => build(PRE_TOKENIZERS, cut, `${place}.${i}`));
  return { cuts: [...before, byteLevelSplit(checked(z.object(BYTE_LEVEL), last, place))], bytes: true };
}

function tensorsOf(encodings: readonly Encoding[]): Batch {
  const length = encodings[0]?.ids.length ?? 0;
  if (encodings.some(({ ids }) => ids.length !== length))
    throw new UserError({
      en: 'The texts are of different lengths: a tensor needs padding.',
      zh: '各文本长度不同：组成张量需要填充。',
    });
  const tensor = (key: 'ids' | 'attentionMask' | 'typeIds'): HostTensor => {
    const data = new BigInt64Array(encodings.length * length);
    for (const [row, encoding] of encodings.entries())
      for (const [i, value] of encoding[key].entries()) data[row * length + i] = BigInt(value);
    return { dtype: 'int64', dims: [encodings.length, length], data };
  };
  return {
    input_ids: tensor('ids'),
    attention_mask: tensor('attentionMask'),
    token_type_ids: tensor('typeIds'),
  };
}
