/** Autoencoders, plain and variational. */
import type { Tensor } from '@gradus/engine';
import { dense } from '../layers/dense.ts';
import { Module } from '../module.ts';
import { mlp } from './mlp.ts';

/** Squeezes its input through a few numbers and restores it (Hinton and Salakhutdinov, 2006): [batch, features] -> the same. */
export class Autoencoder extends Module {
  readonly encoder;
  readonly decoder;

  constructor(features: number, hidden: readonly number[], code: number) {
    super();
    this.encoder = mlp(hidden, code);
    this.decoder = mlp(hidden.toReversed(), features);
  }

  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encoder.forward(x));
  }
}

/**
 * A variational autoencoder (Kingma and Welling, 2014): its code is a normal distribution, from which new samples can be
 * drawn and decoded.
 */
export class VariationalAutoencoder extends Module {
  readonly encoder;
  readonly mean;
  readonly logVariance;
  readonly decoder;

  constructor(features: number, hidden: readonly number[], code: number) {
    super();
    this.encoder = mlp(hidden.slice(0, -1), hidden.at(-1)!);
    this.mean = dense(code);
    this.logVariance = dense(code);
    this.decoder = mlp(hidden.toReversed(), features);
  }

  /** @param noise standard normal, [batch, code] @returns logits of the restored input, and the code's distribution */
  pass(x: Tensor, noise: Tensor): { restored: Tensor; mean: Tensor; logVariance: Tensor } {
    const features = this.encoder.forward(x).relu();
    const [mean, logVariance] = [this.mean.forward(features), this.logVariance.forward(features)];
    const code = mean.add(logVariance.mul(0.5).exp().mul(noise));
    return { restored: this.decoder.forward(code), mean, logVariance };
  }

  /** Of the code's most likely value. */
  forward(x: Tensor): Tensor {
    return this.decoder.forward(this.mean.forward(this.encoder.forward(x).relu()));
  }

  /** How far the code's distribution is from the standard normal one, in nats, the mean over the batch. */
  static divergence(mean: Tensor, logVariance: Tensor): Tensor {
    return logVariance.add(1).sub(mean.square()).sub(logVariance.exp()).sum([1]).mean().mul(-0.5);
  }
}
