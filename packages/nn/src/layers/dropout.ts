/** Dropout (Srivastava et al., 2014). */
import { apply, scalar, type Tensor } from '@gradus/engine';

/** In training it sets each element to zero with probability `rate`; in inference it changes nothing. */
export const dropout = (rate: number) => (x: Tensor) => apply('Dropout', [x, scalar(rate)]);
