/**
 * Learns the merges of a byte-pair encoding (Sennrich, Haddow and Birch, 2016): the pair of symbols that stands most
 * often in the words becomes a symbol, over and over. All words lie in one array, each symbol linked to its
 * neighbours; a merge visits only the places where its pair stands, and corrects the counts of the pairs around.
 */
import { BYTE_ALPHABET, BYTE_OF_CODE } from '../byte-level.ts';
import { PairQueue } from './pair-queue.ts';
import { Pairs } from './pairs.ts';

export interface LearntMerges {
  /** Written in the byte alphabet, by id: the alphabet, then what merges made. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

const encoder = new TextEncoder();
/** Between words. */
const GAP = -1;

/**
 * Merges until there are `size` tokens, or no pair is left that stands `minFrequency` times. Yields how many tokens
 * there are, now and then.
 */
export function* learnMerges(
  words: readonly (readonly [string, number])[],
  size: number,
  minFrequency: number,
): Generator<number, LearntMerges> {
  const tokens = [...BYTE_ALPHABET];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const text = layOut(words);
  const { symbols, weights, next, previous } = text;
  const pairs = new Pairs();
  for (let i = 0; i + 1 < symbols.length; i++)
    if (symbols[i] !== GAP && symbols[i + 1] !== GAP)
      pairs.addPlace(pairs.change(symbols[i]!, symbols[i + 1]!, weights[i]!), i);
  const queue = new PairQueue(pairs);
  for (let pair = 0; pair < pairs.size; pair++) queue.push(pair);

  while (tokens.length < size) {
    const pair = queue.pop();
    if (pair === undefined || pairs.count(pair) < minFrequency) break;
    const [left, right] = [pairs.lefts.data[pair]!, pairs.rights.data[pair]!];
    const token = tokens[left]! + tokens[right]!;
    // Two pairs may make the same token, ab + c and a + bc.
    const merged = ids.get(token) ?? tokens.push(token) - 1;
    ids.set(token, merged);
    merges.push([tokens[left]!, tokens[right]!]);
    const met = new Set<number>();
    for (const at of pairs.takePlaces(pair)) {
      const after = next[at]!;
      if (symbols[at] !== left || symbols[after] !== right) continue;
      const weight = weights[at]!;
      const beyond = next[after]!;
      symbols[at] = merged;
      symbols[after] = GAP;
      next[at] = beyond;
      previous[beyond] = at;
      const before = previous[at]!;
      if (symbols[before] !== GAP) {
        pairs.change(symbols[before]!, left, -weight);
        const made = pairs.change(symbols[before]!, merged, weight);
        pairs.addPlace(made, before);
        met.add(made);
      }
      if (symbols[beyond] !== GAP) {
        pairs.change(right, symbols[beyond]!, -weight);
        const made = pairs.change(merged, symbols[beyond]!, weight);
        pairs.addPlace(made, at);
        met.add(made);
      }
    }
    pairs.clear(pair);
    for (const made of met) if (pairs.count(made) > 0) queue.push(made);
    if (merges.length % 64 === 0) yield tokens.length;
  }
  return { tokens, merges };
}

interface Text {
  /** A symbol or GAP. */
  readonly symbols: Int32Array;
  /** How often the word stands in the texts that the symbol is of. */
  readonly weights: Float64Array;
  /** Where the neighbours of a symbol are; a word has gaps at both ends. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
}

function layOut(words: readonly (readonly [string, number])[]): Text {
  const idOfByte = new Int32Array(256);
  for (const [id, character] of BYTE_ALPHABET.entries())
    idOfByte[BYTE_OF_CODE[character.charCodeAt(0)]!] = id;
  const length = words.reduce((sum, [word]) => sum + Buffer.byteLength(word) + 1, 1);
  const symbols = new Int32Array(length).fill(GAP);
  const weights = new Float64Array(length);
  let at = 1;
  for (const [word, count] of words) {
    for (const byte of encoder.encode(word)) {
      symbols[at] = idOfByte[byte]!;
      weights[at++] = count;
    }
    at++;
  }
  const next = Int32Array.from({ length }, (_, i) => i + 1);
  const previous = Int32Array.from({ length }, (_, i) => i - 1);
  return { symbols, weights, next, previous };
}
