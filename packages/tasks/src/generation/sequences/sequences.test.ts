import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitNgram, ngramNats, ngramProbabilities } from './ngram.ts';
import { sampleSequences } from './sample.ts';
import { fitSequenceModel, natsOfEach, sequenceNats } from './sequence-model.ts';
import { Vocabulary } from './vocabulary.ts';

const sequence = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 });

describe('the n-gram model', () => {
  it('gives probabilities that add up to 1, none of them 0, after any tokens', () => {
    fc.assert(
      fc.property(fc.array(sequence, { minLength: 1, maxLength: 20 }), sequence, (train, before) => {
        const model = fitNgram(train, 5, { offsets: [1, 2, 3] });
        const probabilities = ngramProbabilities(model, before);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        expect(Math.min(...probabilities)).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  it('is interpolated Kneser-Ney: by hand for two sequences', () => {
    // After 1 stood 2 twice: (2 - 0.75) / 2, and 0.75 / 2 of the shorter history. There, of four different pairs (0→1, 1→2, 2→0 and no more),
    // 2 stood after one of three: (1 - 0.75) / 3 + 0.75 × 3 / 3 of 1 / 4.
    const model = fitNgram(
      [
        [1, 2],
        [1, 2],
      ],
      4,
      { offsets: [1] },
    );
    const shorter = (1 - 0.75) / 3 + 0.75 / 4;
    expect(ngramProbabilities(model, [1])[2]).toBeCloseTo((2 - 0.75) / 2 + (0.75 / 2) * shorter, 12);
  });

  it('looks at the tile beside and above where it reads a grid by columns', () => {
    // Columns of two tiles; the lower one is that of the column before.
    const random = new Random(4);
    const grids = Array.from({ length: 40 }, () => {
      let low = 1 + random.below(2);
      return Array.from({ length: 10 }, (_, x) => {
        if (x % 3 === 0) low = 1 + random.below(2);
        return [3, low];
      }).flat();
    });
    const plain = fitNgram(grids, 4, { offsets: [1] });
    const beside = fitNgram(grids, 4, { offsets: [2], stride: 2 });
    expect(ngramNats(beside, grids)).toBeLessThan(0.8 * ngramNats(plain, grids));
  });
});

describe('a model of sequences', () => {
  it('learns what n-grams cannot, draws it, and obeys its bars; the same seed draws the same', async () => {
    // The last token is the first, however long the sequence.
    const random = new Random(1);
    const draw = () => {
      const first = 1 + random.below(3);
      return [first, ...Array.from({ length: 6 }, () => 4 + random.below(2)), first];
    };
    const all = Array.from({ length: 400 }, draw);
    const fitted = await fitSequenceModel(all.slice(0, 300), all.slice(300, 350), {
      shape: { vocabulary: 6, length: 9, layers: 1, features: 32, heads: 4 },
      epochs: 12,
      contexts: [{ offsets: [1, 2, 3] }],
      random: new Random(2),
    });
    expect(fitted.nats.transformer).toBeLessThan(fitted.nats.ngram - 0.05);
    const { model } = fitted;
    expect(model.weight).toBeGreaterThan(0.5);
    expect(await sequenceNats(model, all.slice(350))).toBeCloseTo(fitted.nats.mixture, 0);
    // All sequences are of one length: the mean of each is the mean of all.
    const each = await natsOfEach(model, all.slice(350));
    expect(each.reduce((a, b) => a + b, 0) / 50).toBeCloseTo(await sequenceNats(model, all.slice(350)), 9);
    const bar = Float64Array.from([1, 1, 1, 1, 1, 0]);
    const options = { count: 20, length: 9, temperature: 0.5, weights: () => bar };
    const drawn = await sampleSequences(model, { ...options, random: new Random(3) });
    expect(drawn.flat()).not.toContain(5);
    expect(drawn.filter((each) => each.length === 8 && each[0] === each.at(-1)).length).toBeGreaterThan(10);
    expect(await sampleSequences(model, { ...options, random: new Random(3) })).toEqual(drawn);
  });

  it('goes on beyond what its transformer sees at once', async () => {
    const cycle = Array.from({ length: 40 }, (_, i) => 1 + (i % 4));
    const windows = (sequence: readonly number[]) =>
      Array.from({ length: 8 }, (_, i) => sequence.slice(4 * i, 4 * i + 11));
    const fitted = await fitSequenceModel([cycle, cycle, cycle, cycle], [cycle], {
      shape: { vocabulary: 5, length: 12, layers: 1, features: 32, heads: 4 },
      epochs: 30,
      contexts: [{ offsets: [4] }],
      windows,
      random: new Random(2),
    });
    const weights = () => Float64Array.from([0, 1, 1, 1, 1]);
    const model = { ...fitted.model, weight: 0.5 };
    const [drawn] = await sampleSequences(model, {
      count: 1,
      length: 40,
      stride: 4,
      temperature: 0.2,
      weights,
      random: new Random(1),
    });
    expect(drawn).toHaveLength(40);
    expect(drawn!.slice(4).filter((token, i) => token === drawn![i]).length).toBeGreaterThan(30);
  });
});

describe('a vocabulary', () => {
  it('gives texts back, and refuses characters that it does not have', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const vocabulary = Vocabulary.of(texts);
        for (const text of texts) expect(vocabulary.decode(vocabulary.encode(text))).toBe(text);
      }),
    );
    expect(() => Vocabulary.of(['ab']).encode('abc')).toThrow('"c" in "abc" is not in what was learnt from');
  });
});
