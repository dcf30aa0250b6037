/**
 * The merges of a byte-pair encoding: which two tokens become which third, the earlier in the list the sooner. A hash
 * table of pairs of ids, without a string or an object for any of them; the pairs of the lowest ids, the bytes as a
 * rule, which every word begins with, lie side by side in a square.
 */
const EMPTY = -1;
/** No such merge. */
export const NEVER = 0x7fff_ffff;
const SIDE = 512;
/** Bits of a filter (Bloom, 1970) that stays in the processor's cache: most pairs are no merge. */
const FILTER_BITS = 1 << 20;

export class Merges {
  /** [left, right, rank, nothing] for each slot: four numbers, so that none lies across two lines of the cache. */
  readonly #table: Int32Array;
  readonly #mask: number;
  readonly #square = new Int32Array(SIDE * SIDE).fill(NEVER);
  readonly #filter = new Int32Array(FILTER_BITS / 32);
  /** What the merge of each rank makes. */
  readonly merged: Int32Array;

  /** @param pairs [left, right, merged] of each merge, in order. Of a pair that is there twice the last counts. */
  constructor(pairs: Int32Array) {
    const count = pairs.length / 3;
    let slots = 16;
    while (slots < 2 * count) slots *= 2;
    this.#mask = slots - 1;
    this.#table = new Int32Array(4 * slots).fill(EMPTY);
    this.merged = Int32Array.from({ length: count }, (_, rank) => pairs[3 * rank + 2]!);
    for (let rank = 0; rank < count; rank++) {
      const [left, right] = [pairs[3 * rank]!, pairs[3 * rank + 1]!];
      if (left < SIDE && right < SIDE) this.#square[left * SIDE + right] = rank;
      const hash = hashOf(left, right);
      const at = this.#find(left, right, hash);
      this.#filter[(hash & (FILTER_BITS - 1)) >>> 5]! |= 1 << hash;
      this.#table[at] = left;
      this.#table[at + 1] = right;
      this.#table[at + 2] = rank;
    }
  }

  /** How soon the pair is merged, or NEVER. */
  rank(left: number, right: number): number {
    if (left < SIDE && right < SIDE) return this.#square[left * SIDE + right]!;
    const hash = hashOf(left, right);
    if (((this.#filter[(hash & (FILTER_BITS - 1)) >>> 5]! >>> hash) & 1) === 0) return NEVER;
    const at = this.#find(left, right, hash);
    return this.#table[at] === EMPTY ? NEVER : this.#table[at + 2]!;
  }

  #find(left: number, right: number, hash: number): number {
    const table = this.#table;
    let slot = hash & this.#mask;
    for (;;) {
      const at = 4 * slot;
      const found = table[at]!;
      if (found === EMPTY || (found === left && table[at + 1] === right)) return at;
      slot = (slot + 1) & this.#mask;
    }
  }
}

function hashOf(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
