/**
 * A word on its way to tokens: its symbols, and where each begins and ends. Pairs are merged, the soonest first and of
 * equals the leftmost, until none is left to merge.
 *
 * Short words are searched for the next pair from end to end, which is fastest. Long ones, and a "word" may be a
 * megabyte, keep their pairs in a heap: n log n instead of n².
 */
import type { Numbers } from '../numbers.ts';
import { type Merges, NEVER } from './merges.ts';

const SHORT = 96;
/** Heap keys hold a rank and a place in one number: rank · 2^31 + place. */
const PLACES = 2 ** 31;

export class Symbols {
  #ids = new Int32Array(256);
  #starts = new Int32Array(256);
  #ends = new Int32Array(256);
  #ranks = new Int32Array(256);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(id: number, start: number, end: number): void {
    if (this.length === this.#ids.length) this.#grow();
    this.#ids[this.length] = id;
    this.#starts[this.length] = start;
    this.#ends[this.length++] = end;
  }

  /** Whether the last symbol is this one, which is then made to end at `end`. */
  extend(id: number, end: number): boolean {
    if (this.length === 0 || this.#ids[this.length - 1] !== id) return false;
    this.#ends[this.length - 1] = end;
    return true;
  }

  merge(merges: Merges): void {
    if (this.length < 2) return;
    if (this.length <= SHORT) this.#mergeShort(merges);
    else this.#mergeLong(merges);
  }

  drain(out: Numbers): void {
    for (let i = 0; i < this.length; i++) {
      out.push2(this.#ids[i]!, this.#starts[i]!);
      out.push(this.#ends[i]!);
    }
  }

  #mergeShort(merges: Merges): void {
    const ids = this.#ids;
    const starts = this.#starts;
    const ends = this.#ends;
    const ranks = this.#ranks;
    let last = this.length - 1;
    for (let i = 0; i < last; i++) ranks[i] = merges.rank(ids[i]!, ids[i + 1]!);
    while (last > 0) {
      let best = NEVER;
      let at = -1;
      for (let i = 0; i < last; i++) {
        const rank = ranks[i]!;
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) break;
      ids[at] = merges.merged(ids[at]!, ids[at + 1]!);
      ends[at] = ends[at + 1]!;
      for (let i = at + 1; i < last; i++) {
        ids[i] = ids[i + 1]!;
        starts[i] = starts[i + 1]!;
        ends[i] = ends[i + 1]!;
        ranks[i] = ranks[i + 1]!;
      }
      last--;
      if (at < last) ranks[at] = merges.rank(ids[at]!, ids[at + 1]!);
      if (at > 0) ranks[at - 1] = merges.rank(ids[at - 1]!, ids[at]!);
    }
    this.length = last + 1;
  }

  #mergeLong(merges: Merges): void {
    const ids = this.#ids;
    const ends = this.#ends;
    const ranks = this.#ranks;
    const count = this.length;
    const next = Int32Array.from({ length: count }, (_, i) => i + 1);
    const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
    const heap = new Heap(count);
    const offer = (at: number) => {
      const right = next[at]!;
      const rank = right < count ? merges.rank(ids[at]!, ids[right]!) : NEVER;
      ranks[at] = rank;
      if (rank !== NEVER) heap.push(rank * PLACES + at);
    };
    for (let i = 0; i < count; i++) offer(i);
    while (heap.size > 0) {
      const key = heap.pop();
      const at = key % PLACES;
      // A pair that has changed since is in the heap again under its new rank.
      if (ranks[at] !== Math.floor(key / PLACES)) continue;
      const right = next[at]!;
      ids[at] = merges.merged(ids[at]!, ids[right]!);
      ends[at] = ends[right]!;
      ranks[right] = NEVER;
      next[at] = next[right]!;
      if (next[at]! < count) previous[next[at]!] = at;
      offer(at);
      if (previous[at]! >= 0) offer(previous[at]!);
    }
    let kept = 0;
    for (let i = 0; i < count; i = next[i]!) {
      ids[kept] = ids[i]!;
      this.#starts[kept] = this.#starts[i]!;
      ends[kept++] = ends[i]!;
    }
    this.length = kept;
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
    this.#ranks = grown(this.#ranks);
  }
}

/** Numbers, the least first. */
class Heap {
  #keys: Float64Array;
  size = 0;

  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity);
  }

  push(key: number): void {
    if (this.size === this.#keys.length) {
      const grown = new Float64Array(2 * this.size);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    const keys = this.#keys;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent]! <= key) break;
      keys[at] = keys[parent]!;
      at = parent;
    }
    keys[at] = key;
  }

  pop(): number {
    const keys = this.#keys;
    const least = keys[0]!;
    const key = keys[--this.size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && keys[child + 1]! < keys[child]!) child++;
      if (keys[child]! >= key) break;
      keys[at] = keys[child]!;
      at = child;
    }
    keys[at] = key;
    return least;
  }
}
