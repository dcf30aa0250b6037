/** A need that customers have of almost anything that is sold, with its words in Chinese and English. */
import type { Localized } from '@gradus/base';

export interface Need {
  /** Stable from run to run. */
  readonly id: string;
  readonly name: Localized;
  /** Singular, or a mass noun: the subject of "… is too slow"; in Chinese of "…太慢". */
  readonly subject: Localized;
  /** Words that speak of it; `*` stands for any ending. */
  readonly en: string;
  readonly zh: string;
  /** What kind of thing has it: what is bought, works of art and lessons, or both. */
  readonly of: 'things' | 'works' | 'both';
  /** What a file must be about for these words to speak of it: a "window" is a room's in reviews of places, and a program's in those of computers. */
  readonly domain?: Domain;
}

export const DOMAINS = ['food', 'places', 'parcels', 'travel'] as const;
export type Domain = (typeof DOMAINS)[number];

const DOMAIN_OF: Readonly<Record<string, Domain>> = {
  food: 'food',
  taste: 'food',
  portion: 'food',
  freshness: 'food',
  delivery: 'parcels',
  packaging: 'parcels',
  order: 'parcels',
  trips: 'travel',
  luggage: 'travel',
  seats: 'travel',
  room: 'places',
  facilities: 'places',
  location: 'places',
  atmosphere: 'places',
  view: 'places',
};

const BOTH = new Set(['price', 'print']);
const WORKS = new Set([
  'story',
  'acting',
  'characters',
  'directing',
  'writing',
  'humour',
  'pace',
  'visuals',
  'music',
]);

export const need = (
  id: string,
  name: [string, string],
  subject: [string, string],
  en: string,
  zh: string,
): Need => ({
  id,
  name: { en: name[0], zh: name[1] },
  subject: { en: subject[0], zh: subject[1] },
  en,
  zh,
  of: WORKS.has(id) ? 'works' : BOTH.has(id) ? 'both' : 'things',
  ...(id in DOMAIN_OF && { domain: DOMAIN_OF[id]! }),
});
