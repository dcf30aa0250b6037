/**
 * The pairs of neighbouring symbols, numbered as they are met: how often each stands in the texts and where. Hash table
 * and lists are typed arrays: there are millions of them.
 */
import { Numbers } from '../numbers.ts';

const NONE = -1;

export class Pairs {
  /** Pair number → its symbols. */
  readonly lefts = new Numbers(1024);
  readonly rights = new Numbers(1024);
  #counts = new Float64Array(1024);
  /** The places of each pair as a chain: the pair's last place, and of each link its place and the link before. */
  readonly #heads = new Numbers(1024);
  readonly #places = new Numbers(1 << 16);
  readonly #before = new Numbers(1 << 16);
  /** Links whose pair has been merged, for others to use. */
  #free = NONE;
  #slots = new Int32Array(4096).fill(NONE);

  get size(): number {
    return this.lefts.length;
  }

  count(pair: number): number {
    return this.#counts[pair]!;
  }

  /** Changes how often a pair stands in the texts; its number. */
  change(left: number, right: number, by: number): number {
    const pair = this.#number(left, right);
    this.#counts[pair]! += by;
    return pair;
  }

  addPlace(pair: number, place: number): void {
    const before = this.#heads.data[pair]!;
    const link = this.#free;
    if (link === NONE) {
      this.#heads.data[pair] = this.#places.length;
      this.#places.push(place);
      this.#before.push(before);
      return;
    }
    this.#free = this.#before.data[link]!;
    this.#heads.data[pair] = link;
    this.#places.data[link] = place;
    this.#before.data[link] = before;
  }

  /** The places of a pair in ascending order, which are then forgotten; there may be some where it no longer stands. */
  takePlaces(pair: number): Int32Array {
    const places = new Numbers(256);
    let link = this.#heads.data[pair]!;
    this.#heads.data[pair] = NONE;
    while (link !== NONE) {
      places.push(this.#places.data[link]!);
      const before = this.#before.data[link]!;
      this.#before.data[link] = this.#free;
      this.#free = link;
      link = before;
    }
    return places.values.sort();
  }

  /** The pair stands nowhere any more. */
  clear(pair: number): void {
    this.#counts[pair] = 0;
  }

  #number(left: number, right: number): number {
    let slot = hash(left, right) & (this.#slots.length - 1);
    for (;;) {
      const pair = this.#slots[slot]!;
      if (pair === NONE) break;
      if (this.lefts.data[pair] === left && this.rights.data[pair] === right) return pair;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    const pair = this.size;
    this.lefts.push(left);
    this.rights.push(right);
    this.#heads.push(NONE);
    if (pair === this.#counts.length) {
      const grown = new Float64Array(2 * pair);
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#slots[slot] = pair;
    if (2 * this.size > this.#slots.length) this.#rehash();
    return pair;
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(NONE);
    const mask = this.#slots.length - 1;
    for (let pair = 0; pair < this.size; pair++) {
      let slot = hash(this.lefts.data[pair]!, this.rights.data[pair]!) & mask;
      while (this.#slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.#slots[slot] = pair;
    }
  }
}

function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
