/** AdamW (Loshchilov and Hutter, 2019): Adam with weight decay apart from the gradient; 0.01 by default. */
import { checkOptions } from '@gradus/base';
import { type AdamOptions, decayingAdam } from './adam.ts';
import { MOMENT_OPTIONS } from './adam-moments.ts';
import type { Optimizer } from './optimizer.ts';

export function adamW(options: AdamOptions = {}): Optimizer {
  checkOptions('adamW', options, MOMENT_OPTIONS);
  return decayingAdam('adamW', { ...options, weightDecay: options.weightDecay ?? 0.01 });
}
