/** Expected figures are SciPy's (1.x: wasserstein_distance, jensenshannon, binom). */
import { describe, expect, it } from 'vitest';
import { windowLevel } from './false-alarms.ts';
import { jensenShannon } from './jensen-shannon.ts';
import { binCounts, psi, quantileEdges } from './psi.ts';
import { wasserstein, wassersteinNormed } from './wasserstein.ts';

/** Numbers without a pattern that are the same in any language. */
const a = (n: number) => Array.from({ length: n }, (_, i) => (((i + 1) * 7919) % 1009) / 100);
const b = (n: number) => Array.from({ length: n }, (_, i) => (((i + 1) * 104729) % 997) / 90 - 0.3);

const closeTo = (actual: number, expected: number, relative: number) =>
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(relative);

describe('distances', () => {
  it('Wasserstein, plain and over the standard deviation of the reference', () => {
    closeTo(wasserstein(a(40), b(60)), 0.4628425925925926, 1e-12);
    closeTo(wassersteinNormed(a(40), b(60)), 0.15871229096004, 1e-12);
    closeTo(wasserstein([1, 1, 2], [2, 2, 5, 5]), 2.1666666666666665, 1e-12);
    expect(wassersteinNormed([1, 1, 1], [1, 1, 1.001])).toBeCloseTo(1 / 3, 9);
  });

  it('Jensen and Shannon', () => {
    closeTo(jensenShannon([10, 20, 70], [20, 20, 60]), 0.10207805734589409, 1e-12);
    closeTo(jensenShannon([1, 0], [0, 1]), 0.8325546111576977, 1e-12);
    closeTo(jensenShannon([5, 0, 3], [4, 1, 3]), 0.21633562123231448, 1e-12);
    expect(jensenShannon([2, 6], [1, 3])).toBe(0);
  });

  it('the population stability index, over deciles of the reference', () => {
    closeTo(psi([10, 20, 70], [20, 20, 60]), 0.08472978603872035, 1e-12);
    closeTo(psi([5, 0, 3], [4, 1, 3]), 0.9185422078182899, 1e-12);
    const edges = quantileEdges(a(300));
    const numpy = [1.036, 2.062, 3.058, 4.084, 5.11, 6.084, 7.052, 8.078, 9.064];
    for (const [k, edge] of edges.entries()) expect(edge).toBeCloseTo(numpy[k]!, 10);
    expect(binCounts(b(500), edges)).toEqual([63, 48, 44, 44, 47, 44, 43, 49, 44, 74]);
    closeTo(psi(binCounts(a(300), edges), binCounts(b(500), edges)), 0.033649393062080424, 1e-10);
    expect(quantileEdges([1, 1, 1, 1, 2], 4)).toEqual([1]);
    // One row of 20,000 is less than 1e-4.
    const rare = [1, 19_999];
    expect(psi([5000, 15_000], rare)).toBeGreaterThan(psi([5000, 15_000], rare, 'smaller'));
    expect(psi([10, 20, 70], [0, 30, 70], 'smaller')).toBe(psi([10, 20, 70], [0, 30, 70]));
  });
});

describe('the level of a window', () => {
  it.each([
    [0.01, 1000, 0.004140298065144717],
    [0.05, 200, 0.020907812172734727],
    [0.01, 20, 0.0005023905522584752],
  ])('for a share of %d in %i windows', (share, windows, level) => {
    closeTo(windowLevel(share, windows), level, 1e-8);
  });
});
