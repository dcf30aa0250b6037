/**
 * How likely tiles are made while a level is drawn, so that it comes out as the rules want it: of the size of the originals, with the tiles
 * that all of them have where they have them, and with as many of each counted tile. Tiles that are still needed become likelier the fewer
 * cells are left, so that they are spread over the level and do not pile up at its end.
 */
import type { Vocabulary } from '@gradus/tasks';
import type { Wants } from './kind.ts';
import { type LevelRules, MOST_COUNTED } from './level-rules.ts';

/** More would put tiles where nothing speaks for them. */
const LIKELIEST = 30;

export function levelWeights(
  { height, widths, counts, fixed, words }: LevelRules,
  vocabulary: Vocabulary,
  wants: Wants,
): (before: readonly number[]) => Float64Array {
  const wanted = typeof wants.length === 'number' ? wants.length : undefined;
  const [least, most] = [(wanted ?? widths[0]!) * height, (wanted ?? widths.at(-1)!) * height];
  const { size, characters } = vocabulary;
  const limits = characters.map((tile) => limitOf(tile, counts.get(tile), words.get(tile), wants));
  const freeBefore = fixed && cumulative(fixed.map((tile) => Number(tile === null)));
  return (before) => {
    const at = before.length;
    const weights = new Float64Array(size);
    const own = fixed?.[at];
    if (own !== undefined && own !== null) {
      weights[characters.indexOf(own)] = 1;
      return weights;
    }
    if (at >= most) {
      weights[0] = 1;
      return weights;
    }
    weights.fill(1);
    weights[0] = Number(at >= least && at % height === 0);
    if (!freeBefore) return weights;
    const free = freeBefore.at(-1)!;
    const left = free - freeBefore[at]!;
    const has = countsOf(before, size);
    let needed = 0;
    for (const [token, limit] of limits.entries()) {
      if (!limit) continue;
      const [fewest, many] = limit;
      needed += Math.max(0, fewest - has[token]!);
      const usual = (fewest + many) / 2;
      const expected = (usual / free) * left;
      if (has[token]! >= many) weights[token] = 0;
      else if (expected > 0)
        weights[token] = Math.min(LIKELIEST, Math.max(0, usual - has[token]!) / expected);
    }
    if (left > needed) return weights;
    // Only what is still needed has room.
    return weights.map((weight, token) =>
      limits[token] && has[token]! < limits[token][0] ? Math.max(weight, 1) : 0,
    );
  };
}

/** How many of a tile a level may have: as many as the originals, or as many as people want. */
export function limitOf(
  tile: string,
  counted: readonly [number, number] | undefined,
  names: readonly string[] = [],
  wants: Wants,
): readonly [number, number] | undefined {
  const want = [tile, ...names].map((name) => wants[name]).find((value) => typeof value === 'number');
  if (want !== undefined) return [want as number, want as number];
  return counted && counted[1] <= MOST_COUNTED ? counted : undefined;
}

function countsOf(tokens: readonly number[], size: number): Int32Array {
  const counts = new Int32Array(size);
  for (const token of tokens) counts[token]!++;
  return counts;
}

/** [0, a, a + b, …] */
function cumulative(values: readonly number[]): number[] {
  let sum = 0;
  return [0, ...values.map((value) => (sum += value))];
}
