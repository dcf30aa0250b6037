/**
 * Agreement of two partitions of the same rows, whatever the clusters are called. 1 is the same partition.
 */
import type { Numbers } from '../numbers.ts';
import { countRows } from './rows.ts';

/**
 * What one partition tells about the other, over the mean of what each holds: I(a; b) / ½(H(a) + H(b)) (Strehl and
 * Ghosh, 2002; the arithmetic mean is scikit-learn's default). 0 is independence.
 */
export function normalizedMutualInformation(a: Numbers, b: Numbers): number {
  const { n, cells, ofA, ofB } = contingency(a, b);
  const entropyA = entropy(ofA, n);
  const entropyB = entropy(ofB, n);
  if (entropyA === 0 && entropyB === 0) return 1; // one cluster each: the same partition
  let information = 0;
  for (const { x, y, count } of cells) {
    information += (count / n) * Math.log((count * n) / (ofA.get(x)! * ofB.get(y)!));
  }
  return Math.max(0, information / ((entropyA + entropyB) / 2));
}

/**
 * The fraction of pairs of rows that both partitions join or both separate, corrected for chance
 * (Hubert and Arabie, 1985). 0 is chance; it can be below.
 */
export function adjustedRandIndex(a: Numbers, b: Numbers): number {
  const { n, cells, ofA, ofB } = contingency(a, b);
  const pairs = (counts: Iterable<number>) => {
    let sum = 0;
    for (const count of counts) sum += (count * (count - 1)) / 2;
    return sum;
  };
  const both = pairs(cells.map(({ count }) => count));
  const inA = pairs(ofA.values());
  const inB = pairs(ofB.values());
  const expected = (inA * inB) / Math.max(pairs([n]), 1);
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (both - expected) / (most - expected);
}

interface Contingency {
  readonly n: number;
  readonly cells: readonly { x: number; y: number; count: number }[];
  readonly ofA: ReadonlyMap<number, number>;
  readonly ofB: ReadonlyMap<number, number>;
}

function contingency(a: Numbers, b: Numbers): Contingency {
  const n = countRows(a, b);
  const cells = new Map<string, { x: number; y: number; count: number }>();
  const ofA = new Map<number, number>();
  const ofB = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const x = a[i]!;
    const y = b[i]!;
    const cell = cells.get(`${x},${y}`);
    if (cell) cell.count++;
    else cells.set(`${x},${y}`, { x, y, count: 1 });
    ofA.set(x, (ofA.get(x) ?? 0) + 1);
    ofB.set(y, (ofB.get(y) ?? 0) + 1);
  }
  return { n, cells: [...cells.values()], ofA, ofB };
}

function entropy(counts: ReadonlyMap<number, number>, n: number): number {
  let sum = 0;
  for (const count of counts.values()) sum -= (count / n) * Math.log(count / n);
  return counts.size === 1 ? 0 : sum;
}
