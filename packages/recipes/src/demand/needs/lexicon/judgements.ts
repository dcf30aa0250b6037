/**
 * What people say of a need: judgements that mean the same in Chinese and English, whatever they are said of. "慢", "late" and "took for ever" are one
 * complaint of delivery. Each is a row with what blames, what praises the same, the sentence that a complaint makes, and what to do about it.
 */
import type { Judgement } from './judgement.ts';
import { OF_FOOD_AND_HYGIENE } from './judgements-of-food-and-hygiene.ts';
import { OF_PLACES_WORKS_AND_ALL } from './judgements-of-places-works-and-all.ts';
import { OF_SERVICE } from './judgements-of-service.ts';
import { OF_THINGS } from './judgements-of-things.ts';

export const JUDGEMENTS: readonly Judgement[] = [
  ...OF_SERVICE,
  ...OF_FOOD_AND_HYGIENE,
  ...OF_THINGS,
  ...OF_PLACES_WORKS_AND_ALL,
];
