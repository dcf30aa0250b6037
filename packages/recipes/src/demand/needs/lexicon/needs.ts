/**
 * Needs that customers have of almost anything that is sold, in Chinese and English: what is known before a file is read. One row is one need in
 * both languages, so that "配送" and "delivery" are counted together. What a file speaks of beyond these is found in it.
 */
import type { Need } from './need.ts';
import { GETTING_AND_SERVING } from './needs-of-getting-paying-serving.ts';
import { GOODS } from './needs-of-goods.ts';
import { SOFTWARE_PLACES_AND_WORKS } from './needs-of-running-places-works.ts';

export const NEEDS: readonly Need[] = [...GETTING_AND_SERVING, ...GOODS, ...SOFTWARE_PLACES_AND_WORKS];
