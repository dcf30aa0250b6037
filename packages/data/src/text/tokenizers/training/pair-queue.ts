/** Pairs waiting to be merged: the most frequent first, of equals the one whose symbols are older. */
import type { Pairs } from './pairs.ts';

export class PairQueue {
  readonly #pairs: Pairs;
  readonly #heap: number[] = [];
  /** How often each pair stood in the texts when it was put in; it may have become less since. */
  readonly #counts: number[] = [];

  constructor(pairs: Pairs) {
    this.#pairs = pairs;
  }

  push(pair: number): void {
    this.#heap.push(pair);
    this.#counts.push(this.#pairs.count(pair));
    let at = this.#heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** The pair that comes first, or undefined where none is left. */
  pop(): number | undefined {
    while (this.#heap.length > 0) {
      const pair = this.#heap[0]!;
      const count = this.#pairs.count(pair);
      if (count === this.#counts[0]) {
        this.#remove();
        return pair;
      }
      // It has become rarer since: it finds its new place.
      if (count > 0) {
        this.#counts[0] = count;
        this.#sink();
      } else this.#remove();
    }
    return undefined;
  }

  #remove(): void {
    const [pair, count] = [this.#heap.pop()!, this.#counts.pop()!];
    if (this.#heap.length === 0) return;
    this.#heap[0] = pair;
    this.#counts[0] = count;
    this.#sink();
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heap.length) return;
      if (child + 1 < this.#heap.length && this.#precedes(child + 1, child)) child++;
      if (!this.#precedes(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #precedes(a: number, b: number): boolean {
    const byCount = this.#counts[a]! - this.#counts[b]!;
    if (byCount !== 0) return byCount > 0;
    const { lefts, rights } = this.#pairs;
    const [first, second] = [this.#heap[a]!, this.#heap[b]!];
    return (lefts.data[first]! - lefts.data[second]! || rights.data[first]! - rights.data[second]!) < 0;
  }

  #swap(a: number, b: number): void {
    const [pair, count] = [this.#heap[a]!, this.#counts[a]!];
    this.#heap[a] = this.#heap[b]!;
    this.#counts[a] = this.#counts[b]!;
    this.#heap[b] = pair;
    this.#counts[b] = count;
  }
}
