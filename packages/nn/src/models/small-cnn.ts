/** The convolutional network of the Keras MNIST example. */
import { flatten, relu } from '../layers/activations.ts';
import { conv2d } from '../layers/conv.ts';
import { dense } from '../layers/dense.ts';
import { maxPool2d } from '../layers/pooling2d.ts';
import { type Sequential, sequential } from '../module.ts';

/** One convolution, one pooling, one hidden layer: the first CNN of many Keras tutorials. [batch, 1, 28, 28] -> [batch, classes]. */
export const smallCnn = (classes: number): Sequential =>
  sequential(conv2d(32, 3), relu(), maxPool2d(2), flatten(), dense(128), relu(), dense(classes));
