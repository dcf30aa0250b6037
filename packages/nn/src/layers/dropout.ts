/** Dropout (Srivastava et al., 2014). */
import { apply, scalar, type Tensor } from '@gradus/engine';
import { checkNumber } from '../check-number.ts';

/** In training it sets each element to zero with probability `rate`; in inference it changes nothing. */
export const dropout = (rate: number) => {
  checkNumber('dropout', 'rate', rate, { least: 0, below: 1 });
  return (x: Tensor) => apply('Dropout', [x, scalar(rate)]);
};
