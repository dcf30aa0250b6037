/** Which method detects drift in which column. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import type { Column } from './column.ts';
import { detectDrift } from './detect.ts';

const random = new Random(1);
const numbers = (n: number, mean = 0): Column => ({
  kind: 'numeric',
  values: Array.from({ length: n }, () => random.normal(mean)),
});
const names = (n: number, share = 0.5): Column => ({
  kind: 'categorical',
  values: Array.from({ length: n }, () =>
    random.uniform() < share ? 'a' : random.uniform() < 0.5 ? 'b' : 'c',
  ),
});
const stars = (n: number): Column => ({
  kind: 'numeric',
  values: Array.from({ length: n }, () => 1 + random.below(5)),
});

it.each([
  ['numbers, few', numbers(1000), numbers(800, 1), 'kolmogorov-smirnov', 0.05],
  ['numbers, many', numbers(1001), numbers(800, 1), 'wasserstein', 0.1],
  ['categories, few', names(1000), names(800, 0.8), 'chi-squared', 0.05],
  ['categories, many', names(1001), names(800, 0.8), 'jensen-shannon', 0.1],
] as const)(
  '%s: the method is chosen by type and size, and finds a shift',
  (_, before, now, method, threshold) => {
    expect(detectDrift(before, now)).toMatchObject({ method, threshold, drifted: true });
    expect(detectDrift(before, before)).toMatchObject({ method, drifted: false });
  },
);

it('takes numbers of at most five values as categories', () => {
  expect(detectDrift(stars(500), stars(500)).method).toBe('chi-squared');
  expect(detectDrift(stars(5000), stars(500)).method).toBe('jensen-shannon');
});

it('leaves missing values out, and says where nothing is left', () => {
  const values = Array.from({ length: 600 }, () => random.normal());
  const holes: Column = { kind: 'numeric', values: values.flatMap((value) => [value, Number.NaN]) };
  expect(detectDrift({ kind: 'numeric', values }, holes)).toMatchObject({ score: 1, drifted: false });
  const empty: Column = { kind: 'categorical', values: [null, null] };
  expect(() => detectDrift(empty, names(10))).toThrow('The reference holds no values');
  expect(() => detectDrift(names(10), empty)).toThrow('The current sample holds no values');
  expect(() => detectDrift(names(10), numbers(10))).toThrow('is categorical and the current sample numeric');
});
