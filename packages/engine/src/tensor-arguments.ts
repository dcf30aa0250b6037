/**
 * The arguments of tensor methods, in the spellings that people bring from PyTorch and NumPy. What has one meaning is taken;
 * what has two, or none, is refused with what to write.
 */
import { UserError } from '@gradus/base';
import { DTYPES, type DType } from './dtype.ts';
import { GraphError } from './errors.ts';
import { isList, shown } from './host-arrays.ts';
import type { Dim, Shape } from './shape.ts';

/** One axis, or several. */
export type Axes = number | readonly number[];

/** `sum(1)`, `sum([0, 1], true)` */
export function axesArgument(
  method: string,
  axes: Axes | undefined,
  keepdims: boolean,
): readonly number[] | undefined {
  const list = typeof axes === 'number' ? [axes] : axes;
  if ((list !== undefined && !isWholeList(list)) || typeof keepdims !== 'boolean') {
    throw new GraphError(
      `${method}(${[axes, keepdims].map(shown).join(', ')}): write ${method}([0, 1], true): the axes, and whether they stay as size 1`,
    );
  }
  return list as readonly number[] | undefined;
}

/** `reshape([2, -1])`, `reshape(2, -1)` */
export function shapeArgument(method: string, first: Shape | Dim, rest: readonly Dim[]): Shape {
  const shape = isList(first) && rest.length === 0 ? Array.from(first as Shape) : [first as Dim, ...rest];
  const fits = shape.every((dim) => typeof dim === 'string' || (Number.isInteger(dim) && dim >= -1));
  if (fits && shape.filter((dim) => dim === -1).length <= 1) return shape;
  throw new GraphError(
    `${method}(${shape.map(shown).join(', ')}): write ${method}([2, 3]): whole numbers of at least 0, of which one may be -1`,
  );
}

/**
 * The order of axes: `transpose([0, 2, 1])`; `transpose(0, 2, 1)` as in NumPy; `transpose(1, 2)` of three axes or more as in
 * PyTorch, which swaps two.
 */
export function permutationArgument(
  method: string,
  rank: number,
  first: Axes | undefined,
  rest: readonly number[],
): readonly number[] {
  const axes = isList(first) && rest.length === 0 ? Array.from(first as readonly number[]) : [first, ...rest];
  const counted = axes.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + rank : axis));
  const swap = !isList(first) && rest.length === 1;
  if (swap && rank === 2 && method === 'transpose' && counted[0] === 0) {
    throw new GraphError(
      'transpose(0, 1) of a matrix swaps its axes in PyTorch and leaves them in NumPy: write .T to swap them',
    );
  }
  if (swap && rank > 2 && method === 'transpose' && isWithin(counted, rank)) {
    const [a, b] = counted as [number, number];
    return Array.from({ length: rank }, (_, axis) => (axis === a ? b : axis === b ? a : axis));
  }
  const all = counted.length === rank && new Set(counted).size === rank;
  if (all && isWithin(counted, rank)) return counted as number[];
  throw new GraphError(
    `${method}(${axes.map(shown).join(', ')}): write each of the ${rank} axes once, in their new order: ` +
      `${method}([${Array.from({ length: rank }, (_, i) => rank - 1 - i).join(', ')}])`,
  );
}

/**
 * @param operands Of each argument, whether it is a tensor or a number.
 * @throws GraphError where a maximum along axes was meant, which other libraries call `max` too
 */
export function requireOperand(method: 'max' | 'min', operands: readonly boolean[]): void {
  if (operands.length === 1 && operands[0]) return;
  throw new GraphError(
    `${method}(other) compares with one tensor or number, element by element; write ${method}imum([1]) for the ${method}imum along axes`,
  );
}

/** @throws UserError where there is no such dtype, with the name that was meant */
export function requireDType(dtype: DType): void {
  if (Object.hasOwn(DTYPES, dtype)) return;
  const meant = OTHER_NAMES[String(dtype)];
  const all = Object.keys(DTYPES);
  throw new UserError({
    en: `there is no dtype ${shown(dtype)}.${meant ? ` Did you mean "${meant}"?` : ''} There are ${all.join(', ')}.`,
    zh: `没有数据类型 ${shown(dtype)}。${meant ? `您要写的可能是“${meant}”。` : ''}可用的有：${all.join('、')}。`,
  });
}

/** What C, PyTorch and NumPy call a dtype. */
const OTHER_NAMES: Readonly<Record<string, DType>> = {
  float: 'float32',
  f32: 'float32',
  Float32: 'float32',
  number: 'float32',
  double: 'float64',
  f64: 'float64',
  half: 'float16',
  int: 'int32',
  i32: 'int32',
  long: 'int64',
  i64: 'int64',
  bigint: 'int64',
  boolean: 'bool',
  byte: 'uint8',
};

const isWholeList = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isInteger);

const isWithin = (axes: readonly unknown[], rank: number): boolean =>
  axes.every((axis) => Number.isInteger(axis) && (axis as number) >= 0 && (axis as number) < rank);
