import { concat, type Tensor } from '@gradus/engine';
import { heNormal, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface Conv1dOptions {
  /** `valid`: only where the kernel fits; `same` (default): as many steps out as in, with zeros around. */
  readonly padding?: 'valid' | 'same';
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
  /** [kernel × in, filters] */
  weight: Parameter | undefined;
  readonly bias: Parameter;
  readonly filters: number;
  readonly kernel: number;
  readonly padding: 'valid' | 'same';
  readonly #initializer: Initializer;

  constructor(filters: number, kernel: number, { padding = 'same', initializer = heNormal }: Conv1dOptions) {
    super();
    this.filters = filters;
    this.kernel = kernel;
    this.padding = padding;
    this.bias = new Parameter([filters], zeros);
    this.#initializer = initializer;
  }

  forward(x: Tensor): Tensor {
    this.weight ??= new Parameter([this.kernel * sizeAt(x, -1), this.filters], this.#initializer);
    const around = this.kernel - 1;
    const before = Math.floor(around / 2);
    const padded = this.padding === 'same' && around > 0 ? x.pad([0, before, 0], [0, around - before, 0]) : x;
    const end = (shift: number) => (shift === around ? Number.MAX_SAFE_INTEGER : shift - around);
    const shifted = Array.from({ length: this.kernel }, (_, shift) =>
      padded.slice([shift], [end(shift)], [1]),
    );
    return concat(shifted, 2).matmul(this.weight).add(this.bias);
  }
}
