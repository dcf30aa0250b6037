/**
 * Constant folding: a value of whole numbers or truths that follows from constants is computed once, as a file is read. Exporters
 * leave whole chains of them (the pads of a convolution, the order of windows), and what shapes them can then be inferred and
 * differentiated. Reals stay as they are: they may be what weights are made of.
 */
import { isFloat } from '../dtype.ts';
import { numericArray } from '../host-arrays.ts';
import { constantNumbers } from '../known.ts';
import { isStatic } from '../shape.ts';
import { constant, type Tensor } from '../tensor.ts';

/** The value as a constant where it is known and its numbers are exact, else as it is. */
export function folded(value: Tensor): Tensor {
  if (isFloat(value.dtype) || value.dtype === 'string' || value.source.kind === 'constant') return value;
  const numbers = constantNumbers(value);
  if (!numbers || !isStatic(value.shape) || !numbers.every(Number.isSafeInteger)) return value;
  return constant({ dtype: value.dtype, dims: value.shape, data: numericArray(numbers, value.dtype) });
}
