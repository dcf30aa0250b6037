/**
 * Convolution (LeCun et al., 1989) and its transpose (Zeiler et al., 2010), over any number of spatial axes.
 *
 * Images come with channels first, [batch, channels, height, width]; sequences with channels last, [batch, time, channels], as
 * recurrent layers and attention take them.
 */
import { checkChoice, checkOptions } from '@gradus/base';
import { type Attributes, apply, concat, GraphError, intsAttribute, type Tensor } from '@gradus/engine';
import { glorotUniform, heNormal, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Geometry, samePadding, samePaddingTransposed } from './same-padding.ts';
import { checkPair, type Pair, pair, sizeAt } from './size.ts';

export interface Conv1dOptions {
  /**
   * `valid`: only where the kernel fits; `same` (default): as many steps out as in (times 1 / stride, rounded up), with zeros
   * around, as in Keras; `causal`: as `same`, but no step sees what comes after it.
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
export function conv1d(filters: number, kernel: number, options: Conv1dOptions = {}): Conv1d {
  checkOptions('conv1d', options, CONV1D);
  const { padding = 'same', stride = 1, dilation = 1, groups = 1, initializer = heNormal } = options;
  checkChoice('conv1d', 'padding', padding, ['valid', 'same', 'causal']);
  checkSizes('conv1d', { filters, kernel, stride, dilation, groups });
  return new ConvNd(filters, {
    op: 'Conv',
    layout: 'channels last',
    weights: 'matrix',
    kernel: [kernel],
    strides: [stride],
    dilations: [dilation],
    groups,
    padding: padding === 'same' ? 'same' : { pads: [padding === 'causal' ? (kernel - 1) * dilation : 0, 0] },
    bias: true,
    initializer,
  });
}

const CONV1D = { padding: 'same', stride: 1, dilation: 1, groups: 1, initializer: heNormal };

export interface Conv2dOptions {
  readonly stride?: Pair;
  /** Zeros on every side; `same`: as many as keep the size (times 1 / stride, rounded up), as in Keras. Default 0. */
  readonly padding?: Pair | 'same';
  readonly dilation?: Pair;
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/** Convolution over images, channels first: [batch, in, height, width] -> [batch, filters, height′, width′]. */
export function conv2d(filters: number, kernel: Pair, options: Conv2dOptions = {}): Conv2d {
  checkOptions('conv2d', options, CONV2D);
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, initializer } = options;
  checkSizes('conv2d', { filters, kernel, stride, dilation, groups });
  checkPadding('conv2d', padding);
  return new ConvNd(filters, {
    op: 'Conv',
    layout: 'channels first',
    weights: 'kernel',
    kernel: pair(kernel),
    strides: pair(stride),
    dilations: pair(dilation),
    groups,
    padding: padding === 'same' ? 'same' : { pads: [...pair(padding), ...pair(padding)] },
    bias,
    initializer: initializer ?? glorotUniform,
  });
}

const CONV2D = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true, initializer: glorotUniform };

export interface ConvTranspose1dOptions {
  /** Default 1. */
  readonly stride?: number;
  /** How much is cut off both ends of what the kernel reaches; `same`: so much that there are stride times as many steps. Default 0. */
  readonly padding?: number | 'same';
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
  options: ConvTranspose1dOptions = {},
): ConvTranspose1d {
  checkOptions('convTranspose1d', options, CONV_TRANSPOSE1D);
  const { stride = 1, padding = 0, outputPadding = 0, initializer = glorotUniform } = options;
  checkSizes('convTranspose1d', { filters, kernel, stride });
  checkPadding('convTranspose1d', padding);
  const geometry = { kernel: [kernel], strides: [stride], dilations: [1] };
  return new ConvNd(filters, {
    op: 'ConvTranspose',
    layout: 'channels last',
    weights: 'kernel',
    ...geometry,
    groups: 1,
    padding:
      padding === 'same'
        ? samePaddingTransposed(geometry)
        : { pads: [padding, padding], output_padding: [outputPadding] },
    bias: true,
    initializer,
  });
}

const CONV_TRANSPOSE1D = { stride: 1, padding: 0, outputPadding: 0, initializer: glorotUniform };

export interface ConvTranspose2dOptions {
  readonly stride?: Pair;
  /** How much is cut off every side of what the kernel reaches; `same`: so much that sides are stride times as long. Default 0. */
  readonly padding?: Pair | 'same';
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
  checkOptions('convTranspose2d', options, CONV_TRANSPOSE2D);
  const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1, bias = true } = options;
  checkSizes('convTranspose2d', { filters, kernel, stride, dilation, groups });
  checkPadding('convTranspose2d', padding);
  const geometry = { kernel: pair(kernel), strides: pair(stride), dilations: pair(dilation) };
  return new ConvNd(filters, {
    op: 'ConvTranspose',
    layout: 'channels first',
    weights: 'kernel',
    ...geometry,
    groups,
    padding:
      padding === 'same'
        ? samePaddingTransposed(geometry)
        : { pads: [...pair(padding), ...pair(padding)], output_padding: pair(outputPadding) },
    bias,
    initializer: options.initializer ?? glorotUniform,
  });
}

const CONV_TRANSPOSE2D = { ...CONV2D, outputPadding: 0 };

function checkSizes(where: string, sizes: Readonly<Record<string, Pair>>): void {
  for (const [name, size] of Object.entries(sizes)) checkPair(where, name, size, 1);
}

function checkPadding(where: string, padding: Pair | 'same'): void {
  if (typeof padding === 'string') checkChoice(where, 'padding', padding, ['same']);
  else checkPair(where, 'padding', padding, 0);
}

/** The options of the functions above in one form: a number for each spatial axis. */
interface ConvGeometry extends Geometry {
  readonly op: 'Conv' | 'ConvTranspose';
  readonly layout: 'channels first' | 'channels last';
  /** `matrix`: [kernel × in / groups, filters], so that a product can be taken with it. */
  readonly weights: 'kernel' | 'matrix';
  readonly groups: number;
  /** Attributes of the op; `same` depends on what it is given. */
  readonly padding: Attributes | 'same';
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
  readonly #geometry: ConvGeometry;

  constructor(filters: number, geometry: ConvGeometry) {
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
    const sizes = last ? x.shape.slice(1, -1) : x.shape.slice(2);
    const around = padding === 'same' ? samePadding(sizes, this.#geometry) : padding;
    if (weights === 'matrix' && groups === 1 && around.pads) {
      return this.#product(x, this.weight, intsAttribute(around, 'pads'));
    }
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
      ...around,
    });
    return last ? y.transpose([0, ...spatial.map((i) => i + 2), 1]) : y;
  }

  #weightShape(channels: number): number[] {
    const { op, weights, kernel, groups } = this.#geometry;
    if (channels % groups !== 0 || this.filters % groups !== 0) {
      throw new GraphError(
        `${channels} channels and ${this.filters} filters do not divide into ${groups} groups`,
      );
    }
    if (op === 'ConvTranspose') return [channels, this.filters / groups, ...kernel];
    if (weights === 'kernel') return [this.filters, channels / groups, ...kernel];
    return [kernel.reduce((a, b) => a * b, channels / groups), this.filters];
  }

  /**
   * One matrix product: the shifted copies of the input that the cells of the kernel see side by side, [batch, ..space′,
   * kernel × in], times the weights. On CPU that is faster than the Conv op for the wide channels and short kernels of text.
   */
  #product(x: Tensor, weight: Parameter, pads: readonly number[]): Tensor {
    const { kernel, strides, dilations } = this.#geometry;
    const axes = kernel.map((_, i) => i + 1);
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
