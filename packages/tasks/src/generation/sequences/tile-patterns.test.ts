/** Patterns of tiles are drawn about as often as originals have them. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fitNgram } from './ngram.ts';
import { sampleSequences } from './sample.ts';
import { fitTilePatterns, PATTERN_TEMPERATURE, type TilePatterns, weighed } from './tile-patterns.ts';

const [STRIDE, COLUMNS, SIZE] = [6, 20, 4];
/** Ground whose height changes by a step at most; now and then something that is two columns wide stands on it. */
function level(random: Random): number[] {
  let [height, isOn] = [3, false];
  return Array.from({ length: COLUMNS }, () => {
    if (!isOn) height = Math.min(4, Math.max(1, height + random.below(3) - 1));
    const stands = isOn || random.below(6) === 0;
    isOn = stands && !isOn;
    return Array.from({ length: STRIDE }, (_, y) => (y > height ? 2 : stands && y === height ? 3 : 1));
  }).flat();
}

/** Total variation between how often patterns come up. */
function apart(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const shares = (of: typeof a) => {
    const counts = new Map<string, number>();
    let all = 0;
    for (const tiles of of)
      for (let at = STRIDE + 1; at < tiles.length; at++) {
        if (at % STRIDE === 0) continue;
        const key = [tiles[at - STRIDE - 1], tiles[at - STRIDE], tiles[at - 1], tiles[at]].join();
        counts.set(key, (counts.get(key) ?? 0) + 1);
        all++;
      }
    return (key: string) => [counts.get(key) ?? 0, [...counts.keys()], all] as const;
  };
  const [x, y] = [shares(a), shares(b)];
  const keys = new Set([...x('')[1], ...y('')[1]]);
  return [...keys].reduce((sum, key) => sum + Math.abs(x(key)[0] / x('')[2] - y(key)[0] / y('')[2]) / 2, 0);
}

describe('fitTilePatterns', () => {
  const random = new Random(1);
  const some = (count: number) => Array.from({ length: count }, () => level(random));
  const [originals, validation, heldOut] = [some(40), some(10), some(400)];
  const weights = (before: readonly number[]) =>
    Float64Array.from({ length: SIZE }, (_, token) => Number(token > 0 === before.length < STRIDE * COLUMNS));
  const options = { stride: STRIDE, length: STRIDE * COLUMNS + 1, weights };
  const fitted = (offsets: readonly number[], to = validation) => {
    const model = { ngram: fitNgram(originals, SIZE, { offsets, stride: STRIDE }), weight: 0 };
    const fit = () =>
      fitTilePatterns(model, originals, to, { ...options, size: SIZE, random: new Random(2) });
    const draw = (temperature: number, own?: TilePatterns) =>
      sampleSequences(model, {
        ...options,
        temperature,
        count: 200,
        random: new Random(3),
        weights: (before) => (own ? weighed(weights(before), own, before) : weights(before)),
      });
    return { fit, draw };
  };

  it('brings draws of a table nearer to what it has not seen, the same for the same seed', async () => {
    // The table sees what is above and beside, not above and beside at once.
    const { fit, draw } = fitted([1, STRIDE]);
    const patterns = (await fit())!;
    expect(await fit()).toEqual(patterns);
    const [plain, near] = [await draw(1), await draw(PATTERN_TEMPERATURE, patterns)];
    expect(apart(near, heldOut)).toBeLessThan(0.95 * apart(plain, heldOut));
  });

  it('is left alone where draws without weights are nearer', async () => {
    const { fit, draw } = fitted([1, STRIDE]);
    expect(await fit()).toBeDefined();
    expect(await fitted([1, STRIDE], await draw(1)).fit()).toBeUndefined();
  });
});
