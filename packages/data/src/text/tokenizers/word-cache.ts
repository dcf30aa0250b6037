/**
 * The tokens of words met before. Texts repeat few words often, so most words are looked up here: by the units of the
 * text where they stand, without a string made of each. When it is full it forgets everything and begins anew.
 */
import { Numbers } from './numbers.ts';

const SLOTS = 1 << 17;
const MAX_ENTRIES = SLOTS / 2;
/** Longer words come back seldom. */
const LONGEST = 32;
/** A word whose place is taken this often is not kept, so that crafted words cannot make looking up slow. */
const PROBES = 16;
/** An entry: hash, where its units begin, how many, where its tokens begin, how many numbers. */
const FIELDS = 5;

export class WordCache {
  readonly #slots = new Int32Array(SLOTS);
  #entries = new Numbers(FIELDS * 1024);
  #units = new Uint16Array(1 << 14);
  #unitCount = 0;
  /** The numbers kept for each entry, one entry after another. */
  readonly tokens = new Numbers(1 << 14);
  /** Where the entry last found begins and ends in `tokens`. */
  from = 0;
  to = 0;
  #hash = 0;
  #free = -1;

  /** Whether text.slice(start, end) is known; where its tokens are is then in `from` and `to`. */
  find(text: string, start: number, end: number): boolean {
    const length = end - start;
    this.#free = -1;
    if (length > LONGEST) return false;
    let hash = length;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x9e3779b1) + (hash >>> 15);
    hash ^= hash >>> 16;
    this.#hash = hash;
    const slots = this.#slots;
    const units = this.#units;
    const entries = this.#entries.data;
    probing: for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      const entry = slots[slot]! - 1;
      if (entry < 0) {
        this.#free = slot;
        return false;
      }
      if (entries[entry] !== hash || entries[entry + 2] !== length) continue;
      const at = entries[entry + 1]! - start;
      for (let i = start; i < end; i++) if (units[at + i] !== text.charCodeAt(i)) continue probing;
      this.from = entries[entry + 3]!;
      this.to = this.from + entries[entry + 4]!;
      return true;
    }
    return false;
  }

  get full(): boolean {
    return this.#entries.length >= FIELDS * MAX_ENTRIES;
  }

  /** Keeps the numbers for the word that `find` has just not found; whether there was room for it. */
  add(text: string, start: number, end: number, numbers: Int32Array): boolean {
    if (this.#free < 0) return false;
    if (this.full) {
      this.clear();
      this.#free = this.#hash & (SLOTS - 1);
    }
    const length = end - start;
    if (this.#unitCount + length > this.#units.length) {
      const grown = new Uint16Array(this.#units.length * 2);
      grown.set(this.#units);
      this.#units = grown;
    }
    this.#slots[this.#free] = this.#entries.length + 1;
    this.#entries.push3(this.#hash, this.#unitCount, length);
    this.#entries.push2(this.tokens.length, numbers.length);
    for (let i = start; i < end; i++) this.#units[this.#unitCount++] = text.charCodeAt(i);
    this.tokens.pushAll(numbers);
    return true;
  }

  /** All words and their numbers. */
  *entries(): Generator<[string, Int32Array]> {
    const entries = this.#entries.data;
    for (let i = 0; i < this.#entries.length; i += FIELDS) {
      const units = this.#units.subarray(entries[i + 1]!, entries[i + 1]! + entries[i + 2]!);
      const from = entries[i + 3]!;
      yield [
        String.fromCharCode.apply(null, units as unknown as number[]),
        this.tokens.data.subarray(from, from + entries[i + 4]!),
      ];
    }
  }

  clear(): void {
    this.#slots.fill(0);
    this.#entries.length = 0;
    this.#unitCount = 0;
    this.tokens.length = 0;
  }
}
