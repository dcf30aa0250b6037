import { describe, expect, it } from 'vitest';
import { termFeatures, termInputs, tokenInputs } from '../index.ts';

const sorted = (terms: readonly string[]) => [...terms].sort();

describe('termFeatures', () => {
  it('adds the kinds of terms that its options name, and no others', () => {
    const words = termFeatures({ tokens: 'words', longestRun: 2, stem: 5, characterRun: 2 });
    expect(sorted(words.fit(['great delivery'], { minDocuments: 1 }).terms)).toEqual(
      sorted(['great', 'delivery', 'great delivery', 's:deliv']),
    );
    expect(sorted(words.fit(['味道好'], { minDocuments: 1 }).terms)).toEqual(
      sorted(['味道', '好', '味道 好', 'c:味', 'c:道', 'c:好', 'c:味道', 'c:道好']),
    );
    const characters = termFeatures({ tokens: 'characters', longestRun: 1, negationReach: 2, wordRun: 2 });
    expect(sorted(characters.fit(["don't like it much"], { minDocuments: 1 }).terms)).toEqual(
      sorted(["don't", 'like', 'it', 'much', 'n:like', 'n:it']),
    );
    expect(sorted(characters.fit(['味道不好'], { minDocuments: 1 }).terms)).toEqual(
      sorted(['味', '道', '不', '好', 'n:好', 'w:味道', 'w:不好', 'w:味道 不好']),
    );
  });

  it('learns from the texts it is fitted on alone, and returns the same rows in one pass or two', () => {
    const features = termFeatures({ tokens: 'words', longestRun: 2 });
    const texts = ['good soup', 'good tea', 'cold soup', ''];
    const { model, matrix } = features.fitTransform(texts, { minDocuments: 1 });
    expect(features.fit(texts, { minDocuments: 1 })).toEqual(model);
    expect(features.transform(model, texts)).toEqual(matrix);
    expect(model.terms).not.toContain('unseen');
    const unseen = features.transform(model, ['unseen words']);
    expect(Array.from(unseen.offsets)).toEqual([0, 0]);
  });
});

describe('inputs of a graph', () => {
  it('have rows filled up: terms with the column past the last, tokens with padding', () => {
    const features = termFeatures({ tokens: 'words', longestRun: 1 });
    const { matrix } = features.fitTransform(['a b', 'a', ''], { minDocuments: 1 });
    const { terms, weights } = termInputs(matrix, Int32Array.of(1, 0, 2));
    expect(terms!.dims).toEqual([3, 2]);
    expect(Array.from(terms!.data as BigInt64Array)).toEqual([0n, 2n, 0n, 1n, 2n, 2n]);
    expect(Array.from(weights!.data as Float32Array).filter((weight) => weight > 0)).toHaveLength(3);

    const { tokens } = tokenInputs(
      [Int32Array.of(5), Int32Array.of(6, 7, 8)],
      Int32Array.of(1, 0),
      [2, 4, 8],
    );
    expect(tokens!.dims).toEqual([2, 4]);
    expect(Array.from(tokens!.data as BigInt64Array)).toEqual([6n, 7n, 8n, 0n, 5n, 0n, 0n, 0n]);
    expect(() => tokenInputs([new Int32Array(9)], Int32Array.of(0), [8])).toThrow(RangeError);
  });
});
