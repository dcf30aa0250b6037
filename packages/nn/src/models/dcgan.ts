/** Generators and discriminators of GANs for small images. */
import { apply, gradients, type Tensor } from '@gradus/engine';
import { normal } from '../initializers.ts';
import { flatten, leakyRelu, relu, reshape, tanh } from '../layers/activations.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { conv2d, convTranspose2d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { type Module, type Sequential, sequential } from '../module.ts';

/**
 * The generator and discriminator of a deep convolutional GAN (Radford, Metz and Chintala, 2016; GANs: Goodfellow et al.,
 * 2014) for square images with values in [−1, 1].
 */
const initializer = normal(0.02);

/** Noise [batch, size] -> images [batch, channels, side, side]; the side is a multiple of 4. */
export const dcganGenerator = (channels = 1, width = 64, side = 28): Sequential =>
  sequential(
    dense(2 * width * (side / 4) ** 2, { bias: false, initializer }),
    batchNorm(),
    relu(),
    reshape(2 * width, side / 4, side / 4),
    convTranspose2d(width, 4, { stride: 2, padding: 1, bias: false, initializer }),
    batchNorm(),
    relu(),
    convTranspose2d(channels, 4, { stride: 2, padding: 1, initializer }),
    tanh(),
  );

/** Images [batch, channels, side, side] -> how real they look, logits [batch, 1]. */
export const dcganDiscriminator = (width = 64): Sequential =>
  sequential(
    conv2d(width, 4, { stride: 2, padding: 1, initializer }),
    leakyRelu(0.2),
    conv2d(2 * width, 4, { stride: 2, padding: 1, bias: false, initializer }),
    batchNorm(),
    leakyRelu(0.2),
    flatten(),
    dense(1, { initializer }),
  );

/** The discriminator of a Wasserstein GAN: the same without batch statistics, which its penalty forbids. */
export const wganCritic = (width = 64): Sequential =>
  sequential(
    conv2d(width, 4, { stride: 2, padding: 1, initializer }),
    leakyRelu(0.2),
    conv2d(2 * width, 4, { stride: 2, padding: 1, initializer }),
    leakyRelu(0.2),
    flatten(),
    dense(1, { initializer }),
  );

/**
 * What a Wasserstein critic minimizes (Gulrajani et al., "Improved Training of Wasserstein GANs", 2017): E f(fake) −
 * E f(real) + weight · E (‖∇f(x̂)‖ − 1)², x̂ between the two.
 *
 * @param between uniform in [0, 1), [batch, 1, 1, 1]: where between real and fake the slope is held near 1
 */
export function wganLoss(critic: Module, real: Tensor, fake: Tensor, between: Tensor, weight = 10): Tensor {
  const mixed = apply('Identity', [real.mul(between).add(fake.mul(between.neg().add(1)))]);
  const [slope] = gradients(critic.forward(mixed).sum(), [mixed]);
  const axes = slope!.shape.map((_, i) => i).slice(1);
  const norm = slope!.square().sum(axes).add(1e-12).sqrt();
  const distance = critic.forward(fake).mean().sub(critic.forward(real).mean());
  return distance.add(norm.sub(1).square().mean().mul(weight));
}
