/** A leaky relu with a trained slope. */
import { apply, type Tensor } from '@gradus/engine';
import { constantly } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

/** A leaky relu that learns how leaky each channel is (He et al., 2015), channels on axis 1: [batch, channels, ..]. */
export const prelu = (slope = 0.25): PRelu => new PRelu(slope);

export class PRelu extends Module {
  /** [channels] */
  slope: Parameter | undefined;
  readonly #first: number;

  constructor(first: number) {
    super();
    this.#first = first;
  }

  forward(x: Tensor): Tensor {
    this.slope ??= new Parameter([sizeAt(x, 1)], constantly(this.#first));
    return apply('PRelu', [x, this.slope.reshape([-1, ...x.shape.slice(2).map(() => 1)])]);
  }
}
