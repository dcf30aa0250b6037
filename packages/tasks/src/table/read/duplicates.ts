/**
 * Rows that are the same but for the target. A row that is learnt from and comes again among those that the model is judged on would
 * be remembered, not predicted; so such rows stay together.
 */
import type { Cells, ImageCell, TableRows } from '../columns.ts';

/** More equal rows than this are no copies: they are rows of which little is known, and what they are like must be learnt from some. */
const MOST_COPIES = 10;
/** Where fewer rows than this share are different, the columns are coarse, and equal rows are other cases, no copies. */
const FEWEST_DIFFERENT = 0.5;

/**
 * By place a number that rows share which are equal in all columns, whose images show the same, and rows of one group (`rows.groups`). Where most rows
 * are equal to others, as in a table of few categories, equality says nothing, and only groups are kept together.
 */
export function duplicateGroups(rows: TableRows): Int32Array {
  const parents = Int32Array.from({ length: rows.count }, (_, place) => place);
  const root = (place: number): number => {
    let at = place;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  };
  const join = (places: ReadonlyMap<number, number>, key: number, place: number): void => {
    const first = places.get(key);
    if (first !== undefined) parents[root(place)] = root(first);
  };
  if (rows.groups) {
    const firsts = new Map<number, number>();
    for (const [place, group] of rows.groups.values.entries()) {
      join(firsts, group, place);
      if (!firsts.has(group)) firsts.set(group, place);
    }
  }
  const keys = rowKeys(rows);
  const firsts = new Map<number, number>();
  const copies = new Map<number, number>();
  for (const [place, key] of keys.entries()) {
    if (!firsts.has(key)) firsts.set(key, place);
    copies.set(key, (copies.get(key) ?? 0) + 1);
  }
  if (firsts.size >= FEWEST_DIFFERENT * rows.count) {
    for (const [place, key] of keys.entries()) if (copies.get(key)! <= MOST_COPIES) join(firsts, key, place);
  }
  joinTwins(rows.twins ?? [], parents, root);
  const numbers = new Map<number, number>();
  return Int32Array.from({ length: rows.count }, (_, place) => {
    const at = root(place);
    const number = numbers.get(at) ?? numbers.size;
    numbers.set(at, number);
    return number;
  });
}

/** Rows whose images show the same. Of so many that show the same it is a placeholder, and no copy. */
function joinTwins(
  twins: NonNullable<TableRows['twins']>,
  parents: Int32Array,
  root: (place: number) => number,
): void {
  const alike = Map.groupBy(twins, ([first]) => first);
  for (const [first, pairs] of alike) {
    if (pairs.length >= MOST_COPIES) continue;
    for (const [, place] of pairs) parents[root(place)] = root(first);
  }
}

/** Of each row a hash of 53 bits: that two of a million different rows share one is a chance of 1 in 18,000. */
function rowKeys({ count, columns }: TableRows): Float64Array {
  const [high, low] = [new Int32Array(count).fill(0x811c9dc5), new Int32Array(count).fill(0x9747b28c)];
  const mix = (place: number, word: number): void => {
    high[place] = Math.imul(high[place]! ^ word, 0x01000193) ^ (high[place]! >>> 15);
    low[place] = Math.imul(low[place]! ^ (word + 0x9e3779b9), 0x85ebca6b) ^ (low[place]! >>> 13);
  };
  for (const { cells } of columns) {
    const words = wordsOf(cells);
    const width = words.length / Math.max(1, count);
    for (let place = 0; place < count; place++)
      for (let i = 0; i < width; i++) mix(place, words[place * width + i]!);
  }
  return Float64Array.from(high, (word, place) => (word >>> 0) * 2 ** 21 + (low[place]! >>> 11));
}

/** [rows, words of a cell] */
function wordsOf(cells: Cells): Int32Array {
  switch (cells.kind) {
    case 'number':
    case 'time':
      // −0 is 0.
      return new Int32Array(Float64Array.from(cells.values, (value) => value + 0).buffer);
    case 'category':
      return cells.codes;
    case 'text':
    case 'image': {
      const codes = new Map<string, number>();
      const texts = cells.kind === 'text' ? cells.values : cells.values.map(contentKey);
      return Int32Array.from(texts, (text) => {
        const code = codes.get(text) ?? codes.size;
        codes.set(text, code);
        return code;
      });
    }
  }
}

/** What an image shows, not what its file is called. */
const contentKey = (cell: ImageCell): string =>
  cell?.features ? Buffer.from(cell.features.buffer).toString('latin1') : '';
