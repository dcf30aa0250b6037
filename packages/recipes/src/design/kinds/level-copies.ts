/** Which original a made level is most like, and whether it is a copy of it. */
import type { Nearest } from './kind.ts';
import { columnsOf } from './level-rules.ts';

/** A level that differs from an original by no more tiles, turned or mirrored, is its copy. */
const TILES_APART = 4;
/** Columns in a row that stand so in an original are copied. */
const COPIED_COLUMNS = 12;
const MOST_COPIED = 0.5;

/** Of levels of one size: by the tiles that differ, under the symmetries of a square or a rectangle. */
export function nearestBySize(item: string, originals: readonly string[]): Nearest {
  const turned = symmetriesOf(item);
  let [best, least] = ['', Number.POSITIVE_INFINITY];
  for (const original of originals) {
    for (const other of turned) {
      const apart = tilesApart(other, original, least);
      if (apart < least) [best, least] = [original, apart];
    }
  }
  return {
    item: best,
    distance: { en: `${least} tiles apart`, zh: `相差 ${least} 格` },
    isCopy: least <= TILES_APART,
  };
}

function tilesApart(a: string, b: string, limit: number): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let apart = 0;
  for (let i = 0; i < a.length && apart < limit; i++) apart += Number(a[i] !== b[i]);
  return apart;
}

/** Turned and mirrored, as far as the size stays the same. */
export function symmetriesOf(item: string): string[] {
  const rows = item.split('\n');
  const mirrored = (of: readonly string[]) => of.map((row) => [...row].reverse().join(''));
  const flipped = (of: readonly string[]) => of.toReversed();
  const turned = columnsOf(item);
  const sides = turned.length === rows.length ? [rows, turned] : [rows];
  return sides
    .flatMap((side) => [side, mirrored(side), flipped(side), flipped(mirrored(side))])
    .map((side) => side.join('\n'));
}

/** Of levels of many sizes: by the columns that stand in an original as they do here. */
export function nearestByColumns(item: string, originals: readonly string[]): Nearest {
  const own = columnsOf(item);
  let [best, most] = ['', -1];
  for (const original of originals) {
    const copied = copiedColumns(own, columnsOf(original));
    if (copied > most) [best, most] = [original, copied];
  }
  const share = most / own.length;
  return {
    item: best,
    distance: {
      en: `${most} of ${own.length} columns stand in it so, ${COPIED_COLUMNS} in a row or more`,
      zh: `${own.length} 列中有 ${most} 列与其连续 ${COPIED_COLUMNS} 列以上相同`,
    },
    isCopy: share > MOST_COPIED,
  };
}

function copiedColumns(own: readonly string[], other: readonly string[]): number {
  const length = Math.min(COPIED_COLUMNS, own.length);
  const windowAt = (columns: readonly string[], at: number) => columns.slice(at, at + length).join('\n');
  const known = new Set(
    Array.from({ length: Math.max(0, other.length - length + 1) }, (_, at) => windowAt(other, at)),
  );
  const copied = new Set<number>();
  for (let at = 0; at + length <= own.length; at++) {
    if (known.has(windowAt(own, at))) for (let i = 0; i < length; i++) copied.add(at + i);
  }
  return copied.size;
}
