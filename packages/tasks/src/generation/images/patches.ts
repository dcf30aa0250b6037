/**
 * A sprite as a short sequence: patches of a few pixels a side, each the number of the kind that it is most like, as in vector quantization
 * (van den Oord et al., "Neural Discrete Representation Learning", 2017), but with patches of the sprites themselves as the codes (k-medoids),
 * so that what is made has crisp pixels of the palette. Of the patches of a kind, that one is set which continues its neighbours best (Efros
 * and Freeman, "Image Quilting", 2001).
 */
import type { Random } from '@gradus/base';
import { kMeans } from '@gradus/classical';
import { NOTHING, type Palette, pointsOfPalette } from './palette.ts';

/** Plain data. */
export interface PatchBook {
  /** Pixels a side. */
  readonly side: number;
  /** By kind, patches as characters along the rows: the most typical one first. */
  readonly kinds: readonly (readonly string[])[];
}

export interface PatchBookOptions {
  readonly side: number;
  readonly kinds: number;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Patches that kinds are found among. */
const SAMPLED = 6_000;
const ITERATIONS = 8;
/** Patches that are kept of a kind. */
const MEMBERS = 32;

/** The patches of an item, along the rows of patches. */
export function patchesOf(item: string, side: number): string[] {
  const rows = item.split('\n');
  const patches: string[] = [];
  for (let y = 0; y < rows.length; y += side) {
    for (let x = 0; x < rows[0]!.length; x += side) {
      patches.push(
        rows
          .slice(y, y + side)
          .map((row) => row.slice(x, x + side))
          .join(''),
      );
    }
  }
  return patches;
}

export function patchBook(
  items: readonly string[],
  palette: Palette,
  { side, kinds, random, signal }: PatchBookOptions,
): PatchBook {
  const counts = new Map<string, number>();
  for (const item of items)
    for (const patch of patchesOf(item, side)) counts.set(patch, (counts.get(patch) ?? 0) + 1);
  const empty = NOTHING.repeat(side ** 2);
  counts.delete(empty);
  const points = pointsOfPalette(palette);
  const distinct = [...counts.keys()].sort();
  const some =
    distinct.length <= SAMPLED
      ? distinct
      : Array.from(random.permutation(distinct.length).slice(0, SAMPLED), (place) => distinct[place]!);
  const width = 4 * side ** 2;
  const { centroids } = kMeans(matrixOf(some, points), width, {
    clusters: Math.min(kinds - 1, some.length),
    random,
    restarts: 1,
    maxIterations: ITERATIONS,
    signal,
  });
  const clusters = centroids.length / width;
  const members = Array.from(
    { length: clusters },
    (): { patch: string; apart: number; count: number }[] => [],
  );
  for (const patch of distinct) {
    const [best, apart] = nearestRow(vectorOf(patch, points), centroids, width);
    members[best]!.push({ patch, apart, count: counts.get(patch)! });
  }
  const ofKind = members
    .filter((own) => own.length > 0)
    .map((own) =>
      own
        .toSorted((a, b) => a.apart - b.apart || b.count - a.count)
        .slice(0, MEMBERS)
        .map(({ patch }) => patch),
    );
  return { side, kinds: [[empty], ...ofKind] };
}

/** What finds the kind of a patch: that whose typical patch is nearest. */
export function patchReader({ side, kinds }: PatchBook, palette: Palette): (patch: string) => number {
  const points = pointsOfPalette(palette);
  const width = 4 * side ** 2;
  const typical = matrixOf(
    kinds.map(([patch]) => patch!),
    points,
  );
  const known = new Map(
    kinds.flatMap((patches, kind) => patches.map((patch): [string, number] => [patch, kind])),
  );
  return (patch) => {
    const found = known.get(patch);
    if (found !== undefined) return found;
    const [best] = nearestRow(vectorOf(patch, points), typical, width);
    known.set(patch, best);
    return best;
  };
}

/** Puts patches of given kinds together, each the one that goes best with those to its left and above. */
export function quilt(kinds: readonly number[], book: PatchBook, palette: Palette, columns: number): string {
  const { side } = book;
  const points = pointsOfPalette(palette);
  const apart = (a: string, b: string): number => {
    const [p, q] = [points.get(a)!, points.get(b)!];
    return (p[0]! - q[0]!) ** 2 + (p[1]! - q[1]!) ** 2 + (p[2]! - q[2]!) ** 2 + (p[3]! - q[3]!) ** 2;
  };
  const used = new Set<string>([NOTHING]);
  const chosen: string[] = [];
  for (const [place, kind] of kinds.entries()) {
    const left = place % columns === 0 ? undefined : chosen[place - 1];
    const above = chosen[place - columns];
    let [best, least] = [book.kinds[kind]![0]!, Number.POSITIVE_INFINITY];
    for (const [rank, patch] of book.kinds[kind]!.entries()) {
      let cost = RANK * rank;
      for (let i = 0; i < side; i++) {
        if (left) cost += apart(left[i * side + side - 1]!, patch[i * side]!);
        if (above) cost += apart(above[(side - 1) * side + i]!, patch[i]!);
      }
      for (const colour of new Set(patch)) if (!used.has(colour)) cost += NEW_COLOUR;
      if (cost < least) [best, least] = [patch, cost];
    }
    chosen.push(best);
    for (const colour of best) used.add(colour);
  }
  const rows = Array.from({ length: (chosen.length / columns) * side }, () => '');
  for (const [place, patch] of chosen.entries()) {
    const top = Math.floor(place / columns) * side;
    for (let i = 0; i < side; i++) rows[top + i] += patch.slice(i * side, (i + 1) * side);
  }
  return rows.join('\n');
}

/** What a colour costs that a sprite has not yet, and a patch that is less typical, beside squared differences of neighbours. */
const NEW_COLOUR = 0.1;
const RANK = 0.01;

function vectorOf(patch: string, points: ReadonlyMap<string, readonly number[]>): Float32Array {
  return Float32Array.from(Array.from(patch, (pixel) => points.get(pixel)!).flat());
}

function matrixOf(patches: readonly string[], points: ReadonlyMap<string, readonly number[]>): Float32Array {
  const width = 4 * (patches[0]?.length ?? 0);
  const matrix = new Float32Array(patches.length * width);
  for (const [i, patch] of patches.entries()) matrix.set(vectorOf(patch, points), i * width);
  return matrix;
}

function nearestRow(vector: Float32Array, matrix: Float32Array, width: number): [row: number, apart: number] {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let from = 0; from < matrix.length; from += width) {
    let apart = 0;
    for (let k = 0; k < width && apart < least; k++) apart += (vector[k]! - matrix[from + k]!) ** 2;
    if (apart < least) [best, least] = [from / width, apart];
  }
  return [best, least];
}
