/** Examples packed into rows of one length: several share a row, and each is seen by itself. */
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { TokenExample } from './tokens.ts';
import { IGNORED, type TokenBatch } from './tuning.ts';

export type Row = readonly TokenExample[];

/** Each example into the first row that has room for it (Johnson, 1973); in the order that they come. */
export function packed(examples: readonly TokenExample[], length: number): Row[] {
  const rows: { readonly examples: TokenExample[]; left: number }[] = [];
  // Rows that are nearly full are not looked at again: with many examples that would take long.
  let first = 0;
  for (const example of examples) {
    while (first < rows.length && rows[first]!.left < 2) first++;
    let at = first;
    while (at < rows.length && rows[at]!.left < example.ids.length) at++;
    rows[at] ??= { examples: [], left: length };
    rows[at]!.examples.push(example);
    rows[at]!.left -= example.ids.length;
  }
  return rows.map(({ examples }) => examples);
}

/** Rows as arrays [rows, length]; what is not filled is its own segment and not learnt from. */
export function batchOf(rows: readonly (Row | undefined)[], length: number): TokenBatch {
  const dims = [rows.length, length];
  const whole = (fill: number): HostTensor & { readonly data: BigInt64Array } => ({
    dtype: 'int64',
    dims,
    data: new BigInt64Array(rows.length * length).fill(BigInt(fill)),
  });
  const batch = { ids: whole(0), labels: whole(IGNORED), positions: whole(0), segments: whole(-1) };
  for (const [r, row] of rows.entries()) {
    let at = r * length;
    for (const [segment, { ids, learnt }] of (row ?? []).entries()) {
      for (const [i, id] of ids.entries()) {
        batch.ids.data[at + i] = BigInt(id);
        batch.positions.data[at + i] = BigInt(i);
        batch.segments.data[at + i] = BigInt(segment);
        if (i > 0 && learnt[i]) batch.labels.data[at + i - 1] = BigInt(id);
      }
      at += ids.length;
    }
  }
  return batch;
}

/** How many tokens of an example have a label. */
export const learntOf = ({ learnt }: TokenExample): number =>
  learnt.reduce((sum, flag, i) => sum + (flag && i > 0 ? 1 : 0), 0);

/** Few rows make small steps, so that there are some; large arrays small batches, so that they fit. */
export function batchSizes(wished: number | undefined, rows: number, most: number) {
  const perStep = wished ?? Math.min(8, Math.max(1, Math.floor(rows / 10)));
  const rowsPerBatch = Math.min(perStep, Math.max(1, most));
  return { rowsPerBatch, accumulate: Math.ceil(perStep / rowsPerBatch) };
}

/** The `size` rows of batch `n`, in an order that each epoch has of its own. */
export function rowsAt<T>(rows: readonly T[], n: number, size: number, seed: number | string): T[] {
  const orders = new Map<number, Int32Array>();
  return Array.from({ length: size }, (_, i) => {
    const at = n * size + i;
    const epoch = Math.floor(at / rows.length);
    const order = orders.get(epoch) ?? new Random(seed).fork(`epoch ${epoch}`).permutation(rows.length);
    orders.set(epoch, order);
    return rows[order[at % rows.length]!]!;
  });
}
