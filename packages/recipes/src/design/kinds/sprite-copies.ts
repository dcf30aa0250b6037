/**
 * How far sprites are from each other: the share that differs of the pixels that are something in either. The nearest of thousands of originals
 * is found without looking at most of their pixels: sprites whose colours are of different numbers differ in half as many places at least.
 */
import { NOTHING } from '@gradus/tasks';

interface Pixels {
  /** Codes along the rows, without the ends of lines. */
  readonly codes: Uint16Array;
  /** By code, how many pixels are of it. */
  readonly counts: ReadonlyMap<number, number>;
  readonly filled: number;
}

const EMPTY = NOTHING.charCodeAt(0);
const LINE = 10;

function pixelsOf(rows: string): Pixels {
  const all = Uint16Array.from({ length: rows.length }, (_, i) => rows.charCodeAt(i));
  const codes = all.filter((code) => code !== LINE);
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return { codes, counts, filled: codes.length - (counts.get(EMPTY) ?? 0) };
}

/** @param limit From which on the distance does not matter: infinity may be given instead */
function apart(a: Pixels, b: Pixels, limit: number): number {
  const { length } = a.codes;
  const most = limit * Math.min(length, a.filled + b.filled);
  let shared = 0;
  for (const [code, count] of a.counts) shared += Math.min(count, b.counts.get(code) ?? 0);
  if (length - shared > most) return Number.POSITIVE_INFINITY;
  let [different, either] = [0, 0];
  for (let i = 0; i < length; i++) {
    const [p, q] = [a.codes[i]!, b.codes[i]!];
    if (p === q) {
      if (p !== EMPTY) either++;
      continue;
    }
    either++;
    if (++different > most) return Number.POSITIVE_INFINITY;
  }
  return either === 0 ? 0 : different / either;
}

/** @param a Rows of pixels, of one size with `b` */
export const pixelsApart = (a: string, b: string): number =>
  apart(pixelsOf(a), pixelsOf(b), Number.POSITIVE_INFINITY);

const mirrored = (rows: string): string =>
  rows
    .split('\n')
    .map((row) => [...row].reverse().join(''))
    .join('\n');

const known = new WeakMap<readonly string[], readonly Pixels[]>();

/**
 * @param originals Each with its class before its rows; read once, so that the array must not change
 * @param rowsOf The rows of an original
 * @returns the place of the original that is nearest, mirrored or not
 */
export function nearestSprite(
  rows: string,
  originals: readonly string[],
  rowsOf: (original: string) => string,
): { readonly place: number; readonly apart: number } {
  const theirs = known.get(originals) ?? originals.map((original) => pixelsOf(rowsOf(original)));
  known.set(originals, theirs);
  const forms = [pixelsOf(rows), pixelsOf(mirrored(rows))];
  let [place, least] = [-1, Number.POSITIVE_INFINITY];
  for (const [i, other] of theirs.entries()) {
    for (const form of forms) {
      const distance = apart(form, other, least);
      if (distance < least) [place, least] = [i, distance];
    }
  }
  return { place, apart: least };
}
