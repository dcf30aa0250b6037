/** Normalization over groups of channels, or over single ones. */
import { checkOptions } from '@gradus/base';
import { apply, GraphError, type Tensor } from '@gradus/engine';
import { checkWhole } from '../check-number.ts';
import { ones, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import type { NormOptions } from './layer-norm.ts';
import { sizeAt } from './size.ts';

/** Group normalization (Wu and He, 2018): groups of channels of each sample, [batch, channels, ..]. */
export const groupNorm = (groups: number, options: NormOptions = {}): GroupNorm =>
  new GroupNorm(groups, options);

/** Instance normalization (Ulyanov et al., 2016): each channel of each sample by itself. */
export const instanceNorm = (options: NormOptions = {}): GroupNorm => new GroupNorm(undefined, options);

export class GroupNorm extends Module {
  scale: Parameter | undefined;
  bias: Parameter | undefined;
  readonly #groups: number | undefined;
  readonly #epsilon: number;

  constructor(groups: number | undefined, options: NormOptions) {
    super();
    checkOptions(groups === undefined ? 'instanceNorm' : 'groupNorm', options, { epsilon: 1e-5 });
    if (groups !== undefined) checkWhole('groupNorm', 'groups', groups, { least: 1 });
    const { epsilon = 1e-5 } = options;
    this.#groups = groups;
    this.#epsilon = epsilon;
  }

  forward(x: Tensor): Tensor {
    const channels = sizeAt(x, 1);
    if (this.#groups !== undefined && channels % this.#groups !== 0) {
      throw new GraphError(`${channels} channels do not divide into ${this.#groups} groups`);
    }
    this.scale ??= new Parameter([channels], ones);
    this.bias ??= new Parameter([channels], zeros);
    return apply('GroupNormalization', [x, this.scale, this.bias], {
      num_groups: this.#groups ?? channels,
      epsilon: { float: this.#epsilon },
    });
  }
}
