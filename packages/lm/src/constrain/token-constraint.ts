/** Keeps tokens to an expression over bytes: which tokens may follow is found once for each place, and kept. */
import { UserError } from '@gradus/base';
import { Automaton, DEAD, type Place } from './automaton.ts';
import type { Constraint, ConstraintState } from './constraint.ts';
import type { Costs, Expression } from './expression.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Which tokens may follow a place. */
interface Allowed {
  /** A bit a token. */
  readonly bits: Uint32Array;
  /** The highest cost of the places after them. */
  readonly dearest: number;
}

/** Of kept masks, in bytes. */
const MOST_KEPT = 64 * 1024 * 1024;

export class TokenConstraint implements Constraint {
  readonly shortest: number;
  readonly #vocabulary: Vocabulary;
  readonly #end: readonly number[];
  readonly #automaton: Automaton;
  readonly #start: Place;
  #allowed = new Map<number, Allowed>();
  #age = 0;

  /**
   * @param costs of the expression's parts by the vocabulary; its own is finite
   * @param end tokens that end a text
   */
  constructor(expression: Expression, vocabulary: Vocabulary, costs: Costs, end: readonly number[]) {
    this.#vocabulary = vocabulary;
    this.#end = end;
    this.#automaton = new Automaton(expression, { alphabet: 256, costs });
    this.#start = this.#automaton.start;
    this.shortest = this.#start.cost;
  }

  start(): ConstraintState {
    return new TokenState(this, this.#start);
  }

  /** @throws UserError where the token may not follow the place */
  after(place: Place, id: number): Place {
    const known = this.#current(place);
    if (known.whole && this.#end.includes(id)) return known;
    const bytes = this.#vocabulary.bytesOf(id);
    let at = bytes && bytes.length > 0 ? known.id : DEAD;
    for (let i = 0; bytes && i < bytes.length && at !== DEAD; i++) at = this.#automaton.step(at, bytes[i]!);
    if (at !== DEAD) return this.#automaton.place(at);
    throw new UserError({
      en: `token ${id} may not follow: the text would not keep to its form`,
      zh: `词元 ${id} 不可出现在此处：文本将不符合格式`,
    });
  }

  mask(place: Place, logits: Float32Array, left: number): void {
    const known = this.#current(place);
    let { bits, dearest } = this.#allowedAfter(known);
    if (dearest > left - 1) bits = this.#found(known.id, left - 1).bits;
    const ends = known.whole ? this.#end.map((id) => logits[id]!) : [];
    const size = Math.min(logits.length, 32 * bits.length);
    for (let word = 0, id = 0; id < size; word++) {
      const set = bits[word]!;
      const last = Math.min(id + 32, size);
      if (set === 0) logits.fill(Number.NEGATIVE_INFINITY, id, last);
      else if (set !== 0xffffffff)
        for (let bit = 0; id + bit < last; bit++)
          if ((set & (1 << bit)) === 0) logits[id + bit] = Number.NEGATIVE_INFINITY;
      id = last;
    }
    logits.fill(Number.NEGATIVE_INFINITY, size);
    for (const [i, logit] of ends.entries()) logits[this.#end[i]!] = logit;
  }

  #current(place: Place): Place {
    const known = this.#automaton.current(place);
    if (this.#age !== this.#automaton.age) {
      this.#age = this.#automaton.age;
      this.#allowed = new Map();
    }
    return known;
  }

  #allowedAfter({ id }: Place): Allowed {
    const known = this.#allowed.get(id);
    if (known) return known;
    const found = this.#found(id, Number.POSITIVE_INFINITY);
    this.#allowed.set(id, found);
    if (this.#allowed.size * found.bits.byteLength > MOST_KEPT)
      this.#allowed.delete(this.#allowed.keys().next().value!);
    return found;
  }

  /** Tokens after which the text can be ended with `most` tokens. */
  #found(id: number, most: number): Allowed {
    const bits = new Uint32Array(Math.ceil(this.#vocabulary.size / 32));
    let dearest = 0;
    const automaton = this.#automaton;
    this.#vocabulary.walk(automaton, id, (token, at) => {
      const { cost } = automaton.place(at);
      if (cost > most) return;
      if (cost > dearest) dearest = cost;
      bits[token >>> 5]! |= 1 << (token & 31);
    });
    return { bits, dearest };
  }
}

class TokenState implements ConstraintState {
  readonly #constraint: TokenConstraint;
  #place: Place;

  constructor(constraint: TokenConstraint, place: Place) {
    this.#constraint = constraint;
    this.#place = place;
  }

  mask(logits: Float32Array, left = Number.POSITIVE_INFINITY): void {
    this.#constraint.mask(this.#place, logits, left);
  }

  accept(id: number): void {
    this.#place = this.#constraint.after(this.#place, id);
  }

  get complete(): boolean {
    return this.#place.whole;
  }

  get finished(): boolean {
    return this.#place.whole && this.#place.stacks.length === 0;
  }
}
