import { apply, type Tensor } from '@gradus/engine';
import { glorotUniform, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Pair, pair, sizeAt } from './size.ts';

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
 * The transpose of a convolution, which makes images larger (Zeiler et al., 2010):
 * [batch, in, height, width] -> [batch, filters, (height − 1) stride − 2 padding + kernel + outputPadding, ..]
 * (with dilation the kernel reaches (kernel − 1) dilation + 1).
 */
export function convTranspose2d(
  filters: number,
  kernel: Pair,
  options: ConvTranspose2dOptions = {},
): ConvTranspose2d {
  return new ConvTranspose2d(filters, kernel, options);
}

export class ConvTranspose2d extends Module {
  /** [in, filters / groups, kernel height, kernel width] */
  weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly filters: number;
  readonly #kernel: readonly number[];
  readonly #options: ConvTranspose2dOptions;

  constructor(filters: number, kernel: Pair, options: ConvTranspose2dOptions) {
    super();
    this.filters = filters;
    this.#kernel = pair(kernel);
    this.#options = options;
    this.bias = options.bias === false ? undefined : new Parameter([filters], zeros);
  }

  forward(x: Tensor): Tensor {
    const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = this.#options;
    const shape = [sizeAt(x, 1), this.filters / groups, ...this.#kernel];
    this.weight ??= new Parameter(shape, this.#options.initializer ?? glorotUniform);
    return apply('ConvTranspose', this.bias ? [x, this.weight, this.bias] : [x, this.weight], {
      kernel_shape: this.#kernel,
      strides: pair(stride),
      pads: [...pair(padding), ...pair(padding)],
      output_padding: pair(outputPadding),
      dilations: pair(dilation),
      group: groups,
    });
  }
}
