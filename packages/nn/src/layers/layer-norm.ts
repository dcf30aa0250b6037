/** Normalization over the features of each example. */
import { checkOptions } from '@gradus/base';
import { apply, type Tensor } from '@gradus/engine';
import { ones, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface NormOptions {
  readonly epsilon?: number;
}

/** Layer normalization over the last axis (Ba, Kiros and Hinton, 2016): [.., features]. */
export const layerNorm = (options: NormOptions = {}): LayerNorm => new LayerNorm(options);

export class LayerNorm extends Module {
  scale: Parameter | undefined;
  bias: Parameter | undefined;
  readonly #epsilon: number;

  constructor(options: NormOptions) {
    super();
    checkOptions('layerNorm', options, { epsilon: 1e-5 });
    const { epsilon = 1e-5 } = options;
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    this.scale ??= new Parameter([sizeAt(x, -1)], ones);
    this.bias ??= new Parameter([sizeAt(x, -1)], zeros);
    return apply('LayerNormalization', [x, this.scale, this.bias], {
      axis: -1,
      epsilon: { float: this.#epsilon },
    });
  }
}

/** By the root of the mean square over the last axis (Zhang and Sennrich, 2019): [.., features]. */
export const rmsNorm = (options: NormOptions = {}): RmsNorm => new RmsNorm(options);

export class RmsNorm extends Module {
  scale: Parameter | undefined;
  readonly #epsilon: number;

  constructor(options: NormOptions) {
    super();
    checkOptions('rmsNorm', options, { epsilon: 1e-6 });
    const { epsilon = 1e-6 } = options;
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    this.scale ??= new Parameter([sizeAt(x, -1)], ones);
    const meanSquare = x.square().mean([-1], true).add(this.#epsilon);
    return x.div(meanSquare.sqrt()).mul(this.scale);
  }
}
