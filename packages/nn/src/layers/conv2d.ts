import { apply, type Tensor } from '@gradus/engine';
import { glorotUniform, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Pair, pair, sizeAt } from './size.ts';

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

/**
 * Convolution over images, channels first: [batch, in, height, width] -> [batch, filters, height′, width′]
 * (LeCun et al., 1989).
 */
export function conv2d(filters: number, kernel: Pair, options: Conv2dOptions = {}): Conv2d {
  return new Conv2d(filters, kernel, options);
}

export class Conv2d extends Module {
  /** [filters, in / groups, kernel height, kernel width] */
  weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly filters: number;
  readonly #kernel: readonly number[];
  readonly #options: Conv2dOptions;

  constructor(filters: number, kernel: Pair, options: Conv2dOptions) {
    super();
    this.filters = filters;
    this.#kernel = pair(kernel);
    this.#options = options;
    this.bias = options.bias === false ? undefined : new Parameter([filters], zeros);
  }

  forward(x: Tensor): Tensor {
    const { stride = 1, padding = 0, dilation = 1, groups = 1, initializer = glorotUniform } = this.#options;
    const channels = sizeAt(x, 1) / groups;
    this.weight ??= new Parameter([this.filters, channels, ...this.#kernel], initializer);
    const around =
      padding === 'same' ? { auto_pad: 'SAME_UPPER' } : { pads: [...pair(padding), ...pair(padding)] };
    return apply('Conv', this.bias ? [x, this.weight, this.bias] : [x, this.weight], {
      kernel_shape: this.#kernel,
      strides: pair(stride),
      dilations: pair(dilation),
      group: groups,
      ...around,
    });
  }
}
