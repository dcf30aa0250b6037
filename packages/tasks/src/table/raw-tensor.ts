/** A raw column as an input of the graph. */
import type { HostTensor } from '@gradus/engine';
import type { Cells } from './columns.ts';

const MISSING_TIME = -(2n ** 63n);

/** Some rows: numbers as float64, NaN where missing; times as int64 milliseconds; categories as texts, '' where missing. @throws RangeError of texts and images, of which something else is the input */
export function rawTensor(cells: Cells, from: number, to: number): HostTensor {
  const dims = [to - from];
  switch (cells.kind) {
    case 'number':
      return { dtype: 'float64', dims, data: cells.values.subarray(from, to) };
    case 'time':
      return {
        dtype: 'int64',
        dims,
        data: BigInt64Array.from(cells.values.subarray(from, to), (time) =>
          Number.isNaN(time) ? MISSING_TIME : BigInt(Math.round(time)),
        ),
      };
    case 'category': {
      const { codes, levels } = cells;
      return {
        dtype: 'string',
        dims,
        data: Array.from(codes.subarray(from, to), (code) => (code < 0 ? '' : levels[code]!)),
      };
    }
    case 'text':
    case 'image':
      throw new RangeError(`${cells.kind}s are no input of a graph`);
  }
}
