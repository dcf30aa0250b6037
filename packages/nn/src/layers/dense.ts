/** The fully connected layer. */
import { checkOptions } from '@gradus/base';
import type { Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { glorotUniform, type Initializer, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface DenseOptions {
  /** Default true. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/** A fully connected layer: [.., in] -> [.., units], x W + b. @throws UserError where there is no such option */
export function dense(units: number, options: DenseOptions = {}): Dense {
  checkOptions('dense', options, { bias: true, initializer: glorotUniform });
  checkWhole('dense', 'units', units, { least: 1 });
  return new Dense(units, options);
}

export class Dense extends Module {
  weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly units: number;
  readonly #initializer: Initializer;

  constructor(units: number, { bias = true, initializer = glorotUniform }: DenseOptions) {
    super();
    this.units = units;
    this.bias = bias ? new Parameter([units], zeros) : undefined;
    this.#initializer = initializer;
  }

  forward(x: Tensor): Tensor {
    this.weight ??= new Parameter([sizeAt(x, -1), this.units], this.#initializer);
    const y = x.matmul(this.weight);
    return this.bias ? y.add(this.bias) : y;
  }
}
