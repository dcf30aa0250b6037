/** LeNet, for small images. */
import { flatten, relu } from '../layers/activations.ts';
import { conv2d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { maxPool2d } from '../layers/pooling2d.ts';
import { type Sequential, sequential } from '../module.ts';

/**
 * LeNet (LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998), with relu and max pooling as it
 * is used today: [batch, channels, height, width] -> [batch, classes], logits. Made for images of about 32 × 32.
 */
export const lenet = (classes: number): Sequential =>
  sequential(
    conv2d(6, 5),
    relu(),
    maxPool2d(2),
    conv2d(16, 5),
    relu(),
    maxPool2d(2),
    flatten(),
    dense(120),
    relu(),
    dense(84),
    relu(),
    dense(classes),
  );
