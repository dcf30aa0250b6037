/** AdamW (Loshchilov and Hutter, 2019): Adam with weight decay apart from the gradient; 0.01 by default. */
import { type AdamOptions, adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

export const adamW = (options: AdamOptions = {}): Optimizer => adam({ weightDecay: 0.01, ...options });
