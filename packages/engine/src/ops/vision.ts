/** Ops that sample images between their pixels, and ops that assemble images from patches. */
import { GraphError } from '../errors.ts';
import { intAttribute } from '../graph.ts';
import { numericArray } from '../host-arrays.ts';
import { constantNumbers, known, knownShape } from '../known.ts';
import { fresh, isStatic, quotient, type Shape } from '../shape.ts';
import { constant } from '../tensor.ts';
import { declareOps } from './registry.ts';
import { noGradient, required, sameDType } from './rules.ts';
import { windowsOf } from './windows.ts';

declareOps({
  /** x [batch, channels, ..sizes] at the points of a grid [batch, ..places, axes] -> [batch, channels, ..places]. */
  GridSample: {
    infer: (inputs) => {
      const [x, grid] = [required(inputs, 0), required(inputs, 1)];
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...grid.shape.slice(1, -1)] }];
    },
    grad: noGradient,
  },
  /** The points to which an affine map sends a grid: theta [batch, axes, axes + 1] -> [batch, ..sizes, axes]. */
  AffineGrid: {
    infer: (inputs) => {
      const theta = required(inputs, 0);
      const [batch, , ...sizes] = sizesOf(inputs[1] ?? null, theta.shape);
      return [{ dtype: theta.dtype, shape: [batch!, ...sizes, sizes.length] }];
    },
    expand: ([theta, size], attributes) => {
      const sizes: Shape = sizesOf(size ?? null, theta!.shape).slice(2);
      if (!isStatic(sizes)) throw new GraphError('sizes must be known to differentiate AffineGrid');
      const corners = intAttribute(attributes, 'align_corners', 0) === 1;
      const at = (i: number, length: number) =>
        corners ? (length > 1 ? (2 * i) / (length - 1) - 1 : 0) : (2 * i + 1) / length - 1;
      const count = sizes.reduce((a, b) => a * b, 1);
      // A row for each place: its coordinates, the last axis first, and 1.
      const rows = Array.from({ length: count }, (_, place) => {
        const row: number[] = [];
        let rest = place;
        for (const length of sizes.toReversed()) {
          row.push(at(rest % length, length));
          rest = Math.floor(rest / length);
        }
        return [...row, 1];
      });
      const dims = [count, sizes.length + 1];
      const grid = constant({ dtype: theta!.dtype, dims, data: numericArray(rows.flat(), theta!.dtype) });
      return [grid.matmul(theta!.T).reshape([theta!.shape[0]!, ...sizes, sizes.length])];
    },
  },
  /** Regions of an image at one size: [batch, channels, h, w], [regions, 4] -> [regions, channels, height, width]. */
  RoiAlign: {
    infer: (inputs, attributes) => {
      const [x, regions] = [required(inputs, 0), required(inputs, 1)];
      const [height, width] = ['output_height', 'output_width'].map((name) =>
        intAttribute(attributes, name, 1),
      );
      return [{ dtype: x.dtype, shape: [regions.shape[0]!, x.shape[1]!, height!, width!] }];
    },
    grad: noGradient,
  },
  /** Sums overlapping patches, one a column: [batch, channels × block, places] -> [batch, channels, ..image]. */
  Col2Im: {
    infer: (inputs) => {
      const x = required(inputs, 0);
      const image = knownShape(required(inputs, 1));
      if (!image) throw new GraphError('the rank of the image must be known');
      const block = constantNumbers(required(inputs, 2));
      const channels = block && quotient([x.shape[1]!], block);
      return [{ dtype: x.dtype, shape: [x.shape[0]!, channels ?? fresh(), ...image] }];
    },
    grad: noGradient,
  },
  /** A convolution whose window is shifted cell by cell, by offsets that the model computes (Dai et al., 2017). */
  DeformConv: {
    infer: (inputs, attributes) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)];
      const kernel = w.shape.slice(2);
      if (!isStatic(kernel)) throw new GraphError('a kernel must have known sizes');
      const { places } = windowsOf(attributes, x.shape, kernel);
      return [{ dtype: sameDType(inputs), shape: [x.shape[0]!, w.shape[0]!, ...places] }];
    },
    grad: noGradient,
  },
});

/** [batch, channels, ..sizes] from an input; there are as many sizes as rows of the map. */
function sizesOf(size: Parameters<typeof known>[0], theta: Shape): Shape {
  const sizes = known(size);
  const axes = theta[1];
  if (!sizes && typeof axes !== 'number') throw new GraphError('the number of axes must be known');
  const rank = sizes?.length ?? (axes as number) + 2;
  return Array.from({ length: rank }, (_, i) => sizes?.[i] ?? (i === 0 ? theta[0]! : fresh()));
}
