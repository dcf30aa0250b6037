import { expect, it } from 'vitest';
import { binomialCdf } from '../distributions/beta.ts';
import { clopperPearsonInterval } from './clopper-pearson.ts';

// scipy.stats.binomtest(k, n).proportion_ci(method='exact'), SciPy.
it.each([
  [0, 10, 0, 0.30849710781876294],
  [3, 20, 0.03207093718554477, 0.37892682654529564],
  [20, 20, 0.8315665290169145, 1],
])('is the exact interval of %i of %i', (k, n, low, high) => {
  const [own, top] = clopperPearsonInterval(k, n);
  expect(own).toBeCloseTo(low, 7);
  expect(top).toBeCloseTo(high, 7);
});

it('holds the true share at least as often as it says', () => {
  const n = 15;
  for (const p of [0.02, 0.1, 0.37, 0.5, 0.9]) {
    let held = 0;
    for (let k = 0; k <= n; k++) {
      const [low, high] = clopperPearsonInterval(k, n);
      if (low <= p && p <= high) held += binomialCdf(k, n, p) - (k > 0 ? binomialCdf(k - 1, n, p) : 0);
    }
    expect(held).toBeGreaterThanOrEqual(0.95);
  }
});
