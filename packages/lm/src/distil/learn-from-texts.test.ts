/** Vectors of tokens learn from vectors of texts, and stay as they are where that teaches nothing. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { learntFromTexts } from './learn-from-texts.ts';

const [TOKENS, SIZE] = [60, 8];
const random = new Random(3);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const texts = Array.from({ length: 400 }, () =>
  Array.from({ length: 4 + random.below(4) }, () => random.below(TOKENS)),
);

const mean = (data: Float32Array, tokens: readonly number[]) =>
  Array.from({ length: SIZE }, (_, k) =>
    tokens.reduce((sum, t) => sum + data[t * SIZE + k]! / tokens.length, 0),
  );
const cosine = (a: readonly number[], b: readonly number[]) => {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe('static embeddings that learn from texts', () => {
  const hidden = normals(TOKENS * SIZE);
  const table = { data: normals(TOKENS * SIZE), dimensions: SIZE };
  const [seen, unseen] = [texts.slice(0, 300), texts.slice(300)];

  it('find vectors whose means are what texts are said to be, of texts not seen as well', () => {
    const wanted = Float32Array.from(seen.flatMap((tokens) => mean(hidden, tokens)));
    const learnt = learntFromTexts(table, { tokens: seen, wanted }, 0);
    const near = (data: Float32Array) =>
      unseen.reduce((sum, tokens) => sum + cosine(mean(data, tokens), mean(hidden, tokens)), 0) /
      unseen.length;
    expect(near(table.data)).toBeLessThan(0.3);
    expect(near(learnt.data)).toBeGreaterThan(0.98);
    expect(learntFromTexts(table, { tokens: seen, wanted }, 0)).toEqual(learnt);
  });

  it('stay as they are where texts say nothing, or are few', () => {
    // What the table says already.
    const said = Float32Array.from(seen.flatMap((tokens) => mean(table.data, tokens)));
    expect(learntFromTexts(table, { tokens: seen.slice(0, 20), wanted: said }, 0)).toBe(table);
    expect(learntFromTexts(table, { tokens: seen, wanted: said }, 0)).toBe(table);
  });

  it('leave a token alone that no text has, but for its size', () => {
    const without = seen
      .map((tokens) => tokens.filter((token) => token !== 7))
      .filter(({ length }) => length > 0);
    const wanted = Float32Array.from(without.flatMap((tokens) => mean(hidden, tokens)));
    const { data } = learntFromTexts(table, { tokens: without, wanted }, 0);
    const row = (of: Float32Array) => [...of.subarray(7 * SIZE, 8 * SIZE)];
    expect(Math.abs(cosine(row(data), row(table.data)))).toBeCloseTo(1, 5);
  });
});
