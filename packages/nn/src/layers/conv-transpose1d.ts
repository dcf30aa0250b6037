import { apply, type Tensor } from '@gradus/engine';
import { glorotUniform, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

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
  options: ConvTranspose1dOptions = {},
): ConvTranspose1d {
  return new ConvTranspose1d(filters, kernel, options);
}

export class ConvTranspose1d extends Module {
  /** [in, filters, kernel] */
  weight: Parameter | undefined;
  readonly bias: Parameter;
  readonly filters: number;
  readonly kernel: number;
  readonly #options: ConvTranspose1dOptions;

  constructor(filters: number, kernel: number, options: ConvTranspose1dOptions) {
    super();
    this.filters = filters;
    this.kernel = kernel;
    this.#options = options;
    this.bias = new Parameter([filters], zeros);
  }

  forward(x: Tensor): Tensor {
    const { stride = 1, padding = 0, outputPadding = 0, initializer = glorotUniform } = this.#options;
    this.weight ??= new Parameter([sizeAt(x, -1), this.filters, this.kernel], initializer);
    return apply('ConvTranspose', [x.transpose([0, 2, 1]), this.weight, this.bias], {
      kernel_shape: [this.kernel],
      strides: [stride],
      pads: [padding, padding],
      output_padding: [outputPadding],
    }).transpose([0, 2, 1]);
  }
}
