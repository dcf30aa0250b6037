/** A normalizer: a function from text to text that keeps where everything stood. */
import type { Aligned } from './aligned.ts';

export type Normalizer = (text: Aligned) => Aligned;
