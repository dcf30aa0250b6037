/**
 * Unigram language model (Kudo, 2018), SentencePiece's own: every token has a log-probability, and a piece is cut
 * where the sum is greatest (Viterbi). Characters that no token holds are unknown, ten below the rarest token; side by
 * side they are one.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { component } from '../component.ts';
import type { Numbers } from '../numbers.ts';
import type { Model } from './model.ts';
import { MAX_TOKENS } from './vocabulary.ts';

const SCORES = z.custom<readonly (readonly [string, number])[]>(
  (value) => Array.isArray(value) && value.length > 0 && value.length <= MAX_TOKENS,
  `expected a list of 1 to ${MAX_TOKENS} tokens with their scores`,
);
const UNKNOWN_PENALTY = 10;

export const UNIGRAM = component(
  { vocab: SCORES, unk_id: z.number().int().nullish(), byte_fallback: z.boolean().nullish() },
  ({ vocab, unk_id, byte_fallback }, place): Model => {
    const vocabulary = new Map<string, number>();
    const scores = new Float64Array(vocab.length);
    for (const [id, entry] of vocab.entries()) {
      const [token, score] = Array.isArray(entry) ? entry : [];
      if (typeof token !== 'string' || typeof score !== 'number')
        throw new UserError({
          en: `${place}.vocab.${id} does not fit: expected a token and its score.`,
          zh: `${place}.vocab.${id} 不符合要求：应为词元及其分数。`,
        });
      vocabulary.set(token, id);
      scores[id] = score;
    }
    if (unk_id != null && (unk_id < 0 || unk_id >= vocab.length))
      throw new UserError({
        en: `${place}.unk_id is ${unk_id}, which is no token of ${vocab.length}.`,
        zh: `${place}.unk_id 是 ${unk_id}，不是 ${vocab.length} 个词元之一。`,
      });
    return new Unigram(vocabulary, scores, unk_id ?? undefined, byte_fallback ?? false);
  },
);

/** A tree of characters: each node leads on by UTF-16 units. */
class Trie {
  readonly next = new Map<number, Trie>();
  id = -1;
}

class Unigram implements Model {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly #scores: Float64Array;
  readonly #unknown: number | undefined;
  readonly #unknownScore: number;
  readonly #fallback: readonly number[] | undefined;
  readonly #trie = new Trie();

  constructor(
    vocabulary: ReadonlyMap<string, number>,
    scores: Float64Array,
    unknown: number | undefined,
    byteFallback: boolean,
  ) {
    this.vocabulary = vocabulary;
    this.#scores = scores;
    this.#unknown = unknown;
    this.#unknownScore = scores.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY) - UNKNOWN_PENALTY;
    for (const [token, id] of vocabulary) {
      let node = this.#trie;
      for (let i = 0; i < token.length; i++) {
        const unit = token.charCodeAt(i);
        let next = node.next.get(unit);
        if (!next) {
          next = new Trie();
          node.next.set(unit, next);
        }
        node = next;
      }
      node.id = id;
    }
    const fallback = Array.from({ length: 256 }, (_, byte) =>
      vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    );
    if (byteFallback && fallback.every((id) => id !== undefined)) this.#fallback = fallback;
  }

  encode(text: string, from: number, to: number, out: Numbers): void {
    const length = to - from;
    // The best way to each place: its score, where its last token begins, that token (−1: unknown).
    const best = new Float64Array(length + 1);
    const back = new Int32Array(length + 1).fill(-1);
    const last = new Int32Array(length + 1);
    for (let at = 0; at < length; ) {
      const width = text.codePointAt(from + at)! > 0xffff && at + 1 < length ? 2 : 1;
      let single = false;
      const offer = (end: number, score: number, id: number) => {
        if (back[end]! >= 0 && score <= best[end]!) return;
        best[end] = score;
        back[end] = at;
        last[end] = id;
      };
      let node: Trie | undefined = this.#trie;
      for (let i = at; i < length; i++) {
        node = node.next.get(text.charCodeAt(from + i));
        if (!node) break;
        if (node.id < 0) continue;
        offer(i + 1, this.#scores[node.id]! + best[at]!, node.id);
        if (i + 1 - at === width) single = true;
      }
      if (!single) offer(at + width, this.#unknownScore + best[at]!, -1);
      at += width;
    }
    const path: number[] = [];
    for (let end = length; end > 0; end = back[end]!) path.push(end);
    path.reverse();
    for (let i = 0; i < path.length; i++) {
      let end = path[i]!;
      const start = back[end]!;
      const id = last[end]!;
      if (id >= 0 && id !== this.#unknown) {
        out.push3(id, start, end);
        continue;
      }
      while (i + 1 < path.length && (last[path[i + 1]!] === -1 || last[path[i + 1]!] === this.#unknown))
        end = path[++i]!;
      this.#pushUnknown(text.slice(from + start, from + end), start, end, out);
    }
  }

  #pushUnknown(token: string, start: number, end: number, out: Numbers): void {
    const ids = this.#fallback
      ? Array.from(Buffer.from(token), (byte) => this.#fallback![byte]!)
      : [this.#unknown];
    for (const id of ids) {
      if (id === undefined)
        throw new UserError({
          en: `The tokenizer has no token for ${JSON.stringify(token.slice(0, 50))}, and none for what is unknown (unk_id).`,
          zh: `分词器没有 ${JSON.stringify(token.slice(0, 50))} 对应的词元，也没有未知词元（unk_id）。`,
        });
      out.push3(id, start, end);
    }
  }
}
