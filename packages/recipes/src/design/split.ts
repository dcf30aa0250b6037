/** Which designs are learnt from, chosen by and judged by. */
import { createHash } from 'node:crypto';

export type Part = 'train' | 'validation' | 'test';

/** By the item alone, or the group that it comes from, so that a later run with more items holds out the same ones. */
export function partOf(item: string): Part {
  const tenth = createHash('sha256').update(item).digest()[0]! % 10;
  return tenth === 0 ? 'test' : tenth === 1 ? 'validation' : 'train';
}
