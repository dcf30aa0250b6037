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
import { type Attributes, intAttribute, intsAttribute } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { transposedWindows } from '../ops/convolution.ts';
import { type Windows, windowsOf } from '../ops/windows.ts';
import { isStatic } from '../shape.ts';
import { apply, concat, constant, type Tensor } from '../tensor.ts';
import type { Replacement } from './rebuild.ts';

/** Multiplications below which laying out blocks costs more than they save. */
const WORTHWHILE = 1e6;

/** @param block Channels in a block on this CPU. @returns a rule for `rebuild` */
export function blockedConvolutions(block: number): NonNullable<Replacement['node']> {
  return ({ op, attributes }, inputs) => {
    const [x, w, bias] = inputs as readonly Tensor[];
    if ((op !== 'Conv' && op !== 'ConvTranspose') || !fits(x!, w!, attributes)) return undefined;
    const made =
      op === 'Conv'
        ? conv(x!, w!, bias, attributes, block)
        : bias
          ? undefined
          : transposed(x!, w!, attributes, block);
    return made && [made];
  };
}

function conv(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  attributes: Attributes,
  block: number,
): Tensor | undefined {
  const windows = windowsOf(attributes, x.shape, w.shape.slice(2) as number[]);
  const [image, dy] = [swapped(x), swapped(w)];
  if (!image || !dy) return convolution(x, w, bias, windows, block);
  // What was cut off before is cut off in blocks: whole lines, and the whole image's blocks serve others too.
  const whole = uncut(image);
  const after = windows.after.map(
    (size, i) => size + Number(image.shape[i + 2]) - Number(whole.shape[i + 2]),
  );
  return weightGradient(whole, dy, { ...windows, after }, block);
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

/** What `x` is the beginning of, along its spatial axes; `x` if it is not. */
function uncut(x: Tensor): Tensor {
  if (x.source.kind !== 'node' || x.source.node.op !== 'Slice') return x;
  const [whole, starts, , axes, steps] = x.source.node.inputs as readonly Tensor[];
  const all = (value: Tensor | undefined, test: (number: number) => boolean) =>
    value === undefined || (constantNumbers(value)?.every(test) ?? false);
  const begins = all(starts, (n) => n === 0) && all(steps, (n) => n === 1) && all(axes, (n) => n >= 2);
  return axes && begins && isStatic(whole!.shape) ? whole! : x;
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
): Tensor {
  return apply('BlockedConv', bias ? [x, w, bias] : [x, w], {
    kernel_shape: kernel,
    strides,
    dilations,
    pads: [...before, ...after],
  });
}

const fromBlocks = (x: Tensor, channels: number): Tensor => apply('FromBlocks', [x], { channels });

/** Whether a convolution is large enough to gain from blocks. */
function pays(batch: number, w: readonly number[], windows: Windows): boolean {
  return batch * product(w) * product(windows.places as readonly number[]) >= WORTHWHILE;
}

function convolution(
  x: Tensor,
  w: Tensor,
  bias: Tensor | undefined,
  windows: Windows,
  block: number,
): Tensor | undefined {
  const [filters, channels, ...kernel] = w.shape as readonly [number, number, ...number[]];
  if (!pays(x.shape[0] as number, w.shape as readonly number[], windows)) return undefined;
  const wide = whole(filters, block);
  const biases = bias && filled(bias, 0, wide);
  if (channels < block) {
    // Few channels: the image stays as it is, and only the filters lie in blocks.
    const cells = channels * product(kernel);
    const blocks = filled(w, 0, wide)
      .reshape([wide / block, block, cells])
      .transpose([0, 2, 1])
      .reshape([wide, channels, ...kernel]);
    return fromBlocks(blockedConv(x, blocks, biases, windows), filters);
  }
  const deep = whole(channels, block);
  const blocks = filled(filled(w, 0, wide), 1, deep)
    .reshape([wide / block, block, deep / block, block, product(kernel)])
    .transpose([0, 2, 4, 3, 1])
    .reshape([wide, deep, ...kernel]);
  return fromBlocks(blockedConv(toBlocks(x), blocks, biases, windows), filters);
}

/** dw, [channels, filters, ..kernel], from the image [batch, channels, ..] and dy [batch, filters, ..places]. */
function weightGradient(x: Tensor, dy: Tensor, windows: Windows, block: number): Tensor | undefined {
  const [batch, channels] = x.shape as readonly [number, number];
  const [, filters, ...places] = dy.shape as readonly [number, number, ...number[]];
  if (!pays(batch, [channels, filters, ...places], windows)) return undefined;
  const deep = whole(batch, block);
  const wide = whole(filters, block);
  const { before, after } = windows;
  const images = paddedBlocks(
    apply('ToBlocks', [filled(x, 0, deep).transpose([1, 0, 2, 3])]),
    before as readonly [number, number],
    after as readonly [number, number],
    block,
  );
  // Looked up, not transposed: a look-up runs on all threads.
  const kernel = apply('ToBlocks', [filled(filled(dy, 0, deep), 1, wide)])
    .reshape([(deep * wide * product(places)) / block, block])
    .gather(kernelRows(deep, wide / block, product(places), block))
    .reshape([wide, deep, ...places]);
  const none = before.map(() => 0);
  const dw = blockedConv(images, kernel, undefined, { ...windows, before: none, after: none });
  return fromBlocks(dw, filters);
}

/**
 * Where the rows of a kernel lie in dy: from [batch, filter blocks, places] to [filter blocks, batch blocks, places,
 * batch in its block].
 */
function kernelRows(batch: number, filterBlocks: number, places: number, block: number): Tensor {
  const rows = new Int32Array(batch * filterBlocks * places);
  let next = 0;
  for (let filters = 0; filters < filterBlocks; filters++) {
    for (let first = 0; first < batch; first += block) {
      for (let place = 0; place < places; place++) {
        for (let image = first; image < first + block; image++) {
          rows[next++] = (image * filterBlocks + filters) * places + place;
        }
      }
    }
  }
  return constant({ dtype: 'int32', dims: [rows.length], data: rows });
}

/**
 * Zeros around images that lie in blocks, or less of them where a width is below zero: pixels move by whole blocks there,
 * many bytes at a time.
 */
function paddedBlocks(
  x: Tensor,
  before: readonly [number, number],
  after: readonly [number, number],
  block: number,
): Tensor {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const lines = x.reshape([batch, channels / block, height, width * block]);
  const [top, left] = before;
  const [bottom, right] = after;
  if ([...before, ...after].every((size) => size === 0)) return x;
  return lines
    .pad([0, 0, top, left * block], [0, 0, bottom, right * block])
    .reshape([batch, channels, height + top + bottom, width + left + right]);
}

/** What one phase of a transposed convolution sees along one axis. */
interface Phase {
  /** The cells of the kernel, last to first: where they begin, how many. */
  readonly last: number;
  readonly cells: number;
  readonly pads: readonly [before: number, after: number];
}

function transposed(x: Tensor, w: Tensor, attributes: Attributes, block: number): Tensor | undefined {
  const { windows, sizes } = transposedWindows(x, w, attributes);
  const { kernel, strides, dilations, before } = windows;
  const [batch, channels, ...lengths] = x.shape as readonly [number, number, number, number];
  const filters = w.shape[1] as number;
  const counts = sizes.map((size, axis) => Math.ceil((size as number) / strides[axis]!));
  if (dilations.some((step) => step > 1) || channels < block) return undefined;
  if (!pays(batch, w.shape as readonly number[], { ...windows, places: lengths })) return undefined;
  const [rows, columns] = strides.map((stride, axis) =>
    Array.from({ length: stride }, (_, phase): Phase => {
      const shifted = phase + before[axis]!;
      const cells = Math.ceil((kernel[axis]! - (shifted % stride)) / stride);
      const reach = Math.floor(shifted / stride);
      return {
        last: (shifted % stride) + stride * (cells - 1),
        cells,
        pads: [cells - 1 - reach, counts[axis]! + reach - lengths[axis]!],
      };
    }),
  ) as [Phase[], Phase[]];
  // A phase that sees no cell, or would cut into the image, is left to the plain op.
  if ([...rows, ...columns].some(({ cells, pads }) => cells <= 0 || pads.some((n) => n < 0)))
    return undefined;
  const [deep, wide] = [whole(channels, block), whole(filters, block)];
  const image = toBlocks(x);
  // [filter blocks, channel blocks, height, width, channel, filter]
  const blocks = filled(filled(w, 0, deep), 1, wide)
    .reshape([deep / block, block, wide / block, block, product(kernel)])
    .transpose([2, 0, 4, 1, 3])
    .reshape([wide / block, deep / block, kernel[0]!, kernel[1]!, block, block]);
  const [stepDown, stepAcross] = strides as [number, number];
  const phase = (row: Phase, column: Phase): Tensor => {
    const part = blocks
      .slice([row.last, column.last], [-ENDLESS, -ENDLESS], [2, 3], [-stepDown, -stepAcross])
      .reshape([wide, deep, row.cells, column.cells]);
    return blockedConv(image, part, undefined, {
      kernel: [row.cells, column.cells],
      strides: [1, 1],
      dilations: [1, 1],
      before: [row.pads[0], column.pads[0]],
      after: [row.pads[1], column.pads[1]],
      places: counts,
    });
  };
  // The phases dovetailed while they lie in blocks: pixels along rows first, then rows.
  const [height, width] = counts as [number, number];
  const lines = (batch * wide * height) / block;
  const woven = concat(
    rows.map((row) =>
      concat(
        columns.map((column) => phase(row, column).reshape([lines * width, block])),
        1,
      ).reshape([lines, width * stepAcross * block]),
    ),
    1,
  ).reshape([batch, wide, height * stepDown, width * stepAcross]);
  const y = fromBlocks(woven, filters);
  const exact = counts.every((count, axis) => count * strides[axis]! === sizes[axis]);
  return exact ? y : y.slice([0, 0], sizes as readonly number[], [2, 3]);
}

/** An end before any axis. */
const ENDLESS = 2 ** 31 - 1;
