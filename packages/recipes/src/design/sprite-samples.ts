/**
 * Whether made sprites can be told from originals that were not learnt from, in features that are named; by that it is also chosen how boldly
 * the model draws.
 */
import type { Random } from '@gradus/base';
import {
  isOver,
  type SequenceModel,
  STATISTICS,
  spriteFeatures,
  standardizer,
  type TimeLimit,
  type TwoSamples,
  twoSamples,
} from '@gradus/tasks';
import { type SpriteRules, split } from './kinds/sprites.ts';
import { drawItems, type Maker } from './make.ts';

export interface SpriteSamples {
  /** What they are compared by. */
  readonly features: string;
  readonly by: Readonly<Record<string, TwoSamples>>;
}

/** Originals that stand for all of them where pairs are compared. */
export const MOST_ORIGINALS = 2_000;
/** Originals by which features are brought to one scale. */
const STANDARDS = 500;
/** Of the originals that were learnt from, those that stand beside the made ones. */
const BESIDE = 200;

/** Originals that were learnt from stand beside what was drawn. @param drawn Sprites by the way in which they were made */
export async function samplesOf(
  drawn: Readonly<Record<string, readonly string[]>>,
  learnt: readonly string[],
  tested: readonly string[],
  { palette }: SpriteRules,
  random: Random,
): Promise<SpriteSamples> {
  const of = (items: readonly string[]) =>
    spriteFeatures(
      items.map((item) => split(item)[1]),
      palette,
      STATISTICS,
    );
  const { features, width, name } = await of(some(learnt, STANDARDS, random.fork('features')));
  const standardized = standardizer(features, width);
  const real = standardized((await of(tested)).features);
  // By chance: they stand in the order of their folders.
  const sets = { ...drawn, originals: some(learnt, BESIDE, random.fork('originals')) };
  const by: Record<string, TwoSamples> = {};
  for (const [set, items] of Object.entries(sets)) {
    const made = standardized((await of(items)).features);
    by[set] = twoSamples(made, real, width, random.fork(`samples ${set}`));
  }
  return { features: name, by };
}

/** The bolder first: where nothing tells them apart, likely patches are made no likelier. */
const TEMPERATURES = [1, 0.85, 0.7];
/** Draws that a temperature is tried with. */
const TRIED = 128;

/** The temperature at which draws can least be told from the originals that the model is chosen by. */
export async function chosenTemperature(
  maker: Maker,
  model: SequenceModel,
  validation: readonly string[],
  { random, limit, signal }: { random: Random; limit: TimeLimit; signal: AbortSignal },
): Promise<number> {
  const drawn: Record<string, string[]> = {};
  for (const temperature of TEMPERATURES) {
    const own = random.fork(`temperature ${temperature}`);
    const items = await drawItems({ ...maker, temperature }, model, {
      count: Math.min(TRIED, validation.length),
      wants: {},
      random: own,
      limit,
      signal,
    });
    drawn[temperature] = items.map(({ item }) => item);
    if (isOver(limit)) return 1;
  }
  const { by } = await samplesOf(drawn, maker.learnt, validation, maker.rules as SpriteRules, random);
  const told = TEMPERATURES.map((temperature) => by[temperature]!.nearestNeighbour.value);
  return TEMPERATURES[told.indexOf(Math.min(...told))]!;
}

export const some = (items: readonly string[], most: number, random: Random): string[] =>
  items.length <= most
    ? [...items]
    : Array.from(random.permutation(items.length).slice(0, most), (place) => items[place]!);
