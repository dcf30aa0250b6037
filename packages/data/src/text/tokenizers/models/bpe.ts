/**
 * Byte-pair encoding (Sennrich, Haddow and Birch, 2016): a word begins as its characters, or bytes, and pairs that
 * stood together often in the training texts become one token, the most frequent first.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { BYTE_CODES, toByteLevel } from '../byte-level.ts';
import { component } from '../component.ts';
import { Numbers } from '../numbers.ts';
import { Merges } from './merges.ts';
import type { Model } from './model.ts';
import { Symbols } from './symbols.ts';
import { idOfNamed, MAX_TOKENS, readVocabulary, VOCABULARY } from './vocabulary.ts';

const MERGES = z.custom<readonly (string | readonly [string, string])[]>(
  (value) => Array.isArray(value) && value.length <= MAX_TOKENS,
  `expected a list of at most ${MAX_TOKENS} merges`,
);

export const BPE = component(
  {
    vocab: VOCABULARY,
    merges: MERGES,
    dropout: z.number().max(0, 'dropout is for training only and is not supported').nullish(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.string().max(100).nullish(),
    end_of_word_suffix: z.string().max(100).nullish(),
    fuse_unk: z.boolean().nullish(),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
  },
  (fields, place): Model => {
    const vocabulary = readVocabulary(fields.vocab, place);
    return new Bpe(vocabulary, readMerges(fields, vocabulary, place), {
      unknown:
        fields.unk_token == null ? undefined : idOfNamed(vocabulary, fields.unk_token, `${place}.unk_token`),
      prefix: fields.continuing_subword_prefix ?? '',
      suffix: fields.end_of_word_suffix ?? '',
      fuseUnknown: fields.fuse_unk ?? false,
      byteFallback: fields.byte_fallback ?? false,
      ignoreMerges: fields.ignore_merges ?? false,
    });
  },
);

interface BpeOptions {
  readonly unknown: number | undefined;
  /** What tokens begin with that do not begin a word, and what those end with that end one. */
  readonly prefix: string;
  readonly suffix: string;
  /** Unknown characters side by side are one token. */
  readonly fuseUnknown: boolean;
  /** Unknown characters are written as the bytes <0x00> to <0xFF>. */
  readonly byteFallback: boolean;
  /** A word that is a token is that token, whatever the merges say. */
  readonly ignoreMerges: boolean;
}

class Bpe implements Model {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly #merges: Merges;
  readonly #options: BpeOptions;
  readonly #symbols = new Symbols();
  /** The ids of <0x00> to <0xFF>, where all are there. */
  readonly #fallback: readonly number[] | undefined;
  /** The id of each byte in the byte alphabet, or −1. */
  readonly #bytes: Int32Array;
  /** Tokens that the merges do not make, where a word that is a token is to be that token. */
  readonly #unmerged = new Map<string, number>();
  readonly encodeBytes?: Model['encode'];

  constructor(vocabulary: ReadonlyMap<string, number>, merges: Merges, options: BpeOptions) {
    this.vocabulary = vocabulary;
    this.#merges = merges;
    this.#options = options;
    this.#bytes = Int32Array.from(BYTE_CODES, (code) => vocabulary.get(String.fromCharCode(code)) ?? -1);
    const fallback = Array.from({ length: 256 }, (_, byte) =>
      vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    );
    if (options.byteFallback && fallback.every((id) => id !== undefined)) this.#fallback = fallback;
    if (options.ignoreMerges) this.#findUnmerged();
    if (!options.prefix && !options.suffix && !options.byteFallback)
      this.encodeBytes = (text, from, to, out) => this.#encodeBytes(text, from, to, out);
  }

  #findUnmerged(): void {
    const out = new Numbers();
    const unmerged: [string, number][] = [];
    for (const [token, id] of this.vocabulary) {
      out.length = 0;
      this.encode(token, 0, token.length, out);
      if (out.length !== 3 || out.data[0] !== id) unmerged.push([token, id]);
    }
    for (const [token, id] of unmerged) this.#unmerged.set(token, id);
  }

  encode(text: string, from: number, to: number, out: Numbers): void {
    const { prefix, suffix } = this.#options;
    const symbols = this.#symbols;
    if (this.#unmerged.size > 0) {
      const whole = this.#unmerged.get(text.slice(from, to));
      if (whole !== undefined) {
        out.push3(whole, 0, to - from);
        return;
      }
    }
    symbols.clear();
    for (let at = from; at < to; ) {
      const point = text.codePointAt(at)!;
      const end = Math.min(to, at + (point > 0xffff ? 2 : 1));
      let token = text.slice(at, end);
      if (prefix && at > from) token = prefix + token;
      if (suffix && end === to) token += suffix;
      const id = this.vocabulary.get(token);
      if (id !== undefined) symbols.push(id, at - from, end - from);
      else this.#pushUnknown(token, at - from, end - from);
      at = end;
    }
    symbols.merge(this.#merges, out);
  }

  #encodeBytes(text: string, from: number, to: number, out: Numbers): void {
    const symbols = this.#symbols;
    if (this.#unmerged.size > 0) {
      const whole = this.#unmerged.get(toByteLevel(text.slice(from, to)));
      if (whole !== undefined) {
        out.push3(whole, 0, to - from);
        return;
      }
    }
    symbols.clear();
    for (let at = from; at < to; ) {
      let point = text.charCodeAt(at);
      const start = at++ - from;
      if (point < 0x80) {
        this.#pushByte(point, start, start + 1);
        continue;
      }
      if ((point & 0xf800) === 0xd800) {
        const second = at < to && point < 0xdc00 ? text.charCodeAt(at) : 0;
        if ((second & 0xfc00) === 0xdc00) {
          point = ((point - 0xd800) << 10) + (second - 0xdc00) + 0x10000;
          at++;
        } else point = 0xfffd;
      }
      const end = at - from;
      if (point < 0x800) this.#pushByte(0xc0 | (point >> 6), start, end);
      else {
        if (point < 0x10000) this.#pushByte(0xe0 | (point >> 12), start, end);
        else {
          this.#pushByte(0xf0 | (point >> 18), start, end);
          this.#pushByte(0x80 | ((point >> 12) & 0x3f), start, end);
        }
        this.#pushByte(0x80 | ((point >> 6) & 0x3f), start, end);
      }
      this.#pushByte(0x80 | (point & 0x3f), start, end);
    }
    symbols.merge(this.#merges, out);
  }

  #pushByte(byte: number, start: number, end: number): void {
    const id = this.#bytes[byte]!;
    if (id >= 0) this.#symbols.push(id, start, end);
    else this.#pushUnknown(String.fromCharCode(BYTE_CODES[byte]!), start, end);
  }

  #pushUnknown(token: string, start: number, end: number): void {
    const { unknown, fuseUnknown } = this.#options;
    if (this.#fallback) {
      for (const byte of Buffer.from(token)) this.#symbols.push(this.#fallback[byte]!, start, end);
      return;
    }
    if (unknown === undefined) return;
    if (!(fuseUnknown && this.#symbols.extend(unknown, end))) this.#symbols.push(unknown, start, end);
  }
}

function readMerges(
  {
    merges,
    continuing_subword_prefix,
  }: { merges: z.infer<typeof MERGES>; continuing_subword_prefix?: string | null | undefined },
  vocabulary: ReadonlyMap<string, number>,
  place: string,
): Merges {
  const drop = continuing_subword_prefix?.length ?? 0;
  const pairs = new Int32Array(3 * merges.length);
  for (const [rank, merge] of merges.entries()) {
    const parts: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(parts) || parts.length !== 2 || parts.some((part) => typeof part !== 'string'))
      throw new UserError({
        en: `${place}.merges.${rank} is ${JSON.stringify(merge)?.slice(0, 100)}; expected two tokens.`,
        zh: `${place}.merges.${rank} 是 ${JSON.stringify(merge)?.slice(0, 100)}；应为两个词元。`,
      });
    const [left, right] = parts as [string, string];
    for (const [i, token] of [left, right, left + right.slice(drop)].entries())
      pairs[3 * rank + i] = idOfNamed(vocabulary, token, `${place}.merges.${rank}`);
  }
  return new Merges(pairs);
}
