/** Ops on axes: reshape, transpose, broadcast, repeat, and the shape itself as a value. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute, stringAttribute, type Value } from '../graph.ts';
import { constantNumbers, known } from '../known.ts';
import {
  broadcastShapes,
  type Dim,
  fresh,
  isStatic,
  normalizeAxes,
  quotient,
  type Shape,
  showShape,
  sizeOf,
} from '../shape.ts';
import { apply, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { required, unbroadcast } from './rules.ts';
import { countOf, freshShape, shapeInput } from './shape-inputs.ts';

declareOps({
  Reshape: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      const target = shapeInput(inputs, 1);
      return [{ dtype: x.dtype, shape: reshaped(x.shape, target, intAttribute(attributes, 'allowzero', 0)) }];
    },
    grad: backToInput,
  },
  Flatten: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      // The axis may be one past the last; −1 is the last itself.
      const at = intAttribute(attributes, 'axis', 1);
      const [axis] = at === x.shape.length ? [at] : normalizeAxes([at], x.shape.length);
      return [{ dtype: x.dtype, shape: [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))] }];
    },
    grad: backToInput,
  },
  Squeeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const axisNumbers = constantNumbers(inputs[1]);
      if (!axisNumbers && inputs[1])
        return [{ dtype: x.dtype, shape: freshShape(x.shape.length - countOf(inputs[1])) }];
      const axes = normalizeAxes(
        axisNumbers ?? x.shape.flatMap((dim, i) => (dim === 1 ? [i] : [])),
        x.shape.length,
      );
      const wide = axes.find((axis) => typeof x.shape[axis] === 'number' && x.shape[axis] !== 1);
      if (wide !== undefined) throw new GraphError(`axis ${wide} of ${showShape(x.shape)} is not of size 1`);
      return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }];
    },
    grad: backToInput,
  },
  Unsqueeze: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const axisNumbers = constantNumbers(required(inputs, 1));
      if (!axisNumbers) return [{ dtype: x.dtype, shape: freshShape(x.shape.length + countOf(inputs[1]!)) }];
      const axes = normalizeAxes(axisNumbers, x.shape.length + axisNumbers.length);
      const kept = [...x.shape];
      const rank = x.shape.length + axes.length;
      return [
        {
          dtype: x.dtype,
          shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : kept.shift()!)),
        },
      ];
    },
    grad: backToInput,
  },
  Transpose: {
    infer: (inputs, attributes) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: permutation(x, attributes).map((axis) => x.shape[axis]!) }];
    },
    grad: ({ inputs: [x], attributes }, [dy]) => {
      const forward = permutation(x!, attributes);
      return [dy!.transpose(forward.map((_, i) => forward.indexOf(i)))];
    },
  },
  Expand: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      return [{ dtype: x.dtype, shape: broadcastShapes(x.shape, shapeInput(inputs, 1)) }];
    },
    grad: ({ inputs: [x] }, [dy]) => [unbroadcast(dy!, x!)],
  },
  Tile: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const repeats = known(required(inputs, 1));
      return [
        {
          dtype: x.dtype,
          shape: x.shape.map((dim, i) => (repeats?.[i] === undefined ? fresh() : sizeOf([dim, repeats[i]]))),
        },
      ];
    },
    grad: ({ inputs }, [dy]) => {
      const repeats = constantNumbers(inputs[1]);
      if (!repeats) throw new GraphError('the repeats must be known to differentiate Tile');
      const unfolded = inputs[0]!.shape.flatMap((dim, i) => [repeats[i]!, dim]);
      return [dy!.reshape(unfolded).sum(repeats.map((_, i) => 2 * i))];
    },
  },
  /** [batch, block² × channels, height, width] -> [batch, channels, block × height, block × width] */
  DepthToSpace: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const block = intAttribute(attributes, 'blocksize');
      const channels = quotientOf(shape[1], block * block);
      if (shape.length !== 4 || channels === undefined) {
        throw new GraphError(`${showShape(shape)} does not spread over blocks of ${block} × ${block}`);
      }
      const [height, width] = [sizeOf([shape[2]!, block]), sizeOf([shape[3]!, block])];
      return [{ dtype, shape: [shape[0]!, channels, height, width] }];
    },
    grad: ({ inputs: [x], attributes }, [dy]) => {
      const blocksize = intAttribute(attributes, 'blocksize');
      const gathered = apply('SpaceToDepth', [dy!], { blocksize });
      if (stringAttribute(attributes, 'mode', 'DCR') === 'DCR') return [gathered];
      const [batch, channels] = dy!.shape;
      const cells = blocksize * blocksize;
      const [, , rows, columns] = x!.shape;
      return [
        gathered
          .reshape([batch!, cells, channels!, rows!, columns!])
          .transpose([0, 2, 1, 3, 4])
          .reshape(x!.shape),
      ];
    },
  },
  SpaceToDepth: {
    infer: (inputs, attributes) => {
      const { dtype, shape } = required(inputs, 0);
      const block = intAttribute(attributes, 'blocksize');
      const [height, width] = shape.slice(2).map((size) => quotientOf(size, block));
      if (shape.length !== 4 || height === undefined || width === undefined) {
        throw new GraphError(`${showShape(shape)} does not split into blocks of ${block} × ${block}`);
      }
      return [{ dtype, shape: [shape[0]!, sizeOf([shape[1]!, block * block]), height, width] }];
    },
    grad: ({ attributes }, [dy]) => [
      apply('DepthToSpace', [dy!], { blocksize: intAttribute(attributes, 'blocksize'), mode: 'DCR' }),
    ],
  },
  Shape: {
    infer: (inputs, { start, end }) => [
      {
        dtype: 'int64',
        shape: [required(inputs, 0).shape.slice((start ?? 0) as number, end as number | undefined).length],
      },
    ],
  },
  Size: {
    infer: (inputs) => {
      required(inputs, 0);
      return [{ dtype: 'int64', shape: [] }];
    },
  },
  ConstantOfShape: {
    infer: (inputs, attributes) => {
      const filler = attributes.value;
      const dtype = typeof filler === 'object' && 'tensor' in filler ? filler.tensor.dtype : 'float32';
      return [{ dtype, shape: shapeInput(inputs, 0) }];
    },
  },
});

/** The gradient of an op that keeps the elements and their order: dy in the input's shape. */
function backToInput({ inputs: [x] }: { inputs: readonly Tensor[] }, [dy]: readonly (Tensor | undefined)[]) {
  const unknown = x!.shape.filter((dim) => typeof dim === 'string').length;
  return [unknown < 2 ? dy!.reshape(x!.shape) : apply('Reshape', [dy!, x!.shapeTensor()])];
}

/** How often `size` fits into `whole`: undefined where it does not, a new size where only the run tells. */
const quotientOf = (whole: Dim | undefined, size: number): Dim | undefined =>
  whole === undefined
    ? undefined
    : (quotient([whole], [size]) ?? (typeof whole === 'string' ? fresh() : undefined));

function reshaped(from: Shape, target: Shape, allowZero: number): Shape {
  const shape = target.map((dim, i) => {
    if (dim !== 0 || allowZero) return dim;
    if (from[i] !== undefined) return from[i];
    throw new GraphError(
      `cannot reshape ${showShape(from)} to ${showShape(target)}: there is no axis ${i} to copy`,
    );
  });
  const unknown = shape.indexOf(-1);
  if (unknown >= 0) {
    const others = shape.filter((_, i) => i !== unknown);
    const rest = quotient(from, others);
    if (rest === undefined && isStatic(from) && isStatic(others)) {
      throw new GraphError(`cannot reshape ${showShape(from)} to ${showShape(target)}`);
    }
    shape[unknown] = rest ?? fresh();
  } else if (isStatic(from) && isStatic(shape) && sizeOf(from) !== sizeOf(shape)) {
    throw new GraphError(`cannot reshape ${showShape(from)} to ${showShape(target)}`);
  }
  return shape;
}

function permutation(x: Value, attributes: Attributes): number[] {
  const reversed = x.shape.map((_, i) => x.shape.length - 1 - i);
  const axes = normalizeAxes(intsAttribute(attributes, 'perm', reversed), x.shape.length);
  if (new Set(axes).size !== x.shape.length) {
    throw new GraphError(`[${axes}] does not name each axis of ${showShape(x.shape)} once`);
  }
  return axes;
}
