import { existsSync } from 'node:fs';
import { Random } from '@gradus/base';
import { cleanText, readTable, stratifiedSplit } from '@gradus/data';
import { readOnnx, writeOnnx } from '@gradus/engine';
import { accuracy } from '@gradus/stats';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TextModel, textGraph } from './model.ts';
import { predictTexts } from './predict.ts';
import { trainTexts } from './train.ts';

const GOOD = ['fast delivery', 'lovely taste', '味道很好', '送餐很快', 'friendly courier', '包装很好'];
const BAD = ['cold soup', 'rude courier', '送餐太慢', '味道太差', 'missing drinks', '包装破了'];

/** Texts whose sentiment is that of most of their parts. */
function made(count: number, seed: number): { texts: string[]; labels: number[] } {
  const random = new Random(seed);
  const texts: string[] = [];
  const labels: number[] = [];
  for (let i = 0; i < count; i++) {
    const label = random.below(2);
    const [own, other] = label ? [GOOD, BAD] : [BAD, GOOD];
    texts.push([own, own, other].map((parts) => parts[random.below(parts.length)]).join(', '));
    labels.push(label);
  }
  return { texts, labels };
}

const classes = ['bad', 'good'];

const right = (labels: number[], probabilities: Float32Array) =>
  accuracy(
    labels,
    probabilities.map((p) => (p >= 0.5 ? 1 : 0)),
  );

describe('a text classifier', () => {
  const train = made(700, 1);
  const test = made(200, 2);
  let model: TextModel;
  beforeAll(async () => {
    model = await trainTexts(train.texts, train.labels, { classes, random: new Random(3) });
  });

  it('learns both languages, with networks where there are texts enough', async () => {
    expect(model.networks).toHaveLength(3);
    expect(right(test.labels, await predictTexts(model, test.texts))).toBeGreaterThan(0.97);
  });

  it('says the same when it has been written to a file and read again', async () => {
    const { graph } = readOnnx(writeOnnx(textGraph(model)));
    expect(Object.keys(graph.inputs)).toEqual(['tokens', 'terms', 'weights']);
    expect(graph.outputs.probabilities!.shape).toEqual(['batch', 2]);
  });

  it('answers any text, known words or not, and one at a time as all together', async () => {
    const texts = ['', ' ', '👍', 'zzz qqq', 'x'.repeat(5000), '味道很好', '<script>', '\uD800'];
    const together = await predictTexts(model, texts);
    for (const [i, text] of texts.entries()) {
      const [alone] = await predictTexts(model, [text]);
      expect(alone).toBeCloseTo(together[i]!, 5);
      expect(alone).toBeGreaterThanOrEqual(0);
      expect(alone).toBeLessThanOrEqual(1);
    }
  });

  it('goes on after being cut off, to the same model', async () => {
    let kept: unknown;
    const controller = new AbortController();
    const checkpoint = {
      save: (state: unknown) => {
        kept = structuredClone(state);
      },
      load: () => structuredClone(kept),
    };
    const cut = trainTexts(train.texts, train.labels, {
      classes,
      random: new Random(3),
      checkpoint,
      signal: controller.signal,
      onEpoch: ({ fold, epoch }) => fold === 2 && epoch === 1 && controller.abort(new Error('cut')),
    });
    await expect(cut).rejects.toThrow('cut');
    expect(
      await trainTexts(train.texts, train.labels, { classes, random: new Random(3), checkpoint }),
    ).toEqual(model);
  });

  it('does without networks on few texts, and still without enough of a class for folds', async () => {
    const few = made(80, 5);
    const small = await trainTexts(few.texts, few.labels, { classes, random: new Random(1) });
    expect(small.networks).toEqual([]);
    expect(right(test.labels, await predictTexts(small, test.texts))).toBeGreaterThan(0.9);
    const lopsided = await trainTexts(['good', 'bad', 'fine', 'nice'], [1, 0, 1, 1], {
      classes,
      random: new Random(1),
    });
    expect(lopsided.temperature).toBe(1);
  });
});

const waimai = '../shared/data/waimai_10k/waimai_10k.csv';
it.skipIf(!existsSync(waimai))('beats TF-IDF on real reviews (needs ../shared/data)', async () => {
  const { rows } = await readTable(waimai);
  const some = rows.filter((_, i) => i % 6 === 0);
  const [texts, labels] = [some.map(([, text]) => cleanText(text!)), some.map(([label]) => Number(label))];
  const split = stratifiedSplit(labels, { test: 0.2, validation: 0 }, new Random(1));
  const pick = <T>(values: readonly T[], at: Int32Array) => Array.from(at, (i) => values[i]!);
  const model = await trainTexts(pick(texts, split.train), pick(labels, split.train), {
    classes,
    random: new Random(1),
  });
  const probabilities = await predictTexts(model, pick(texts, split.test));
  expect(right(pick(labels, split.test), probabilities)).toBeGreaterThan(0.86);
});
