import { Random } from '@gradus/base';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateClassifier } from '../shared/classifier.ts';
import { baselineProbabilities, orBaseline } from './baselines.ts';
import type { TextModel } from './model.ts';
import { predictTexts } from './predict.ts';
import { trainTexts } from './train.ts';

const GOOD = ['fast delivery', 'lovely taste', '味道很好', '送餐很快'];
const BAD = ['cold soup', 'rude courier', '送餐太慢', '味道太差'];

function made(count: number, seed: number): { texts: string[]; labels: number[] } {
  const random = new Random(seed);
  const labels = Array.from({ length: count }, () => random.below(2));
  const texts = labels.map((label) => {
    const parts = label ? GOOD : BAD;
    return `${parts[random.below(4)]}, ${parts[random.below(4)]} ${random.below(1000)}`;
  });
  return { texts, labels };
}

describe('what is deployed', () => {
  const [train, test] = [made(200, 1), made(60, 2)];
  const { majority, tfidfLogistic: baseline } = baselineProbabilities(
    train.texts,
    train.labels,
    test.texts,
    2,
  );
  let model: TextModel;
  beforeAll(async () => {
    model = await trainTexts(train.texts, train.labels, { classes: ['bad', 'good'], random: new Random(3) });
  });

  it('is the model where it is no worse than the baseline of words', async () => {
    expect(await orBaseline(model, { train, test, baseline })).toEqual({ model, isBaseline: false });
  });

  it('is the baseline, with its very probabilities, where the model is worse beyond chance', async () => {
    const runaway = { ...model, shift: 50 };
    const chosen = await orBaseline(runaway, { train, test, baseline });
    expect(chosen.isBaseline).toBe(true);
    const probabilities = await predictTexts(chosen.model, test.texts);
    for (const [i, p] of probabilities.entries()) expect(p).toBeCloseTo(baseline[i]!, 5);
  });

  it('is said to tell nothing where it is right no more often than the larger class', async () => {
    const judge = (probabilities: ArrayLike<number>) =>
      evaluateClassifier(
        {
          labels: test.labels,
          probabilities: Array.from(probabilities),
          baselines: { majority, tfidfLogistic: baseline },
          temperature: 1,
          trainedOn: 200,
        },
        new Random(1),
      );
    expect(judge(await predictTexts(model, test.texts)).majority.standing).toBe('better');
    expect(judge(majority).majority).toEqual({ pValue: 1, standing: 'alike' });
    expect(judge(test.labels.map((label) => 1 - label)).majority.standing).toBe('worse');
  });
});
