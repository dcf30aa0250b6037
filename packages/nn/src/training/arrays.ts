/** Data in memory as a data set. */
import { type Localized, UserError } from '@gradus/base';
import type { HostTensor, NumericArray } from '@gradus/engine';
import type { Dataset } from './dataset.ts';
import { type ArrayLikeTensor, readTensor } from './host-batch.ts';

/**
 * A data set of arrays in memory, a row of each being an example:
 *
 *     const train = dataset({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: Int32Array.of(0, 1, 1, 0) });
 *     await fit(model, train, { loss: ({ x, y }) => crossEntropy(model.forward(x!), y!), … });
 *
 * @param columns By the names that the loss gets them by. Numbers in lists become float32; a typed array is one number a row; an
 *   array of any shape is { dtype, dims: [rows, …], data }.
 * @throws UserError where an array is none, or has another number of rows than the first
 */
export function dataset(columns: Readonly<Record<string, ArrayLikeTensor>>): Dataset {
  const read = Object.entries(columns ?? {}).map(
    ([name, column]) => [name, readTensor(name, column)] as const,
  );
  const [first] = read;
  const rows = first?.[1].dims[0];
  if (!first || rows === undefined) {
    throw refused({
      en: 'a data set is made of arrays by name, with the rows on the first axis: dataset({ x: …, y: … })',
      zh: '数据集由按名称存放的数组构成，第一个轴是行：dataset({ x: …, y: … })',
    });
  }
  const other = read.find(([, { dims }]) => dims[0] !== rows);
  if (other) {
    const [name, { dims }] = other;
    throw refused({
      en: `"${first[0]}" has ${rows} rows and "${name}" has ${dims[0] ?? 'none'}; each row is one example, so they must have the same number`,
      zh: `“${first[0]}”有 ${rows} 行，“${name}”有 ${dims[0] ?? '0'} 行；每行是一个样本，行数必须相同`,
    });
  }
  return {
    size: rows,
    batch: (chosen) => Object.fromEntries(read.map(([name, column]) => [name, rowsOf(column, chosen)])),
  };
}

/** Some rows of a data set, such as a fold of cross-validation, as one. */
export function subset(data: Dataset, rows: ArrayLike<number>): Dataset {
  const chosen = Int32Array.from(rows);
  const outside = chosen.find((row) => !(row >= 0 && row < data.size));
  if (outside !== undefined) {
    throw refused({
      en: `the data set has ${data.size} rows, counted from 0, and no row ${outside}`,
      zh: `数据集有 ${data.size} 行（从 0 数起），没有第 ${outside} 行`,
    });
  }
  const { length } = data;
  return {
    size: chosen.length,
    batch: (rows) => data.batch(rows.map((row) => chosen[row]!)),
    ...(length && { length: (row) => length.call(data, chosen[row]!) }),
  };
}

function rowsOf({ dtype, dims, data }: HostTensor, rows: Int32Array): HostTensor {
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  const size = [rows.length, ...dims.slice(1)];
  if (!ArrayBuffer.isView(data)) {
    return {
      dtype,
      dims: size,
      data: [...rows].flatMap((row) => data.slice(row * width, (row + 1) * width)),
    };
  }
  const all = data as Float32Array;
  const picked = new (all.constructor as Float32ArrayConstructor)(rows.length * width);
  for (const [i, row] of rows.entries()) picked.set(all.subarray(row * width, (row + 1) * width), i * width);
  return { dtype, dims: size, data: picked as NumericArray };
}

const refused = (text: Localized): UserError => new UserError(text);
