/**
 * Grids whose patterns of two by two tiles come up as often as in the originals. A table of tiles that is drawn from strays to where it has seen
 * little, and there draws what no original has; the more so, the larger the pattern. So likely tiles are made likelier, and each pattern is weighed
 * by how often it came up in draws beside the originals, again and again (iterative scaling: Darroch and Ratcliff, 1972; patterns of tiles as what
 * levels are compared by: Lucas and Volz, 2019).
 */
import type { Random } from '@gradus/base';
import { jensenShannon } from '@gradus/stats';
import { isOver, type TimeLimit } from '../time-limit.ts';
import { sampleSequences } from './sample.ts';
import type { SequenceModel } from './sequence-model.ts';

/** Plain data. */
export interface TilePatterns {
  /** Tiles of a column. */
  readonly stride: number;
  /** By pattern, what the probability of its last tile is multiplied by; 1 where there is none. */
  readonly weights: ReadonlyMap<number, number>;
}

/** With the weights of patterns, likely tiles are made likelier. */
export const PATTERN_TEMPERATURE = 0.9;

export interface TilePatternOptions {
  readonly stride: number;
  /** Of the vocabulary. */
  readonly size: number;
  /** Tokens of a draw, at most. */
  readonly length: number;
  /** As in `SampleOptions`. */
  readonly weights: (before: readonly number[]) => Float64Array;
  readonly random: Random;
  readonly limit?: TimeLimit | undefined;
  readonly signal?: AbortSignal | undefined;
}

const ROUNDS = 4;
/** Tiles that are drawn in a round. */
const TILES = 36_000;
const FEWEST_DRAWS = 8;
const MOST_DRAWS = 64;
/** How much of what a round says is followed, and cells that stand for what a rare pattern came up by chance. */
const RATE = 0.7;
const BY_CHANCE = 2;
const MOST = 20;

/**
 * @param train Grids by columns, without edges
 * @param heldOut By which it is told whether the weights are worth it
 * @returns undefined where draws without them are as near to the held-out grids, or the time was over
 */
export async function fitTilePatterns(
  model: SequenceModel,
  train: readonly (readonly number[])[],
  heldOut: readonly (readonly number[])[],
  { stride, size, weights: own, limit, random, ...options }: TilePatternOptions,
): Promise<TilePatterns | undefined> {
  const count = Math.min(MOST_DRAWS, Math.max(FEWEST_DRAWS, Math.ceil(TILES / options.length)));
  const weights = new Map<number, number>();
  const patterns = { stride, weights };
  const draw = async (temperature: number, name: string) =>
    countsOf(
      await sampleSequences(model, {
        ...options,
        count,
        stride,
        temperature,
        random: random.fork(name),
        weights: (before) => weighed(own(before), patterns, before),
      }),
      stride,
      size,
    );
  const wanted = countsOf(train, stride, size);
  const plain = await draw(1, 'plain');
  for (let round = 0; round < ROUNDS; round++) {
    const got = await draw(PATTERN_TEMPERATURE, `round ${round}`);
    const scale = wanted.cells / Math.max(1, got.cells);
    for (const pattern of new Set([...wanted.counts.keys(), ...got.counts.keys()])) {
      const [much, came] = [wanted.counts.get(pattern) ?? 0, scale * (got.counts.get(pattern) ?? 0)];
      const ratio = ((much + BY_CHANCE) / (came + BY_CHANCE)) ** RATE;
      weights.set(pattern, Math.min(MOST, Math.max(1 / MOST, (weights.get(pattern) ?? 1) * ratio)));
    }
    if (isOver(limit)) return undefined;
  }
  const held = countsOf(heldOut, stride, size);
  return apart(await draw(PATTERN_TEMPERATURE, 'weighed'), held) < apart(plain, held) ? patterns : undefined;
}

function apart(a: Counted, b: Counted): number {
  const patterns = [...new Set([...a.counts.keys(), ...b.counts.keys()])];
  const sharesOf = ({ counts }: Counted) => patterns.map((pattern) => counts.get(pattern) ?? 0);
  return jensenShannon(sharesOf(a), sharesOf(b));
}

/** @param weights By token; @returns others, by the patterns that each would end */
export function weighed(
  weights: Float64Array,
  { stride, weights: patterns }: TilePatterns,
  before: readonly number[],
): Float64Array {
  const at = before.length;
  if (at < stride || at % stride === 0) return weights;
  const first = patternOf(before, at, stride, weights.length);
  return weights.map((weight, token) => weight * (patterns.get(first + token) ?? 1));
}

/** The number of the pattern whose last tile is 0. */
const patternOf = (tiles: readonly number[], at: number, stride: number, size: number): number =>
  ((tiles[at - stride - 1]! * size + tiles[at - stride]!) * size + tiles[at - 1]!) * size;

interface Counted {
  /** By pattern. */
  readonly counts: ReadonlyMap<number, number>;
  readonly cells: number;
}

function countsOf(sequences: readonly (readonly number[])[], stride: number, size: number): Counted {
  const counts = new Map<number, number>();
  let cells = 0;
  for (const tiles of sequences) {
    for (let at = stride + 1; at < tiles.length; at++) {
      if (at % stride === 0) continue;
      const pattern = patternOf(tiles, at, stride, size) + tiles[at]!;
      counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
      cells++;
    }
  }
  return { counts, cells };
}
