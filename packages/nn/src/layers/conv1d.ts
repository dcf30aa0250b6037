import { apply, concat, type Tensor } from '@gradus/engine';
import { heNormal, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface Conv1dOptions {
  /**
   * `valid`: only where the kernel fits; `same` (default): as many steps out as in (times 1 / stride), with zeros around;
   * `causal`: as `same`, but no step sees what comes after it.
   */
  readonly padding?: 'valid' | 'same' | 'causal';
  /** Default 1. */
  readonly stride?: number;
  /** Steps between what neighbouring cells of the kernel see. Default 1. */
  readonly dilation?: number;
  /** Channels and filters in so many groups, each by itself. Default 1. */
  readonly groups?: number;
  readonly initializer?: Initializer;
}

/**
 * Convolution over time, channels last: [batch, time, in] -> [batch, time′, filters].
 *
 * It is computed as one matrix product: the `kernel` shifted copies of the input side by side, [batch, time′, kernel × in],
 * times the weights. On CPU that is faster than the Conv op for the wide channels and short kernels of text.
 */
export function conv1d(filters: number, kernel: number, options: Conv1dOptions = {}): Conv1d {
  return new Conv1d(filters, kernel, options);
}

export class Conv1d extends Module {
  /** [kernel × in / groups, filters] */
  weight: Parameter | undefined;
  readonly bias: Parameter;
  readonly filters: number;
  readonly kernel: number;
  readonly #options: Conv1dOptions;

  constructor(filters: number, kernel: number, options: Conv1dOptions) {
    super();
    this.filters = filters;
    this.kernel = kernel;
    this.#options = options;
    this.bias = new Parameter([filters], zeros);
  }

  forward(x: Tensor): Tensor {
    const { initializer = heNormal, stride = 1, dilation = 1, groups = 1 } = this.#options;
    const channels = sizeAt(x, -1) / groups;
    this.weight ??= new Parameter([this.kernel * channels, this.filters], initializer);
    const padded = this.#padded(x);
    if (groups > 1) {
      // [kernel × in, filters] -> [filters, in, kernel]
      const kernel = this.weight.reshape([this.kernel, channels, this.filters]).transpose();
      const geometry = {
        kernel_shape: [this.kernel],
        strides: [stride],
        dilations: [dilation],
        group: groups,
      };
      return apply('Conv', [padded.transpose([0, 2, 1]), kernel, this.bias], geometry).transpose([0, 2, 1]);
    }
    const around = (this.kernel - 1) * dilation;
    const end = (start: number) => (start === around ? Number.MAX_SAFE_INTEGER : start - around);
    const shifted = Array.from({ length: this.kernel }, (_, cell) =>
      padded.slice([cell * dilation], [end(cell * dilation)], [1], [stride]),
    );
    return concat(shifted, 2).matmul(this.weight).add(this.bias);
  }

  #padded(x: Tensor): Tensor {
    const { padding = 'same', dilation = 1 } = this.#options;
    const around = (this.kernel - 1) * dilation;
    if (padding === 'valid' || around === 0) return x;
    const before = padding === 'causal' ? around : Math.floor(around / 2);
    return x.pad([0, before, 0], [0, around - before, 0]);
  }
}
