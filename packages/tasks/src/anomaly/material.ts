/** What models of good pieces are fitted on: features of good ones, of defects, and of good ones with a made-up defect. */
import type { Scores } from './combine.ts';

export interface Data {
  readonly good: readonly Float32Array[];
  readonly defects: readonly Float32Array[];
  readonly made: readonly Float32Array[];
  readonly widths: readonly number[];
}

/** What models are fitted on. */
export interface Material {
  readonly data: Data;
  /** The piece of each. */
  readonly groups: Readonly<Record<'good' | 'defects' | 'made', readonly number[]>>;
  /** Of known defects, by models that had not seen the piece. */
  readonly scores?: readonly [places: Scores, whole: Scores];
}

type KnownScores = NonNullable<Material['scores']>;

const mapped = ([places, whole]: KnownScores, change: (scores: Scores) => Scores): KnownScores => [
  change(places),
  change(whole),
];

/** @param scores Of good photographs and then of defects */
export function partsOf([places, whole]: readonly [Float64Array, Float64Array], good: number): KnownScores {
  const parted = (of: Float64Array): Scores => ({ good: of.slice(0, good), defects: of.slice(good) });
  return [parted(places), parted(whole)];
}

/** The same without some of the good ones, and what was made of these. */
export function without(
  { data, groups, scores }: Material,
  isKept: (i: number) => boolean,
  each: number,
): Material {
  const isMadeKept = (_: unknown, i: number) => isKept(Math.floor(i / each));
  const isGoodKept = (_: unknown, i: number) => isKept(i);
  return {
    data: { ...data, good: data.good.filter(isGoodKept), made: data.made.filter(isMadeKept) },
    groups: {
      ...groups,
      good: groups.good.filter(isGoodKept),
      made: groups.made.filter(isMadeKept),
    },
    ...(scores && {
      scores: mapped(scores, (of) => ({ ...of, good: of.good.filter(isGoodKept) })),
    }),
  };
}
