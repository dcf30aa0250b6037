/** The gradient of reading at positions: adding at those positions. */
import type { Attributes } from '../graph.ts';
import { isStatic } from '../shape.ts';
import { apply, concat, int64, type Tensor } from '../tensor.ts';

/**
 * Adds the slices of `updates` along `axis` into zeros of size `length` on that axis, at `positions` [n]; slices
 * with the same position add up.
 *
 * On the first axis it is a ScatterND, which adds whole slices and is faster than ScatterElements, that adds element by element.
 */
export function scatterAdd(updates: Tensor, positions: Tensor, axis: number, length: number): Tensor {
  const shape = updates.shape.with(axis, length);
  const zeros = apply(
    'ConstantOfShape',
    [isStatic(shape) ? int64(shape) : sizes(updates, axis, length)],
    zeroOf(updates),
  );
  return axis === 0
    ? apply('ScatterND', [zeros, positions.reshape([-1, 1]), updates], { reduction: 'add' })
    : addElements(zeros, positions, updates, axis);
}

/** `x` plus the slices of `updates` at `positions` [n] of `axis`, added element by element in their order. */
export function addElements(x: Tensor, positions: Tensor, updates: Tensor, axis: number): Tensor {
  const onAxis = updates.shape.map((_, i) => (i === axis ? -1 : 1));
  const everywhere = positions.reshape(onAxis).expand(updates.shapeTensor());
  return apply('ScatterElements', [x, everywhere, updates], { axis, reduction: 'add' });
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
