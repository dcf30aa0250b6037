/**
 * The tokens of a model as bytes, in a tree: tokens that begin alike share their beginning, so that one walk tells which may follow.
 * The tree is laid out in the order of its walk; a branch that cannot be is passed over in one step.
 */
import { UserError } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import type { Automaton } from './automaton.ts';
import { DEAD } from './automaton.ts';
import { type Class, type Costs, type Empty, type Expression, partsOf, type Text } from './expression.ts';

export class Vocabulary {
  /** One more than the highest id. */
  readonly size: number;
  /** Of each node its byte, how deep it stands (1, 2, …), and which node follows all that are below it. */
  readonly #bytes: Uint8Array;
  readonly #depths: Uint16Array;
  readonly #after: Int32Array;
  /** Tokens that end at node i are tokens[starts[i]] … tokens[starts[i + 1] − 1]. */
  readonly #starts: Int32Array;
  readonly #tokens: Int32Array;
  readonly #byteOf: (Uint8Array | undefined)[];
  /** Places on the way to a node, by depth. */
  readonly #way: Int32Array;

  static #known = new WeakMap<Tokenizer, Vocabulary>();

  /** @throws UserError where tokens depend on their neighbours, so that they have no bytes of their own */
  static of(tokenizer: Tokenizer): Vocabulary {
    const known = Vocabulary.#known.get(tokenizer) ?? new Vocabulary(tokenizer);
    Vocabulary.#known.set(tokenizer, known);
    return known;
  }

  private constructor(tokenizer: Tokenizer) {
    this.size = tokenizer.size;
    this.#byteOf = Array.from({ length: this.size }, (_, id) => tokenizer.bytesOf(id));
    const sorted = this.#byteOf
      .flatMap((bytes, id) => (bytes && bytes.length > 0 ? [{ bytes, id }] : []))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
    if (sorted.length === 0) {
      throw new UserError({
        en: 'the tokenizer has no tokens whose text is known: answers cannot be kept to a form',
        zh: '该分词器没有可知文本的词元：无法约束回答的格式',
      });
    }
    const bytes: number[] = [];
    const depths: number[] = [];
    const starts: number[] = [];
    const tokens: number[] = [];
    let before: Uint8Array = new Uint8Array();
    for (const { bytes: token, id } of sorted) {
      let same = 0;
      while (same < before.length && same < token.length && before[same] === token[same]) same++;
      for (let depth = same; depth < token.length; depth++) {
        bytes.push(token[depth]!);
        depths.push(depth + 1);
        starts.push(tokens.length);
      }
      tokens.push(id);
      before = token;
    }
    starts.push(tokens.length);
    this.#bytes = Uint8Array.from(bytes);
    this.#depths = Uint16Array.from(depths);
    this.#starts = Int32Array.from(starts);
    this.#tokens = Int32Array.from(tokens);
    this.#after = new Int32Array(bytes.length);
    const open: number[] = [];
    for (let i = 0; i <= bytes.length; i++) {
      const depth = i < bytes.length ? depths[i]! : 0;
      while (open.length > 0 && depths[open.at(-1)!]! >= depth) this.#after[open.pop()!] = i;
      open.push(i);
    }
    this.#way = new Int32Array(depths.reduce((most, depth) => Math.max(most, depth), 0) + 1);
  }

  /** None for tokens that stand for no text. */
  bytesOf(id: number): Uint8Array | undefined {
    return this.#byteOf[id];
  }

  /**
   * Calls back for each token that can follow a place. `at` is the place after it.
   */
  walk(automaton: Automaton, from: number, each: (token: number, at: number) => void): void {
    const [bytes, depths, after, starts, tokens, way] = [
      this.#bytes,
      this.#depths,
      this.#after,
      this.#starts,
      this.#tokens,
      this.#way,
    ];
    way[0] = from;
    for (let i = 0; i < bytes.length; ) {
      const depth = depths[i]!;
      const at = automaton.step(way[depth - 1]!, bytes[i]!);
      if (at === DEAD) {
        i = after[i]!;
        continue;
      }
      way[depth] = at;
      const end = starts[i + 1]!;
      for (let k = starts[i]!; k < end; k++) each(tokens[k]!, at);
      i++;
    }
  }

  /** What each part of an expression costs. */
  price(root: Expression): Costs {
    const parts = partsOf(root);
    const single = new Set<number>();
    for (const bytes of this.#byteOf) if (bytes?.length === 1) single.add(bytes[0]!);
    const costs = new Map<number, number>();
    // What a text is made of stands before it, so that one pass settles it; what goes round takes several.
    const composed: Expression[] = [];
    for (const part of parts) {
      if (part.kind === 'text') costs.set(part.id, this.#costOfText(part, costs));
      else if (part.kind === 'class') costs.set(part.id, costOfClass(part, single));
      else if (part.kind === 'empty') costs.set(part.id, 0);
      else composed.push(part);
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const part of composed) {
        const cost = costOf(part, costs);
        if (cost >= (costs.get(part.id) ?? NEVER)) continue;
        costs.set(part.id, cost);
        changed = true;
      }
    }
    for (const { id } of composed) if (!costs.has(id)) costs.set(id, NEVER);
    return costs;
  }

  #costOfText(whole: Text, costs: Costs): number {
    let least = NEVER;
    let text: Text | Empty = whole;
    let depth = 1;
    for (let i = 0; i < this.#bytes.length && text.kind === 'text'; ) {
      if (this.#depths[i]! < depth) break;
      if (this.#bytes[i] !== text.first) {
        i = this.#after[i]!;
        continue;
      }
      if (this.#starts[i + 1]! > this.#starts[i]!) least = Math.min(least, 1 + costs.get(text.rest.id)!);
      text = text.rest;
      depth++;
      i++;
    }
    return least;
  }
}

const NEVER = Number.POSITIVE_INFINITY;

/** One token, where one of the bytes is a token by itself. */
function costOfClass({ ranges }: Class, single: ReadonlySet<number>): number {
  for (let i = 0; i < ranges.length; i += 2)
    for (let byte = ranges[i]!; byte <= ranges[i + 1]!; byte++) if (single.has(byte)) return 1;
  return NEVER;
}

/** As far as the costs of its parts are known. */
function costOf(part: Expression, costs: Costs): number {
  const of = ({ id }: Expression) => costs.get(id) ?? NEVER;
  switch (part.kind) {
    case 'sequence':
      return of(part.head) + of(part.tail);
    case 'choice':
      return part.options.reduce((least, option) => Math.min(least, of(option)), NEVER);
    case 'repeat':
      return part.min === 0 ? 0 : part.min * of(part.body);
    case 'rule':
      return of(part.body);
    default:
      return 0;
  }
}
