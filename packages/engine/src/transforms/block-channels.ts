/**
 * Turns convolutions into ONNX Runtime's blocked ones (../ops/nchwc.ts). The runtime does so itself, but only where the
 * kernel never changes; in training it is different at every step, and its blocks have to be made in the graph.
 *
 * The three convolutions of a training step all become the same op:
 *
 * - forward: the image's channels go into blocks, the kernel's into blocks of both;
 * - backward (ConvTranspose): one convolution for each of the stride² phases of the larger image, each with every
 *   stride-th cell of the kernel, so that no zero is ever multiplied;
 * - weights: the batch takes the place of channels, and dy is the kernel. It is as large as the image, so the image is
 *   padded beforehand: at a border the blocked convolution goes cell by cell.
 */
import { type Attributes, intAttribute, intsAttribute, type Node, type Value } from '../graph.ts';
import { transposedWindows } from '../ops/convolution.ts';
import { type Windows, windowsOf } from '../ops/windows.ts';
import { isStatic } from '../shape.ts';
import { apply, concat, int64, type Tensor } from '../tensor.ts';
import { rebuild } from './rebuild.ts';

/** Multiplications below which laying out blocks costs more than they save. */
const WORTHWHILE = 1e6;

/** @param block Channels in a block on this CPU. @returns the `outputs`, computed by blocked convolutions where that pays */
export function blockChannels(outputs: readonly Value[], block: number): Tensor[] {
  const rules: Record<string, (node: Node, inputs: readonly Tensor[]) => Tensor | undefined> = {
    Conv: ({ attributes }, [x, w, bias]) => {
      if (!fits(x!, w!, attributes)) return undefined;
      const windows = windowsOf(attributes, x!.shape, w!.shape.slice(2) as number[]);
      const dy = swapped(w!);
      return dy && swapped(x!)
        ? weightGradient(swapped(x!)!, dy, windows, block)
        : convolution(x!, w!, bias, windows, block);
    },
    ConvTranspose: ({ attributes }, [x, w, bias]) => {
      if (!fits(x!, w!, attributes) || bias) return undefined;
      return transposed(x!, w!, attributes, block);
    },
  };
  return rebuild(outputs, {
    node: (node, inputs) => {
      const made = rules[node.op]?.(node, inputs as readonly Tensor[]);
      return made && [made];
    },
  });
}

function fits(x: Tensor, w: Tensor, attributes: Attributes): boolean {
  return (
    x.dtype === 'float32' &&
    x.rank === 4 &&
    isStatic(x.shape) &&
    isStatic(w.shape) &&
    intAttribute(attributes, 'group', 1) === 1
  );
}

/** What `x` is the transpose of, batch and channels having changed places; undefined if it is not. */
function swapped(x: Tensor): Tensor | undefined {
  if (x.source.kind !== 'node' || x.source.node.op !== 'Transpose') return undefined;
  const { attributes, inputs } = x.source.node;
  return intsAttribute(attributes, 'perm', []).join() === '1,0,2,3' ? (inputs[0] as Tensor) : undefined;
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
const whole = (count: number, block: number) => Math.ceil(count / block) * block;

/** x with zeros after it along `axis`, up to `size`. */
function filled(x: Tensor, axis: number, size: number): Tensor {
  const missing = size - (x.shape[axis] as number);
  const none = x.shape.map(() => 0);
  return missing > 0 ? x.pad(none, none.with(axis, missing)) : x;
}

/** ReorderInput takes channels by fours. */
const toBlocks = (x: Tensor): Tensor => apply('ToBlocks', [filled(x, 1, whole(x.shape[1] as number, 4))]);

function blockedConv(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  { kernel, strides, dilations, before, after }: Windows,
  filters: number,
): Tensor {
  const attributes = {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...before, ...after],
  };
  const y = apply('BlockedConv', bias ? [x, w, bias] : [x, w], attributes);
  return apply('FromBlocks', [y], { channels: filters });
}

function convolution(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  windows: Windows,
  block: number,
): Tensor | undefined {
  const [filters, channels, ...kernel] = w.shape as readonly number[];
  const places = windows.places as readonly number[];
  const work = (x.shape[0] as number) * filters! * channels! * product(kernel) * product(places);
  if (work < WORTHWHILE) return undefined;
  const wide = whole(filters!, block);
  const biases = bias && filled(bias, 0, wide);
  if (channels! < block) {
    // Few channels: the image stays as it is, and only the filters lie in blocks.
    const cells = channels! * product(kernel);
    const blocks = filled(w, 0, wide)
      .reshape([wide / block, block, cells])
      .transpose([0, 2, 1])
      .reshape([wide, channels!, ...kernel]);
    return blockedConv(x, blocks, biases, windows, filters!);
  }
  const deep = whole(channels!, block);
  const blocks = filled(filled(w, 0, wide), 1, deep)
    .reshape([wide / block, block, deep / block, block, product(kernel)])
    .transpose([0, 2, 4, 3, 1])
    .reshape([wide, deep, ...kernel]);
  return blockedConv(toBlocks(x), blocks, biases, windows, filters!);
}

/** dw, [channels, filters, ..kernel], from the image [batch, channels, ..] and dy [batch, filters, ..places]. */
function weightGradient(x: Tensor, dy: Tensor, windows: Windows, block: number): Tensor | undefined {
  const [batch, channels] = x.shape as readonly number[];
  const [, filters, ...places] = dy.shape as readonly number[];
  const work = batch! * channels! * filters! * product(places) * product(windows.places as number[]);
  if (work < WORTHWHILE) return undefined;
  const deep = whole(batch!, block);
  const wide = whole(filters!, block);
  const { before, after } = windows;
  const padded = x.pad([0, 0, ...before], [deep - batch!, 0, ...after]);
  const images = apply('ToBlocks', [padded.transpose([1, 0, 2, 3])]);
  const kernel = apply('ToBlocks', [filled(filled(dy, 0, deep), 1, wide)])
    .reshape([deep / block, block, wide / block, product(places), block])
    .transpose([2, 0, 3, 1, 4])
    .reshape([wide, deep, ...places]);
  const none = before.map(() => 0);
  return blockedConv(images, kernel, undefined, { ...windows, before: none, after: none }, filters!);
}

function transposed(x: Tensor, w: Tensor, attributes: Attributes, block: number): Tensor | undefined {
  const { windows, sizes } = transposedWindows(x, w, attributes);
  const { kernel, strides, dilations, before } = windows;
  const [, filters] = w.shape as readonly number[];
  const size = sizes as readonly number[];
  const work = product(x.shape as number[]) * filters! * product(kernel);
  if (work < WORTHWHILE || dilations.some((step) => step > 1)) return undefined;
  // Along each axis: for each phase of the stride the cells of the kernel it sees, last to first, and where it starts.
  const phases = strides.map((stride, axis) =>
    Array.from({ length: stride }, (_, phase) => {
      const shifted = phase + before[axis]!;
      const first = shifted % stride;
      const cells = Math.ceil((kernel[axis]! - first) / stride);
      const last = Math.floor(shifted / stride);
      const count = Math.ceil(size[axis]! / stride);
      return {
        cells: Array.from({ length: cells }, (_, j) => first + stride * (cells - 1 - j)),
        pads: [cells - 1 - last, count + last - (x.shape[axis + 2] as number)] as const,
        count,
      };
    }),
  );
  const [rows, columns] = phases as [(typeof phases)[0], (typeof phases)[0]];
  // A phase that sees no cell, or would cut into the image, is left to the plain op.
  if (phases.flat().some(({ cells, pads }) => cells.length === 0 || pads.some((n) => n < 0)))
    return undefined;
  const turned = w.transpose([1, 0, 2, 3]);
  const made = rows.flatMap((row) =>
    columns.map((column) => {
      const part = turned.gather(int64(row.cells), 2).gather(int64(column.cells), 3);
      const pads = {
        kernel: [row.cells.length, column.cells.length],
        strides: [1, 1],
        dilations: [1, 1],
        before: [row.pads[0], column.pads[0]],
        after: [row.pads[1], column.pads[1]],
        places: [row.count, column.count],
      };
      return convolution(x, part, undefined, pads, block);
    }),
  );
  if (made.some((part) => part === undefined)) return undefined;
  if (made.length === 1) return made[0];
  const together = concat(made as Tensor[], 1);
  const [stride, other] = strides;
  if (stride !== other) return undefined;
  const y = apply('DepthToSpace', [together], { blocksize: stride!, mode: 'DCR' });
  return y.slice([0, 0], size, [2, 3]);
}
