/**
 * Near-duplicate texts: copied reviews, the same form filled in twice.
 *
 * Texts are compared by their sets of character 4-grams. Comparing all pairs is quadratic, so each set gets a
 * short signature whose agreement estimates how much two sets overlap (MinHash: Broder, "On the resemblance and
 * containment of documents", 1997), and only texts that share a band of their signature are compared in full.
 */
import { charNgrams } from './text/ngrams.ts';

const GRAM = 4;
const HASHES = 32;
const BAND = 4;
/** Sets that overlap by this much (Jaccard) are near duplicates. */
const THRESHOLD = 0.85;
/** Short texts often say the same by chance: they are duplicates only where they are equal. */
const SHORTEST = 12;

/**
 * For each text the index of the first one like it; its own where there is none before.
 *
 * @param texts Cleaned texts.
 */
export function findDuplicates(texts: readonly string[]): Int32Array {
  const first = Int32Array.from({ length: texts.length }, (_, i) => i);
  const equal = new Map<string, number>();
  const bands = new Map<string, number[]>();
  for (const [i, text] of texts.entries()) {
    const key = text
      .toLowerCase()
      .replace(/[\s\p{P}]+/gu, ' ')
      .trim();
    const same = equal.get(key);
    if (same !== undefined) {
      first[i] = same;
      continue;
    }
    equal.set(key, i);
    if (key.length < SHORTEST) continue;
    const grams = new Set(charNgrams(key, GRAM, GRAM));
    const like = nearest(i, grams, signature(grams), bands, texts);
    if (like !== undefined) {
      first[i] = first[like]!;
      equal.set(key, first[i]);
    }
  }
  return first;
}

/** The first similar text among those before it with a band in common; enters the text into its bands. */
function nearest(
  index: number,
  grams: ReadonlySet<string>,
  signed: Uint32Array,
  bands: Map<string, number[]>,
  texts: readonly string[],
): number | undefined {
  let match: number | undefined;
  for (let band = 0; band < HASHES; band += BAND) {
    const key = `${band}:${signed.subarray(band, band + BAND).join()}`;
    const bucket = bands.get(key);
    if (!bucket) {
      bands.set(key, [index]);
      continue;
    }
    // Boilerplate could fill a bucket without end: only its first few texts are compared.
    match ??= bucket
      .slice(0, 20)
      .find((other) => jaccard(grams, normalizedGrams(texts[other]!)) >= THRESHOLD);
    bucket.push(index);
  }
  return match;
}

const normalizedGrams = (text: string): Set<string> =>
  new Set(
    charNgrams(
      text
        .toLowerCase()
        .replace(/[\s\p{P}]+/gu, ' ')
        .trim(),
      GRAM,
      GRAM,
    ),
  );

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return shared / (a.size + b.size - shared);
}

/** The least of each of several hashes over the set. */
function signature(grams: ReadonlySet<string>): Uint32Array {
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  for (const gram of grams) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < gram.length; i++) hash = Math.imul(hash ^ gram.charCodeAt(i), 0x01000193);
    for (let k = 0; k < HASHES; k++) {
      // A different mix of the bits for each k (the finalizer of MurmurHash3).
      let mixed = Math.imul(hash ^ Math.imul(k + 1, 0x9e3779b1), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      mixed = (mixed ^ (mixed >>> 16)) >>> 0;
      if (mixed < least[k]!) least[k] = mixed;
    }
  }
  return least;
}
