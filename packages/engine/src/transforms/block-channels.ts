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
 *
 * Their results are in blocks, and stay there as far as ./stay-in-blocks.ts has rules.
 */
import { type Attributes, intAttribute, intsAttribute } from '../graph.ts';
import { constantNumbers } from '../known.ts';
import { transposedWindows } from '../ops/convolution.ts';
import { type Windows, windowsOf } from '../ops/windows.ts';
import { isStatic } from '../shape.ts';
import { apply, concat, constant, type Tensor } from '../tensor.ts';
import { blockedConv, filled, fromBlocks, inBlocks, product, toBlocks, withinConvolution } from './blocks.ts';
import type { Rule } from './rebuild.ts';

/** Multiplications below which laying out blocks costs more than they save. */
const WORTHWHILE = 1e6;

/** @param block Channels in a block on this CPU. @returns a rule for `rebuild` */
export function blockedConvolutions(block: number): Rule {
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
  // A crop before becomes a crop in blocks: of whole lines, and the blocks of the whole image serve other ops too.
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

/** The tensor of which `x` is the transpose with batch and channels swapped; undefined if it is none. */
function swapped(x: Tensor): Tensor | undefined {
  if (x.source.kind !== 'node' || x.source.node.op !== 'Transpose') return undefined;
  const { attributes, inputs } = x.source.node;
  return intsAttribute(attributes, 'perm', []).join() === '1,0,2,3' ? (inputs[0] as Tensor) : undefined;
}

/** The tensor of which `x` is the beginning along its spatial axes; `x` if it is none. */
function uncut(x: Tensor): Tensor {
  if (x.source.kind !== 'node' || x.source.node.op !== 'Slice') return x;
  const [whole, starts, , axes, steps] = x.source.node.inputs as readonly Tensor[];
  const all = (value: Tensor | undefined, test: (number: number) => boolean) =>
    value === undefined || (constantNumbers(value)?.every(test) ?? false);
  const begins = all(starts, (n) => n === 0) && all(steps, (n) => n === 1) && all(axes, (n) => n >= 2);
  return axes && begins && isStatic(whole!.shape) ? whole! : x;
}

const whole = (count: number, block: number) => Math.ceil(count / block) * block;

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
  const cells = product(kernel);
  const lanes = filled(filled(w, 0, wide), 1, deep)
    .reshape([wide / block, block, deep * cells])
    .transpose([0, 2, 1])
    .reshape([(wide / block) * deep * cells, block]);
  const blocks = picked(lanes, [
    { places: range(wide / block), apart: deep * cells },
    { places: range(deep / block), apart: block * cells },
    { places: range(cells), apart: 1 },
    { places: range(block), apart: cells },
  ]).reshape([wide, deep, ...kernel]);
  return fromBlocks(blockedConv(toBlocks(x, block), blocks, biases, windows), filters);
}

/** dw, [channels, filters, ..kernel], from the image [batch, channels, ..] and dy [batch, filters, ..places]. */
function weightGradient(x: Tensor, dy: Tensor, windows: Windows, block: number): Tensor | undefined {
  const [batch, channels, ...sizes] = x.shape as readonly [number, number, ...number[]];
  const [, filters, ...places] = dy.shape as readonly [number, number, ...number[]];
  if (!pays(batch, [channels, filters, ...places], windows)) return undefined;
  const wide = whole(filters, block);
  const cells = product(windows.places as readonly number[]);
  const slopes = toBlocks(filled(dy, 1, wide), block);
  if (cells === 1 && [...windows.before, ...windows.after].every((size) => size <= 0)) {
    // A kernel of one cell: a product of two matrices.
    const deep = whole(channels, block);
    const pixels = pixelRows(toBlocks(filled(x, 1, deep), block), places, windows.dilations, block);
    const gradients = pixelRows(slopes, places, [1, 1], block);
    const dw = apply('Gemm', [pixels, gradients], { transA: 1 });
    return dw.slice([0, 0], [channels, filters]).reshape([channels, filters, 1, 1]);
  }
  // The sums over groups have to be few beside the pixels.
  const weights = 4 * wide * cells <= block * product(sizes) ? byGroups : byBlocks;
  return fromBlocks(weights(x, slopes, windows, block), filters);
}

/** Pixels in blocks as the rows of a matrix, [batch × places, channels]: `rows` × `columns` of them, `down` and `across` apart. */
function pixelRows(
  x: Tensor,
  [rows, columns]: readonly number[],
  [down, across]: readonly number[],
  block: number,
): Tensor {
  const [batch, channels, height, width] = x.shape as readonly [number, number, number, number];
  const blocks = channels / block;
  const lanes = x.reshape([batch * blocks * height * width, block]);
  return picked(lanes, [
    { places: range(batch), apart: blocks * height * width },
    { places: range(rows!), apart: down! * width },
    { places: range(columns!), apart: across! },
    { places: range(blocks), apart: height * width },
  ]).reshape([batch * rows! * columns!, channels]);
}

/**
 * The batch in groups smaller than a block, each a group of channels: the runtime takes so few channels from a plain image, and
 * the blocks of dy are already those of the kernel. Each group has a sum of its own.
 */
function byGroups(x: Tensor, slopes: Tensor, windows: Windows, block: number): Tensor {
  const [batch, channels] = x.shape as readonly [number, number];
  const [, wide, ...places] = slopes.shape as readonly [number, number, ...number[]];
  const deep = whole(batch, block);
  const groupSize = block / 2;
  const groups = deep / groupSize;
  const images = swappedGroups(filled(padded(x, windows, block), 0, deep), 1);
  const blocks = wide / block;
  const kernel = picked(filled(slopes, 0, deep).reshape([deep * blocks, product(places) * block]), [
    { places: range(groups), apart: groupSize * blocks },
    { places: range(blocks), apart: 1 },
    { places: range(groupSize), apart: blocks },
  ]).reshape([groups * wide, groupSize, ...places]);
  const cells = windows.places as readonly number[];
  return blockedConv(images, kernel, undefined, unpadded(windows), groups)
    .reshape([channels, groups, wide * product(cells)])
    .sum([1])
    .reshape([channels, wide, ...cells]);
}

/**
 * The batch in blocks, as many at a time as let four blocks of filters, which the runtime processes together, stay in the cache
 * of the core from one channel to the next.
 */
function byBlocks(x: Tensor, slopes: Tensor, windows: Windows, block: number): Tensor {
  const [, wide, ...places] = slopes.shape as readonly [number, number, ...number[]];
  const [deep, channels] = [whole(x.shape[0] as number, block), x.shape[1] as number];
  const bytes = 4 * Math.min(wide, 4 * block) * block * product(places);
  const blocks = deep / block;
  const most = Math.max(1, Math.floor(CACHE / bytes));
  const groups = range(blocks, 1).find((groups) => blocks % groups === 0 && blocks / groups <= most)!;
  const groupSize = deep / groups;
  const images = swappedGroups(filled(padded(x, windows, block), 0, deep), groups);
  const count = product(places);
  const lanes = filled(slopes, 0, deep).reshape([(deep * wide * count) / block, block]);
  let dw: Tensor | undefined;
  for (const [i, image] of images.split(new Array(groups).fill(channels), 0).entries()) {
    const kernel = picked(lanes, [
      { places: range(wide / block), apart: count },
      { places: range(groupSize / block, (i * groupSize) / block), apart: wide * count },
      { places: range(count), apart: 1 },
      { places: range(block), apart: (wide / block) * count },
    ]).reshape([wide, groupSize, ...places]);
    const next = blockedConv(toBlocks(image, block), kernel, undefined, unpadded(windows));
    dw = dw ? withinConvolution(next, {}, dw) : next;
  }
  return dw!;
}

/** Swaps batch and channels within each group of the batch. */
function swappedGroups(x: Tensor, groups: number): Tensor {
  const [batch, channels, ...sizes] = x.shape as readonly [number, number, ...number[]];
  const groupSize = batch / groups;
  return picked(x.reshape([batch * channels, product(sizes)]), [
    { places: range(groups), apart: groupSize * channels },
    { places: range(channels), apart: 1 },
    { places: range(groupSize), apart: channels },
  ]).reshape([groups * channels, groupSize, ...sizes]);
}

/** Bytes of that cache that a kernel may fill. */
const CACHE = 2 ** 18;

const unpadded = (windows: Windows): Windows => {
  const none = windows.kernel.map(() => 0);
  return { ...windows, before: none, after: none };
};

const range = (count: number, start = 0): number[] => Array.from({ length: count }, (_, i) => start + i);

/**
 * Rows of `x` in another order. Looked up, not transposed: a look-up runs on all threads and moves whole rows, where the
 * runtime joins transposes into one that goes number by number.
 *
 * @param axes Of the result, first to last: which places in which order, and how many rows of `x` are from one to the next
 */
function picked(
  x: Tensor,
  axes: readonly { readonly places: readonly number[]; readonly apart: number }[],
): Tensor {
  let rows = Int32Array.of(0);
  for (const { places, apart } of axes) {
    const next = new Int32Array(rows.length * places.length);
    let i = 0;
    for (const row of rows) for (const place of places) next[i++] = row + place * apart;
    rows = next;
  }
  if (rows.length === x.shape[0] && rows.every((row, i) => row === i)) return x;
  return x.gather(constant({ dtype: 'int32', dims: [rows.length], data: rows }));
}

/** Zeros around images; negative widths crop them. In blocks, many bytes move at a time. */
function padded(x: Tensor, { before, after }: Windows, block: number): Tensor {
  if ([...before, ...after].every((size) => size === 0)) return x;
  const image = inBlocks(x);
  if (!image) return x.pad([0, 0, ...before], [0, 0, ...after]);
  const [batch, channels, height, width] = image.shape as readonly [number, number, number, number];
  const [[top, left], [bottom, right]] = [before, after] as [[number, number], [number, number]];
  return fromBlocks(
    image
      .reshape([batch, channels / block, height, width * block])
      .pad([0, 0, top, left * block], [0, 0, bottom, right * block])
      .reshape([batch, channels, height + top + bottom, width + left + right]),
  );
}

/** One phase of a transposed convolution along one axis. */
interface Phase {
  /** The cells of the kernel, last to first. */
  readonly cells: readonly number[];
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
      const count = Math.max(0, Math.ceil((kernel[axis]! - (shifted % stride)) / stride));
      const reach = Math.floor(shifted / stride);
      return {
        cells: range(count).map((i) => (shifted % stride) + stride * (count - 1 - i)),
        pads: [count - 1 - reach, counts[axis]! + reach - lengths[axis]!],
      };
    }),
  ) as [Phase[], Phase[]];
  // Phases without a cell are zeros and have to come last; a phase that would crop the image is left to the plain op.
  const [seenRows, seenColumns] = [rows, columns].map((phases) =>
    phases.filter(({ cells }) => cells.length > 0),
  ) as [Phase[], Phase[]];
  const last = [seenRows, seenColumns].every((seen, axis) =>
    seen.every((phase, i) => phase === [rows, columns][axis]![i]),
  );
  if (!last || [...seenRows, ...seenColumns].some(({ pads }) => pads.some((n) => n < 0))) return undefined;
  const [deep, wide] = [whole(channels, block), whole(filters, block)];
  const image = toBlocks(x, block);
  const cells = product(kernel);
  const lanes = filled(filled(w, 0, deep), 1, wide)
    .reshape([(deep * wide) / block, block, cells])
    .transpose([0, 2, 1])
    .reshape([((deep * wide) / block) * cells, block]);
  const phase = (row: Phase, column: Phase): Tensor => {
    const subkernel = picked(lanes, [
      { places: range(wide / block), apart: cells },
      { places: range(deep / block), apart: wide * cells },
      { places: row.cells, apart: kernel[1]! },
      { places: column.cells, apart: 1 },
      { places: range(block), apart: (wide / block) * cells },
    ]).reshape([wide, deep, row.cells.length, column.cells.length]);
    return blockedConv(image, subkernel, undefined, {
      kernel: [row.cells.length, column.cells.length],
      strides: [1, 1],
      dilations: [1, 1],
      before: [row.pads[0], column.pads[0]],
      after: [row.pads[1], column.pads[1]],
      places: counts,
    });
  };
  const phases = seenRows.map((row) => seenColumns.map((column) => phase(row, column)));
  const y = fromBlocks(interleaved(phases, strides as readonly [number, number], block), filters);
  const exact = counts.every((count, axis) => count * strides[axis]! === sizes[axis]);
  return exact ? y : y.slice([0, 0], sizes as readonly number[], [2, 3]);
}

/**
 * Interleaves phases, rows of columns, to one image in blocks: pixels along rows first, then rows. Phases that are missing at the end
 * are zeros.
 */
function interleaved(
  phases: readonly (readonly Tensor[])[],
  [down, across]: readonly [number, number],
  block: number,
): Tensor {
  const first = phases[0]![0]!;
  if (down === 1 && across === 1) return first;
  const [batch, channels, height, width] = first.shape as readonly [number, number, number, number];
  const lines = (batch * channels * height) / block;
  const rows = phases.map((row) => {
    const pixels = row.map((phase) => phase.reshape([lines * width, block]));
    return filled(concat(pixels, 1), 1, across * block).reshape([lines, width * across * block]);
  });
  return filled(concat(rows, 1), 1, down * width * across * block).reshape([
    batch,
    channels,
    height * down,
    width * across,
  ]);
}
