/** Ops that read and write elements at positions which another tensor gives: gather, scatter, one-hot. */
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, stringAttribute, type Value } from '../graph.ts';
import { known } from '../known.ts';
import { fresh, isStatic, normalizeAxes, type Shape, sizeOf } from '../shape.ts';
import { apply, full, int64, type Tensor } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { noGradient, required, typeOf } from './rules.ts';
import { scatterAdd } from './scatter-add.ts';
import { axisOf } from './shape-inputs.ts';

declareOps({
  Gather: {
    infer: (inputs, attributes) => {
      const [x, indices] = [required(inputs, 0), required(inputs, 1)];
      const axis = axisOf(attributes, x.shape.length, 0);
      return [
        { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)] },
      ];
    },
    grad: ({ inputs: [x, indices], attributes }, [dy]) => {
      const axis = axisOf(attributes, x!.rank, 0);
      const length = x!.shape[axis]!;
      if (typeof length !== 'number') throw new GraphError('a looked-up axis must have a known size');
      const count = sizeOf(indices!.shape);
      const flat = dy!.reshape([...x!.shape.slice(0, axis), count, ...x!.shape.slice(axis + 1)]);
      return [scatterAdd(flat, indices!.reshape([count]), axis, length)];
    },
  },
  GatherElements: {
    infer: (inputs) => [{ dtype: required(inputs, 0).dtype, shape: required(inputs, 1).shape }],
    grad: ({ inputs: [x, indices], attributes }, [dy]) => [
      apply('ScatterElements', [full(0, x!), indices!, dy!], {
        axis: axisOf(attributes, x!.rank, 0),
        reduction: 'add',
      }),
    ],
  },
  // Updates replace what was there, or are added to it; of several replacements of one element any may be the last.
  ScatterElements: {
    infer: inferScatter,
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      const axis = axisOf(attributes, dy!.rank, 0);
      const kept = (zeros: Tensor) => apply('ScatterElements', [dy!, indices!, zeros], { axis });
      const du = dy!.gatherElements(indices!, axis);
      return [scattersBy(attributes) === 'add' ? dy! : kept(full(0, du)), undefined, du];
    },
  },
  ScatterND: {
    infer: inferScatter,
    grad: ({ inputs: [, indices], attributes }, [dy]) => {
      const du = apply('GatherND', [dy!, indices!]);
      const kept = (zeros: Tensor) => apply('ScatterND', [dy!, indices!, zeros]);
      return [scattersBy(attributes) === 'add' ? dy! : kept(full(0, du)), undefined, du];
    },
  },
  GatherND: {
    infer: (inputs, attributes) => {
      const [x, indices] = [required(inputs, 0), required(inputs, 1)];
      const depth = indices.shape.at(-1);
      const batch = intAttribute(attributes, 'batch_dims', 0);
      if (typeof depth !== 'number')
        throw new GraphError('the last axis of the indices must have a known size');
      return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)] }];
    },
    grad: ({ inputs: [x, indices], attributes }, [dy]) => {
      if (intAttribute(attributes, 'batch_dims', 0) > 0) {
        throw new GraphError(
          'looking up within a batch (batch_dims) has no gradient rule; expected batch_dims 0',
        );
      }
      const depth = indices!.shape.at(-1) as number;
      const lead: Shape = x!.shape.slice(0, depth);
      if (!isStatic(lead)) throw new GraphError('looked-up axes must have known sizes');
      // The looked-up axes as one axis: its positions are the indices times the strides.
      const strides = lead.map((_, i) => lead.slice(i + 1).reduce((a, b) => a * b, 1));
      const count = sizeOf(indices!.shape.slice(0, -1));
      const positions = indices!.mul(int64(strides)).sum([-1]).reshape([count]);
      const rest = x!.shape.slice(depth);
      const length = lead.reduce((a, b) => a * b, 1);
      return [scatterAdd(dy!.reshape([count, ...rest]), positions, 0, length).reshape(x!.shape)];
    },
  },
  OneHot: {
    infer: (inputs, attributes) => {
      const [indices, values] = [required(inputs, 0), required(inputs, 2)];
      const depth = known(required(inputs, 1))?.[0] ?? fresh();
      const [axis] = normalizeAxes([intAttribute(attributes, 'axis', -1)], indices.shape.length + 1);
      return [{ dtype: values.dtype, shape: indices.shape.toSpliced(axis!, 0, depth) }];
    },
  },
  /** Reverses the first `lengths[i]` elements of each sample i; it is its own inverse. */
  ReverseSequence: {
    infer: (inputs) => [typeOf(required(inputs, 0))],
    grad: ({ inputs: [, lengths], attributes }, [dy]) => [
      apply('ReverseSequence', [dy!, lengths!], attributes),
    ],
  },
  /** Writes new entries into a cache, at positions along an axis. */
  TensorScatter: { since: 24, infer: (inputs) => [typeOf(required(inputs, 0))], grad: noGradient },
});

function scattersBy(attributes: Attributes): string {
  const reduction = stringAttribute(attributes, 'reduction', 'none');
  if (reduction === 'add' || reduction === 'none') return reduction;
  throw new GraphError(`scattering by "${reduction}" has no gradient rule; expected "add" or "none"`);
}

function inferScatter(inputs: readonly (Value | null)[]) {
  required(inputs, 2);
  return [typeOf(required(inputs, 0))];
}
