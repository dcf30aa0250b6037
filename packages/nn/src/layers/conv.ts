/**
 * Convolution (LeCun et al., 1989) and its transpose (Zeiler et al., 2010), over any number of spatial axes.
 *
 * Images come with channels first, [batch, channels, height, width]; sequences with channels last, [batch, time, channels], as
 * recurrent layers and attention take them.
 */
import { apply, concat, type Tensor } from '@gradus/engine';
import { glorotUniform, heNormal, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Pair, pair, sizeAt } from './size.ts';

export interface Conv1dOptions {
  /**
   * `valid`: only where the kernel fits; `same` (default): as many steps out as in (times 1 / stride), with zeros around;
   * `causal`: as `same`, but no step sees what comes after it.
   */
  readonly padding?: 'valid' | 'same' | 'causal';
  /** Default 1. */
  readonly stride?: number;
  /** Distance between the steps that neighbouring cells of the kernel see. Default 1. */
  readonly dilation?: number;
  /** Channels and filters are divided into so many independent groups. Default 1. */
  readonly groups?: number;
  readonly initializer?: Initializer;
}

/**
 * Convolution over time, channels last: [batch, time, in] -> [batch, time′, filters].
 *
 * The weights are a matrix [kernel × in / groups, filters]: without groups it is computed as one matrix product.
 */
export function conv1d(
  filters: number,
  kernel: number,
  { padding = 'same', stride = 1, dilation = 1, groups = 1, initializer = heNormal }: Conv1dOptions = {},
): Conv1d {
  const around = padding === 'valid' ? 0 : (kernel - 1) * dilation;
  const before = padding === 'causal' ? around : Math.floor(around / 2);
  return new ConvNd(filters, {
    op: 'Conv',
    layout: 'channels last',
    weights: 'matrix',
    kernel: [kernel],
    strides: [stride],
    dilations: [dilation],
    groups,
    padding: { pads: [before, around - before] },
    bias: true,
    initializer,
  });
}

export interface Conv2dOptions {
  readonly stride?: Pair;
  /** Zeros on every side; `same`: as many as keep the size (times 1 / stride). Default 0. */
  readonly padding?: Pair | 'same';
  readonly dilation?: Pair;
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/** Convolution over images, channels first: [batch, in, height, width] -> [batch, filters, height′, width′]. */
export function conv2d(filters: number, kernel: Pair, options: Conv2dOptions = {}): Conv2d {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, initializer } = options;
  return new ConvNd(filters, {
    op: 'Conv',
    layout: 'channels first',
    weights: 'kernel',
    kernel: pair(kernel),
    strides: pair(stride),
    dilations: pair(dilation),
    groups,
    padding: padding === 'same' ? { auto_pad: 'SAME_UPPER' } : { pads: [...pair(padding), ...pair(padding)] },
    bias,
    initializer: initializer ?? glorotUniform,
  });
}

export interface ConvTranspose1dOptions {
  /** Default 1. */
  readonly stride?: number;
  /** How much is cut off both ends of what the kernel reaches. Default 0. */
  readonly padding?: number;
  /** Added to the number of steps. Default 0. */
  readonly outputPadding?: number;
  readonly initializer?: Initializer;
}

/**
 * The transpose of a convolution over time, which makes sequences longer, channels last: [batch, time, in] ->
 * [batch, (time − 1) stride − 2 padding + kernel + outputPadding, filters].
 */
export function convTranspose1d(
  filters: number,
  kernel: number,
  { stride = 1, padding = 0, outputPadding = 0, initializer = glorotUniform }: ConvTranspose1dOptions = {},
): ConvTranspose1d {
  return new ConvNd(filters, {
    op: 'ConvTranspose',
    layout: 'channels last',
    weights: 'kernel',
    kernel: [kernel],
    strides: [stride],
    dilations: [1],
    groups: 1,
    padding: { pads: [padding, padding], output_padding: [outputPadding] },
    bias: true,
    initializer,
  });
}

export interface ConvTranspose2dOptions {
  readonly stride?: Pair;
  /** How much is cut off every side of what the kernel reaches. Default 0. */
  readonly padding?: Pair;
  /** Added to the height and width. Default 0. */
  readonly outputPadding?: Pair;
  readonly dilation?: Pair;
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/**
 * The transpose of a convolution, which makes images larger:
 * [batch, in, height, width] -> [batch, filters, (height − 1) stride − 2 padding + kernel + outputPadding, ..]
 * (with dilation the kernel reaches (kernel − 1) dilation + 1).
 */
export function convTranspose2d(
  filters: number,
  kernel: Pair,
  options: ConvTranspose2dOptions = {},
): ConvTranspose2d {
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1, bias = true } = options;
  return new ConvNd(filters, {
    op: 'ConvTranspose',
    layout: 'channels first',
    weights: 'kernel',
    kernel: pair(kernel),
    strides: pair(stride),
    dilations: pair(dilation),
    groups,
    padding: { pads: [...pair(padding), ...pair(padding)], output_padding: pair(outputPadding) },
    bias,
    initializer: options.initializer ?? glorotUniform,
  });
}

/** The options of the functions above in one form: a number for each spatial axis. */
interface Geometry {
  readonly op: 'Conv' | 'ConvTranspose';
  readonly layout: 'channels first' | 'channels last';
  /** `matrix`: [kernel × in / groups, filters], so that a product can be taken with it. */
  readonly weights: 'kernel' | 'matrix';
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly groups: number;
  /** Attributes of the op. */
  readonly padding: {
    readonly pads?: readonly number[];
    readonly auto_pad?: 'SAME_UPPER';
    readonly output_padding?: readonly number[];
  };
  readonly bias: boolean;
  readonly initializer: Initializer;
}

export class ConvNd extends Module {
  /**
   * Of a convolution [filters, in / groups, ..kernel], or as a matrix [kernel × in / groups, filters]; of its transpose
   * [in, filters / groups, ..kernel].
   */
  weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly filters: number;
  readonly #geometry: Geometry;

  constructor(filters: number, geometry: Geometry) {
    super();
    this.filters = filters;
    this.#geometry = geometry;
    this.bias = geometry.bias ? new Parameter([filters], zeros) : undefined;
  }

  forward(x: Tensor): Tensor {
    const { op, layout, weights, kernel, strides, dilations, groups, padding, initializer } = this.#geometry;
    const last = layout === 'channels last';
    const channels = sizeAt(x, last ? -1 : 1);
    this.weight ??= new Parameter(this.#weightShape(channels), initializer);
    if (weights === 'matrix' && groups === 1) return this.#product(x, this.weight);
    const spatial = kernel.map((_, i) => i);
    const rank = kernel.length;
    const filters =
      weights === 'matrix'
        ? this.weight
            .reshape([...kernel, channels / groups, this.filters])
            .transpose([rank + 1, rank, ...spatial])
        : this.weight;
    const image = last ? x.transpose([0, rank + 1, ...spatial.map((i) => i + 1)]) : x;
    const y = apply(op, this.bias ? [image, filters, this.bias] : [image, filters], {
      kernel_shape: kernel,
      strides,
      dilations,
      group: groups,
      ...padding,
    });
    return last ? y.transpose([0, ...spatial.map((i) => i + 2), 1]) : y;
  }

  #weightShape(channels: number): number[] {
    const { op, weights, kernel, groups } = this.#geometry;
    if (op === 'ConvTranspose') return [channels, this.filters / groups, ...kernel];
    if (weights === 'kernel') return [this.filters, channels / groups, ...kernel];
    return [kernel.reduce((a, b) => a * b, channels / groups), this.filters];
  }

  /**
   * One matrix product: the shifted copies of the input that the cells of the kernel see side by side, [batch, ..space′,
   * kernel × in], times the weights. On CPU that is faster than the Conv op for the wide channels and short kernels of text.
   */
  #product(x: Tensor, weight: Parameter): Tensor {
    const { kernel, strides, dilations, padding } = this.#geometry;
    const axes = kernel.map((_, i) => i + 1);
    const pads = padding.pads ?? [];
    const padded = pads.some((count) => count > 0)
      ? x.pad([0, ...pads.slice(0, kernel.length), 0], [0, ...pads.slice(kernel.length), 0])
      : x;
    const reach = kernel.map((size, i) => (size - 1) * dilations[i]!);
    const copies = cellsOf(kernel).map((cell) => {
      const starts = cell.map((at, i) => at * dilations[i]!);
      const ends = starts.map((start, i) =>
        start === reach[i] ? Number.MAX_SAFE_INTEGER : start - reach[i]!,
      );
      return padded.slice(starts, ends, axes, strides);
    });
    const y = concat(copies, x.rank - 1).matmul(weight);
    return this.bias ? y.add(this.bias) : y;
  }
}

/** The places of all cells of a kernel: [0, 0], [0, 1], … */
const cellsOf = (kernel: readonly number[]): number[][] =>
  kernel.reduce<number[][]>(
    (cells, size) => cells.flatMap((cell) => Array.from({ length: size }, (_, at) => [...cell, at])),
    [[]],
  );

export type Conv1d = ConvNd;
export type Conv2d = ConvNd;
export type ConvTranspose1d = ConvNd;
export type ConvTranspose2d = ConvNd;
