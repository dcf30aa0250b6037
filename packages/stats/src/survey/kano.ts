/**
 * What a feature is to people (Kano et al., 1984): they are asked how they would feel with it and without it, each on five steps from
 * "I like it" to "I dislike it". The pair says whether it is attractive, wanted the more the better, a must, indifferent, or unwanted.
 * Better and worse say how much satisfaction it brings, and dissatisfaction its absence (Berger et al., 1993).
 */
export const KANO_CLASSES = [
  'attractive',
  'performance',
  'must-be',
  'indifferent',
  'reverse',
  'questionable',
] as const;
export type KanoClass = (typeof KANO_CLASSES)[number];

/** [with][without], each from 0, "like", to 4, "dislike". */
const TABLE: readonly string[] = ['QAAAO', 'RIIIM', 'RIIIM', 'RIIIM', 'RRRRQ'];
const LETTERS: Readonly<Record<string, KanoClass>> = {
  A: 'attractive',
  O: 'performance',
  M: 'must-be',
  I: 'indifferent',
  R: 'reverse',
  Q: 'questionable',
};

/** @param withIt 0, "I like it", to 4, "I dislike it"; `without` likewise */
export const kanoClass = (withIt: number, without: number): KanoClass => LETTERS[TABLE[withIt]![without]!]!;

export interface KanoFeature {
  readonly counts: Readonly<Record<KanoClass, number>>;
  /** The most frequent class. */
  readonly is: KanoClass;
  /** From 0 to 1; `worse` from −1 to 0. NaN where nobody said anything of use. */
  readonly better: number;
  readonly worse: number;
}

export function kanoFeature(classes: readonly KanoClass[]): KanoFeature {
  const counts = Object.fromEntries(KANO_CLASSES.map((one) => [one, 0])) as Record<KanoClass, number>;
  for (const one of classes) counts[one]++;
  const { attractive: a, performance: o, indifferent: i } = counts;
  const m = counts['must-be'];
  const useful = a + o + m + i;
  return {
    counts,
    is: KANO_CLASSES.reduce((most, one) => (counts[one] > counts[most] ? one : most)),
    better: (a + o) / useful,
    worse: -(o + m) / useful,
  };
}
