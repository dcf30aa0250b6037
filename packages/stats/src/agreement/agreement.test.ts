/** Agreement against scikit-learn and statsmodels, and against simulated judges whose truth is known. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { symmetricInterval, uncertaintyOf } from '../influence/influence.ts';
import { correctedRate } from './corrected-rate.ts';
import { kappaInfluence } from './kappa.ts';

describe('kappa', () => {
  it('is that of scikit-learn, with the standard error of statsmodels', () => {
    // cohen_kappa_score, and statsmodels' cohens_kappa([[20, 5], [10, 15]]): kappa 0.4, std_kappa 0.1283
    const a = [...Array(25).fill(0), ...Array(25).fill(1)];
    const b = [...Array(20).fill(0), ...Array(5).fill(1), ...Array(10).fill(0), ...Array(15).fill(1)];
    const { value, influence } = kappaInfluence(a, b, 2);
    expect(value).toBeCloseTo(0.4, 12);
    expect(uncertaintyOf(influence).standardError).toBeCloseTo(0.1283, 2);
  });

  it('has intervals that hold the truth', () => {
    const random = new Random(3);
    // Two raters that see the truth with 0.8: they agree with 0.68, by chance with 0.5: kappa 0.36.
    let held = 0;
    for (let k = 0; k < 400; k++) {
      const truth = Array.from({ length: 150 }, () => random.below(2));
      const rate = () => truth.map((of) => (random.uniform() < 0.8 ? of : 1 - of));
      const { value, influence } = kappaInfluence(rate(), rate(), 2);
      const [low, high] = symmetricInterval(value, uncertaintyOf(influence));
      if (low <= 0.36 && 0.36 <= high) held++;
    }
    expect(Math.abs(held / 400 - 0.95)).toBeLessThan(0.03);
  });
});

describe('a corrected rate', () => {
  it('holds the true rate where the judge’s own is wrong', () => {
    const random = new Random(4);
    let held = 0;
    for (let k = 0; k < 300; k++) {
      const draw = (n: number, p: number) =>
        Array.from({ length: n }, () => Number(random.uniform() < p)).reduce((a, b) => a + b, 0);
      // Truth 0.7; the judge passes 0.9 of the good and 0.4 of the bad: it sees 0.75.
      const found = correctedRate({
        passed: draw(1000, 0.75),
        n: 1000,
        passedRight: draw(140, 0.9),
        passedN: 140,
        failedRight: draw(60, 0.6),
        failedN: 60,
      })!;
      if (found.interval[0] <= 0.7 && 0.7 <= found.interval[1]) held++;
    }
    expect(held / 300).toBeGreaterThan(0.92);
    expect(held / 300).toBeLessThan(0.99);
  });

  it('is not given by a judge that guesses', () => {
    const guess = { passed: 50, n: 100, passedRight: 25, passedN: 50, failedRight: 25, failedN: 50 };
    expect(correctedRate(guess)).toBeUndefined();
  });
});
