/**
 * The columns of a wide table that are worth a closer look, by halving (group screening: Watson, 1961): blocks of neighbouring columns
 * are shuffled together, the most important blocks are halved, and so on down to single columns. A block matters at least about as
 * much as each of its columns, so that few of those that matter are lost, and columns that hide each other are seen together.
 */
import type { Random } from '@gradus/base';
import { type JudgedRows, shuffledLosses } from './shuffled.ts';

/** How often blocks of columns are shuffled at most. */
export function shufflesOf(columns: number, most: number): number {
  const levels = 1 + Math.ceil(Math.log2(Math.ceil(columns / (2 * most))));
  return 2 * most * levels;
}

/** @param most Columns to keep. @returns names, in their order */
export async function promisingColumns(
  rows: JudgedRows,
  names: readonly string[],
  most: number,
  random: Random,
): Promise<string[]> {
  const size = Math.ceil(names.length / (2 * most));
  let blocks: (readonly string[])[] = Array.from({ length: Math.ceil(names.length / size) }, (_, i) =>
    names.slice(i * size, (i + 1) * size),
  );
  for (;;) {
    const { importance } = await shuffledLosses(rows, blocks, 1, random);
    const kept = blocks
      .map((block, i) => ({ block, loss: importance[i]!.loss }))
      .sort((a, b) => b.loss - a.loss)
      .slice(0, most)
      .map(({ block }) => block);
    if (kept.every(({ length }) => length === 1)) {
      const found = new Set(kept.flat());
      return names.filter((name) => found.has(name));
    }
    blocks = kept.flatMap((block) => {
      const middle = Math.ceil(block.length / 2);
      return block.length === 1 ? [block] : [block.slice(0, middle), block.slice(middle)];
    });
  }
}
