/** Raw columns as tensors: what a table, a decoder or a program holds, checked and in the types that graphs take. */

import { UserError } from '@gradus/base';
import { DTYPES, type HostTensor } from '@gradus/engine';
import { type ColumnType, KINDS, MISSING_TIME, rawShape } from './block.ts';

/**
 * A column's values, one an example:
 *
 * - number: numbers, booleans; missing are NaN, null and undefined
 * - text: texts; missing are '', null and undefined
 * - time: Dates or milliseconds since 1970; missing are null, undefined and NaN
 * - image, sound, series: a tensor, whose first axis is examples
 */
export type ColumnData =
  | HostTensor
  | ArrayLike<number | boolean | null | undefined>
  | ArrayLike<string | null | undefined>
  | ArrayLike<Date | number | bigint | null | undefined>;

export type Columns = Readonly<Record<string, ColumnData>>;

/** The columns as tensors, and how many rows they have. @throws UserError naming the column, and its row, that does not fit */
export function rawTensors(
  types: readonly ColumnType[],
  columns: Columns,
): { readonly tensors: Map<string, HostTensor>; readonly rows: number } {
  const tensors = new Map<string, HostTensor>();
  let first: { name: string; rows: number } | undefined;
  for (const type of types) {
    const { name } = type;
    if (!Object.hasOwn(columns, name) || columns[name] === undefined) {
      throw new UserError({
        en: `column "${name}" is missing; given are ${
          Object.keys(columns)
            .map((key) => `"${key}"`)
            .join(', ') || 'none'
        }`,
        zh: `缺少列“${name}”；已提供的列：${
          Object.keys(columns)
            .map((key) => `“${key}”`)
            .join('、') || '无'
        }`,
      });
    }
    const tensor = rawTensor(type, columns[name]);
    const rows = tensor.dims[0]!;
    first ??= { name, rows };
    if (rows !== first.rows) {
      throw new UserError({
        en: `column "${name}" has ${rows} rows and column "${first.name}" ${first.rows}`,
        zh: `列“${name}”有 ${rows} 行，而列“${first.name}”有 ${first.rows} 行`,
      });
    }
    tensors.set(name, tensor);
  }
  return { tensors, rows: first?.rows ?? 0 };
}

function rawTensor(type: ColumnType, data: ColumnData): HostTensor {
  if ('dtype' in data) return checked(type, data);
  const { name, kind, dtype } = type;
  const { array } = DTYPES[dtype];
  // Held as the graph takes it already.
  if (array && data instanceof array && rawShape(kind).length === 1) {
    return { dtype, dims: [data.length], data: data as Float64Array };
  }
  const convert = CELLS[kind as keyof typeof CELLS];
  if (!convert) {
    throw new UserError({
      en: `column "${name}": expected a tensor of ${dtype} [${rawShape(kind).join(', ')}], which ${KINDS[kind].en} columns are`,
      zh: `列“${name}”：${KINDS[kind].zh}列应为 ${dtype} [${rawShape(kind).join(', ')}] 张量`,
    });
  }
  const cells = Array.from(data as ArrayLike<unknown>, (cell, row) => {
    const converted = convert(cell);
    if (converted !== undefined) return converted;
    throw new UserError({
      en: `column "${name}", row ${row + 1}: ${shown(cell)} is no ${KINDS[kind].en}; expected ${EXPECTED[kind as keyof typeof CELLS].en}`,
      zh: `列“${name}”第 ${row + 1} 行：${shown(cell)} 不是${KINDS[kind].zh}；应为${EXPECTED[kind as keyof typeof CELLS].zh}`,
    });
  });
  const dims = [cells.length];
  if (!array) return { dtype, dims, data: cells as string[] };
  return { dtype, dims, data: (array as Float64ArrayConstructor).from(cells as number[]) };
}

const EXPECTED = {
  number: { en: 'numbers, with NaN for missing ones', zh: '数字，缺失用 NaN 表示' },
  text: { en: 'texts, with "" for missing ones', zh: '文本，缺失用 "" 表示' },
  time: {
    en: 'Dates or milliseconds since 1970, with null for missing ones',
    zh: 'Date 或自 1970 年起的毫秒数，缺失用 null 表示',
  },
} as const;

/** A cell as its column's tensor holds it; undefined where it is of another type. */
const CELLS: Readonly<
  Record<keyof typeof EXPECTED, (cell: unknown) => number | string | bigint | undefined>
> = {
  number: (cell) =>
    cell === null || cell === undefined
      ? Number.NaN
      : typeof cell === 'number' || typeof cell === 'boolean'
        ? Number(cell)
        : undefined,
  text: (cell) => {
    if (cell === null || cell === undefined) return '';
    return typeof cell === 'string' ? cell : undefined;
  },
  time: (cell) => {
    if (cell === null || cell === undefined) return MISSING_TIME;
    if (typeof cell === 'bigint') return BigInt.asIntN(64, cell) === cell ? cell : undefined;
    const time = cell instanceof Date ? cell.getTime() : cell;
    if (typeof time !== 'number') return undefined;
    if (Number.isNaN(time)) return MISSING_TIME;
    return Math.abs(time) <= Number.MAX_SAFE_INTEGER ? BigInt(Math.round(time)) : undefined;
  },
};

function checked({ name, kind, dtype }: ColumnType, tensor: HostTensor): HostTensor {
  const shape = rawShape(kind);
  const fits =
    tensor.dtype === dtype &&
    tensor.dims.length === shape.length &&
    shape.every((dim, i) => typeof dim === 'string' || dim === tensor.dims[i]) &&
    tensor.dims.reduce((a, b) => a * b, 1) === tensor.data.length;
  if (fits) return tensor;
  throw new UserError({
    en: `column "${name}" is a tensor of ${tensor.dtype} [${tensor.dims.join(', ')}] with ${tensor.data.length} elements; expected ${dtype} [${shape.join(', ')}]`,
    zh: `列“${name}”是 ${tensor.dtype} [${tensor.dims.join(', ')}] 张量，含 ${tensor.data.length} 个元素；应为 ${dtype} [${shape.join(', ')}]`,
  });
}

function shown(cell: unknown): string {
  const text = typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
