import { type AdamOptions, adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2019); 0.01 by default. */
export const adamW = (options: AdamOptions = {}): Optimizer => adam({ weightDecay: 0.01, ...options });
