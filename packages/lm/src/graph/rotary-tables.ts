/** Rotary positions as tables of angles, from which the runtime's attention turns queries and keys by itself: one node for three. */
import { constant, type Tensor } from '@gradus/engine';
import type { RopeConfig } from '../families/decoder-config.ts';

/** Numbers of a table at most: beyond that angles are computed for the positions that come. */
const MOST_NUMBERS = 2 ** 21;

/** Whether the runtime's attention can turn these: whole heads, of sizes that it takes, at the same speed however long a text is. */
export const isTurnedInside = (
  { frequencies, long }: RopeConfig,
  headSize: number,
  places: number,
): boolean =>
  long === undefined &&
  2 * frequencies.length === headSize &&
  headSize % 16 === 0 &&
  places * frequencies.length <= MOST_NUMBERS;

/** Cosines and sines by position, [places, pairs] each. */
export function rotaryTables({ frequencies, factor }: RopeConfig, places: number): readonly Tensor[] {
  const pairs = frequencies.length;
  const turns = Float32Array.from(frequencies);
  return [Math.cos, Math.sin].map((of) =>
    constant({
      dtype: 'float32',
      dims: [places, pairs],
      // The angle in 32 bits, as graphs compute it.
      data: Float32Array.from(
        { length: places * pairs },
        (_, i) => factor * of(Math.fround(Math.floor(i / pairs) * turns[i % pairs]!)),
      ),
    }),
  );
}
