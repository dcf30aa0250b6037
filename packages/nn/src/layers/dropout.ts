import { apply, scalar, type Tensor } from '@gradus/engine';

/** Sets each element to zero with probability `rate` in training, and lets everything through in use. */
export const dropout = (rate: number) => (x: Tensor) => apply('Dropout', [x, scalar(rate)]);
