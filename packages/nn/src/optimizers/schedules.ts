/** Learning rates by step. Steps count from 1, as in an optimizer. */
import { checkOptions } from '@gradus/base';
import { checkNumber } from '../check-number.ts';
import { checkRate, type LearningRate, rateAt } from './optimizer.ts';

type Schedule = (step: number) => number;

/** `rate` times `factor` after every `every` steps. */
export function stepDecay(rate: number, every: number, factor = 0.1): Schedule {
  checkNumber('stepDecay', 'rate', rate, { least: 0 });
  checkNumber('stepDecay', 'every', every, { above: 0 });
  checkNumber('stepDecay', 'factor', factor, { least: 0 });
  return (step) => rate * factor ** Math.floor((step - 1) / every);
}

/** `rate` times `factor` at every step. */
export function exponentialDecay(rate: number, factor: number): Schedule {
  checkNumber('exponentialDecay', 'rate', rate, { least: 0 });
  checkNumber('exponentialDecay', 'factor', factor, { least: 0 });
  return (step) => rate * factor ** (step - 1);
}

/** From `rate` down to `least` along half a cosine over `steps` (Loshchilov and Hutter, "SGDR", 2017). */
export function cosine(rate: number, steps: number, least = 0): Schedule {
  checkNumber('cosine', 'rate', rate, { least: 0 });
  checkNumber('cosine', 'steps', steps, { above: 0 });
  checkNumber('cosine', 'least', least, { least: 0 });
  return (step) =>
    least + ((rate - least) * (1 + Math.cos((Math.PI * Math.min(step - 1, steps)) / steps))) / 2;
}

/** From 0 up to where `then` begins, in equal steps (Goyal et al., 2017); `then` counts from the end of the warm-up. */
export function warmUp(steps: number, then: LearningRate): Schedule {
  checkNumber('warmUp', 'steps', steps, { least: 0 });
  checkRate('warmUp', then);
  return (step) => (step <= steps ? (rateAt(then, 1) * step) / steps : rateAt(then, step - steps));
}

export interface OneCycleOptions {
  /** The first rate is `rate` divided by this. Default 25. */
  readonly start?: number;
  /** The last rate is the first one divided by this. Default 10,000. */
  readonly end?: number;
}

/** Up to `rate` over the first three tenths and down again, along cosines (Smith and Topin, "Super-Convergence", 2018). As in PyTorch. */
export function oneCycle(rate: number, steps: number, options: OneCycleOptions = {}): Schedule {
  checkOptions('oneCycle', options, { start: true, end: true });
  const { start = 25, end = 1e4 } = options;
  checkNumber('oneCycle', 'rate', rate, { least: 0 });
  checkNumber('oneCycle', 'steps', steps, { above: 0 });
  checkNumber('oneCycle', 'start', start, { above: 0 });
  checkNumber('oneCycle', 'end', end, { above: 0 });
  const top = 0.3 * steps - 1;
  const between = (from: number, to: number, fraction: number) =>
    to + ((from - to) * (1 + Math.cos(Math.PI * fraction))) / 2;
  return (step) => {
    const at = Math.min(step, steps) - 1;
    return at <= top
      ? between(rate / start, rate, at / top)
      : between(rate, rate / start / end, (at - top) / (steps - 1 - top));
  };
}
