/**
 * The merges of a byte-pair encoding: which two tokens become which third, the earlier in the list the sooner. A hash
 * table of pairs of ids, without a string or an object for any of them.
 */
const EMPTY = -1;
/** No such merge. */
export const NEVER = 0x7fff_ffff;

export class Merges {
  /** [left, right, rank, merged] for each slot. */
  readonly #table: Int32Array;
  readonly #mask: number;

  /** @param pairs [left, right, merged] of each merge, in order. Of a pair that is there twice the last counts. */
  constructor(pairs: Int32Array) {
    const count = pairs.length / 3;
    let slots = 16;
    while (slots < 2 * count) slots *= 2;
    this.#mask = slots - 1;
    this.#table = new Int32Array(4 * slots).fill(EMPTY);
    for (let rank = 0; rank < count; rank++) {
      const [left, right] = [pairs[3 * rank]!, pairs[3 * rank + 1]!];
      const at = this.#find(left, right);
      this.#table[at] = left;
      this.#table[at + 1] = right;
      this.#table[at + 2] = rank;
      this.#table[at + 3] = pairs[3 * rank + 2]!;
    }
  }

  /** How soon the pair is merged, or NEVER. */
  rank(left: number, right: number): number {
    const at = this.#find(left, right);
    return this.#table[at] === EMPTY ? NEVER : this.#table[at + 2]!;
  }

  merged(left: number, right: number): number {
    return this.#table[this.#find(left, right) + 3]!;
  }

  #find(left: number, right: number): number {
    const table = this.#table;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & this.#mask;
    for (;;) {
      const at = 4 * slot;
      const found = table[at]!;
      if (found === EMPTY || (found === left && table[at + 1] === right)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }
}
