/** Agreement against scikit-learn and statsmodels, and against simulated judges whose truth is known. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { uncertaintyOf } from '../influence/influence.ts';
import { correctedRate } from './corrected-rate.ts';
import { kappaInfluence, kappaInterval } from './kappa.ts';

describe('kappa', () => {
  it('is that of scikit-learn, with the standard error of statsmodels', () => {
    // cohen_kappa_score, and statsmodels' cohens_kappa([[20, 5], [10, 15]]): kappa 0.4, std_kappa 0.1283
    const a = [...Array(25).fill(0), ...Array(25).fill(1)];
    const b = [...Array(20).fill(0), ...Array(5).fill(1), ...Array(10).fill(0), ...Array(15).fill(1)];
    const { value, influence } = kappaInfluence(a, b, 2);
    expect(value).toBeCloseTo(0.4, 12);
    expect(uncertaintyOf(influence).standardError).toBeCloseTo(0.1283, 2);
  });

  // Raters that are right with 0.8 agree with 0.68 and by chance with 0.5: kappa 0.36. Where 90 % are of one class and the second rater
  // is right on 0.95 of these and 0.7 of the others, they agree with 0.925 and by chance with 0.808: 0.609.
  it.each([
    [
      'even classes',
      150,
      0.36,
      (random: Random) => {
        const truth = random.below(2);
        const rate = () => (random.uniform() < 0.8 ? truth : 1 - truth);
        return [rate(), rate()] as const;
      },
    ],
    [
      'one class of ten',
      30,
      0.6094,
      (random: Random) => {
        const truth = Number(random.uniform() < 0.9);
        return [truth, random.uniform() < (truth ? 0.95 : 0.7) ? truth : 1 - truth] as const;
      },
    ],
  ] as const)('has intervals that hold the truth, of %s', (_, n, kappa, draw) => {
    const random = new Random(3);
    let [held, all] = [0, 0];
    for (let k = 0; k < 150; k++) {
      const rows = Array.from({ length: n }, () => draw(random));
      const [a, b] = [rows.map(([first]) => first), rows.map(([, second]) => second)];
      if (!Number.isFinite(kappaInfluence(a, b, 2).value)) continue;
      const [low, high] = kappaInterval(a, b, 2);
      all++;
      if (low <= kappa && kappa <= high) held++;
    }
    expect(Math.abs(held / all - 0.95)).toBeLessThan(0.05);
  });

  it('is as sure of rows that are all there twice as of the rows themselves', () => {
    const [a, b] = [
      [1, 1, 0, 1, 0, 1, 1, 0, 1, 1],
      [1, 1, 0, 0, 0, 1, 1, 1, 1, 1],
    ];
    const once = kappaInterval(a, b, 2);
    const clusters = Int32Array.from({ length: 20 }, (_, i) => i % 10);
    const [low, high] = kappaInterval([...a, ...a], [...b, ...b], 2, clusters);
    // The few clusters widen it by t.
    expect(low).toBeLessThan(once[0] + 0.02);
    expect(high).toBeGreaterThan(once[1] - 0.02);
  });
});

describe('a corrected rate', () => {
  it('holds the true rate where the judge’s own is wrong, whichever rows are labelled', () => {
    const random = new Random(4);
    for (const labelledOf of [0.2, 1]) {
      let held = 0;
      for (let k = 0; k < 100; k++) {
        // Truth 0.7; the judge passes 0.9 of the good and 0.4 of the bad: it sees 0.75.
        const truth = Array.from({ length: 400 }, () => Number(random.uniform() < 0.7));
        const verdicts = truth.map((good) => Number(random.uniform() < (good ? 0.9 : 0.4)));
        // Failed ones are looked at twice as often.
        const labels = truth.map((good, i) =>
          random.uniform() < labelledOf * (verdicts[i] ? 1 : 2) ? good : Number.NaN,
        );
        const { interval } = correctedRate(verdicts, labels)!;
        if (interval[0] <= 0.7 && 0.7 <= interval[1]) held++;
      }
      expect(held / 100).toBeGreaterThan(0.89);
      expect(held / 100).toBeLessThan(1);
    }
  });

  it('is that of the labels where all are labelled, and not given with fewer than five of either verdict', () => {
    const verdicts = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
    const labels = [1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0];
    expect(correctedRate(verdicts, labels)!.value).toBeCloseTo(5 / 11, 12);
    expect(correctedRate(verdicts.slice(0, -1), labels.slice(0, -1))).toBeUndefined();
  });
});
