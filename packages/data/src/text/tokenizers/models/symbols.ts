/**
 * A word on its way to tokens: its symbols, linked to their neighbours, and where each begins and ends. Pairs are
 * merged, the soonest first and of equals the leftmost, until none is left to merge.
 *
 * Short words are searched for the next pair from end to end, which is fastest. Long ones, and a "word" may be a
 * megabyte, keep their pairs in a heap: n log n instead of n².
 */
import type { Numbers } from '../numbers.ts';
import { Heap } from './heap.ts';
import { type Merges, NEVER } from './merges.ts';

const SHORT = 128;
/** Heap keys hold a rank and a place in one number: rank · 2^31 + place. */
const PLACES = 2 ** 31;

export class Symbols {
  #ids = new Int32Array(2 * SHORT);
  #starts = new Int32Array(2 * SHORT);
  #ends = new Int32Array(2 * SHORT);
  /** How soon each symbol merges with the next; NEVER for those that have become part of another. */
  #ranks = new Int32Array(2 * SHORT);
  #next = new Int32Array(2 * SHORT);
  #previous = new Int32Array(2 * SHORT);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  push(id: number, start: number, end: number): void {
    if (this.#length === this.#ids.length) this.#grow();
    this.#ids[this.#length] = id;
    this.#starts[this.#length] = start;
    this.#ends[this.#length++] = end;
  }

  /** Whether the last symbol is this one, which is then made to end at `end`. */
  extend(id: number, end: number): boolean {
    if (this.#length === 0 || this.#ids[this.#length - 1] !== id) return false;
    this.#ends[this.#length - 1] = end;
    return true;
  }

  /** Merges the symbols and pushes the id, start and end of each that is left. */
  merge(merges: Merges, out: Numbers): void {
    const length = this.#length;
    const ids = this.#ids;
    const starts = this.#starts;
    const ends = this.#ends;
    if (length > 1) {
      const next = this.#next;
      const previous = this.#previous;
      const ranks = this.#ranks;
      for (let i = 0; i < length; i++) {
        next[i] = i + 1;
        previous[i] = i - 1;
        ranks[i] = i + 1 < length ? merges.rank(ids[i]!, ids[i + 1]!) : NEVER;
      }
      if (length <= SHORT) this.#mergeShort(merges);
      else this.#mergeLong(merges);
      for (let i = 0; i < length; i = next[i]!) out.push3(ids[i]!, starts[i]!, ends[i]!);
    } else if (length === 1) out.push3(ids[0]!, starts[0]!, ends[0]!);
  }

  #mergeShort(merges: Merges): void {
    const ids = this.#ids;
    const ends = this.#ends;
    const ranks = this.#ranks;
    const next = this.#next;
    const previous = this.#previous;
    const length = this.#length;
    const { merged } = merges;
    for (;;) {
      let best = NEVER;
      let at = -1;
      for (let i = 0; i < length; i++) {
        const rank = ranks[i]!;
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) return;
      const gone = next[at]!;
      const right = next[gone]!;
      const left = previous[at]!;
      const id = merged[best]!;
      ids[at] = id;
      ends[at] = ends[gone]!;
      ranks[gone] = NEVER;
      next[at] = right;
      if (right < length) {
        previous[right] = at;
        ranks[at] = merges.rank(id, ids[right]!);
      } else ranks[at] = NEVER;
      if (left >= 0) ranks[left] = merges.rank(ids[left]!, id);
    }
  }

  #mergeLong(merges: Merges): void {
    const ids = this.#ids;
    const ends = this.#ends;
    const ranks = this.#ranks;
    const next = this.#next;
    const previous = this.#previous;
    const length = this.#length;
    const { merged } = merges;
    const heap = new Heap(length);
    const offer = (at: number) => {
      if (ranks[at] !== NEVER) heap.push(ranks[at]! * PLACES + at);
    };
    for (let i = 0; i < length; i++) offer(i);
    while (heap.size > 0) {
      const key = heap.pop();
      const at = key % PLACES;
      const rank = Math.floor(key / PLACES);
      // A pair that has changed since is in the heap again under its new rank.
      if (ranks[at] !== rank) continue;
      const gone = next[at]!;
      const right = next[gone]!;
      const left = previous[at]!;
      const id = merged[rank]!;
      ids[at] = id;
      ends[at] = ends[gone]!;
      ranks[gone] = NEVER;
      next[at] = right;
      ranks[at] = right < length ? merges.rank(id, ids[right]!) : NEVER;
      if (right < length) previous[right] = at;
      offer(at);
      if (left < 0) continue;
      ranks[left] = merges.rank(ids[left]!, id);
      offer(left);
    }
  }

  #grow(): void {
    const size = 2 * this.#ids.length;
    const grown = (old: Int32Array) => {
      const array = new Int32Array(size);
      array.set(old);
      return array;
    };
    this.#ids = grown(this.#ids);
    this.#starts = grown(this.#starts);
    this.#ends = grown(this.#ends);
    this.#ranks = new Int32Array(size);
    this.#next = new Int32Array(size);
    this.#previous = new Int32Array(size);
  }
}
