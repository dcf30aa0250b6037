/** The gradient of reading at positions: adding at those positions. */
import type { Attributes } from '../graph.ts';
import { isStatic } from '../shape.ts';
import { apply, concat, int64, type Tensor } from '../tensor.ts';

/**
 * Adds the slices of `updates` along `axis` into zeros of size `length` on that axis, at `positions` [n]; slices
 * with the same position add up.
 *
 * It uses ScatterElements, which ONNX Runtime computes in order. Its ScatterND divides the updates among threads that add to the
 * same element at once: sums differed from run to run.
 */
export function scatterAdd(updates: Tensor, positions: Tensor, axis: number, length: number): Tensor {
  const onAxis = updates.shape.map((dim, i) => (i === axis ? dim : 1));
  const everywhere = positions.reshape(onAxis).expand(updates.shapeTensor());
  const shape = updates.shape.with(axis, length);
  const zeros = apply(
    'ConstantOfShape',
    [isStatic(shape) ? int64(shape) : sizes(updates, axis, length)],
    zeroOf(updates),
  );
  return apply('ScatterElements', [zeros, everywhere, updates], { axis, reduction: 'add' });
}

/** The shape of x with another length on one axis, at run time. */
function sizes(x: Tensor, axis: number, length: number): Tensor {
  const own = x.shapeTensor();
  const sizesAround = [own.slice([0], [axis]), int64([length]), own.slice([axis + 1], [x.rank])];
  return concat(
    sizesAround.filter(({ shape }) => shape[0] !== 0),
    0,
  );
}

const zeroOf = (like: Tensor): Attributes => ({
  value: {
    tensor: {
      dtype: like.dtype,
      dims: [1],
      data: like.dtype === 'float64' ? new Float64Array(1) : new Float32Array(1),
    },
  },
});
