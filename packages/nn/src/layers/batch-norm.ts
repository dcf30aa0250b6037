/** Normalization of channels over the batch. */
import { checkOptions } from '@gradus/base';
import { apply, type Tensor } from '@gradus/engine';
import { checkNumber } from '../check-number.ts';
import { ones, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { sizeAt } from './size.ts';

export interface BatchNormOptions {
  readonly epsilon?: number;
  /** How much of the running statistics a step keeps. Default 0.9 (PyTorch counts the other way and says 0.1). */
  readonly momentum?: number;
}

/**
 * Batch normalization (Ioffe and Szegedy, 2015) of channels, on axis 1: [batch, channels, ..]. Training uses the
 * mean and variance of the batch, inference their running averages; so does training where `freeze` or `freezeStatistics` says so.
 */
export const batchNorm = (options: BatchNormOptions = {}): BatchNorm => new BatchNorm(options);

export class BatchNorm extends Module {
  scale: Parameter | undefined;
  bias: Parameter | undefined;
  runningMean: Parameter | undefined;
  runningVariance: Parameter | undefined;
  readonly #options: BatchNormOptions;

  constructor(options: BatchNormOptions) {
    super();
    checkOptions('batchNorm', options, { epsilon: true, momentum: true });
    const { epsilon = 1e-5, momentum = 0.9 } = options;
    checkNumber('batchNorm', 'epsilon', epsilon, { least: 0 });
    checkNumber('batchNorm', 'momentum', momentum, { least: 0, below: 1 });
    this.#options = options;
  }

  forward(x: Tensor): Tensor {
    const channels = [sizeAt(x, 1)];
    this.scale ??= new Parameter(channels, ones);
    this.bias ??= new Parameter(channels, zeros);
    this.runningMean ??= new Parameter(channels, zeros, { trainable: false });
    this.runningVariance ??= new Parameter(channels, ones, { trainable: false });
    const { epsilon = 1e-5, momentum = 0.9 } = this.#options;
    return apply('BatchNormalization', [x, this.scale, this.bias, this.runningMean, this.runningVariance], {
      epsilon: { float: epsilon },
      momentum: { float: momentum },
    });
  }
}
