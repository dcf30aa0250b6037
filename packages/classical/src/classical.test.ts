/** Classical models against scikit-learn and SciPy. */
import { Random } from '@gradus/base';
import { adjustedRandIndex, normalizedMutualInformation, type SparseMatrix } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kMeans } from './kmeans.ts';
import { linearAssignment } from './linear-assignment.ts';
import { fitLogisticRegression, predictLogistic } from './logistic-regression.ts';
import { fitRidge } from './ridge.ts';
import { truncatedSvd } from './truncated-svd.ts';
import { cutMerges, wardMerges } from './ward.ts';

/** Dense numbers as sparse rows. */
function sparse(rows: readonly (readonly number[])[]): SparseMatrix {
  const offsets = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    row.forEach((value, j) => {
      if (value !== 0) {
        indices.push(j);
        values.push(value);
      }
    });
    offsets.push(values.length);
  }
  return {
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    offsets: Int32Array.from(offsets),
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
}

const modulo = (a: number, b: number) => ((a % b) + b) % b;
const times = <T>(n: number, f: (i: number) => T) => Array.from({ length: n }, (_, i) => f(i));
const close = (actual: Iterable<number>, expected: readonly number[], digits = 4) => {
  const found = Array.from(actual);
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, digits);
  });
};

// The same small problem as was given to scikit-learn 1.2.1 and NumPy 1.24 for the literals below.
const X = times(24, (i) => times(4, (j) => (modulo(i * 7 + j * 13 + i * j, 11) - 5) / 5));
const noise = times(24, (i) => (modulo(i * 5, 7) - 3) / 3);
const LABELS = X.map((row, i) => (row[0]! - 0.5 * row[1]! + noise[i]! > 0 ? 1 : 0));
const TARGET = X.map((row, i) => 2 * row[0]! - row[2]! + 1 + noise[i]! * (1 + row[1]!));

describe('logistic regression gives what scikit-learn gives', () => {
  test('plain', () => {
    const model = fitLogisticRegression(sparse(X), LABELS);
    close(model.weights, [1.160478, -0.88758, 0.514059, -0.253772], 3);
    expect(model.bias).toBeCloseTo(0.297677, 3);
    close(predictLogistic(model, sparse(X)).subarray(0, 3), [0.381351, 0.393137, 0.27193], 3);
  });
  test('with balanced classes and a weaker penalty', () => {
    const model = fitLogisticRegression(sparse(X), LABELS, { c: 10, classWeights: 'balanced' });
    close(model.weights, [2.395654, -2.061087, 0.55911, -0.773234], 3);
    expect(model.bias).toBeCloseTo(0.460818, 3);
  });
  test('with weighted rows, which count like repeated ones', () => {
    const sampleWeights = times(24, (i) => 1 + (i % 3));
    const model = fitLogisticRegression(sparse(X), LABELS, { sampleWeights });
    close(model.weights, [1.172167, -1.605116, 0.61341, -0.577385], 3);
    const repeats = sampleWeights.flatMap((count, i) => times(count, () => i));
    const repeated = fitLogisticRegression(
      sparse(repeats.map((i) => X[i]!)),
      repeats.map((i) => LABELS[i]!),
    );
    close(model.weights, Array.from(repeated.weights), 4);
  });
  test('one class only, and columns that are all zero, give a model all the same', () => {
    const model = fitLogisticRegression(sparse([[1, 0], [2, 0], [0, 0]]), [1, 1, 1]); // biome-ignore format: a matrix
    const p = predictLogistic(model, sparse([[5, 5]]));
    expect(p[0]).toBeGreaterThan(0.9);
    expect(model.weights[1]).toBe(0);
  });
  test('stops when told to', () => {
    const signal = AbortSignal.abort();
    expect(() => fitLogisticRegression(sparse(X), LABELS, { signal })).toThrow(/abort/i);
  });
  test('labels that do not match the rows are refused', () => {
    expect(() => fitLogisticRegression(sparse(X), [1, 0])).toThrow(/24 labels/);
  });
});

describe('ridge and least squares give what scikit-learn and NumPy give', () => {
  const flat = X.flat();
  test('coefficients and HC3 errors', () => {
    const { intercept, coefficients, freedom } = fitRidge(flat, TARGET, 4);
    const all = [intercept, ...coefficients];
    close(all.map(({ value }) => value), [0.903162, 1.742637, 0.218069, -1.097826, 0.021022]); // biome-ignore format: short
    close(all.map(({ standardError }) => standardError), [0.125452, 0.186056, 0.253131, 0.232053, 0.230733]); // biome-ignore format: short
    expect(freedom).toBe(19);
    expect(coefficients[0]!.interval[1] - coefficients[0]!.value).toBeCloseTo(2.093024 * 0.186056, 4);
  });
  test.each([
    ['HC1', [0.114623, 0.155122, 0.221292, 0.191313, 0.193086]],
    ['classical', [0.117053, 0.207834, 0.222552, 0.216046, 0.206373]],
  ] as const)('%s errors', (errors, expected) => {
    const { intercept, coefficients } = fitRidge(flat, TARGET, 4, { errors });
    close([intercept, ...coefficients].map(({ standardError }) => standardError), [...expected]); // biome-ignore format: short
  });
  test('a penalty', () => {
    const { intercept, coefficients } = fitRidge(flat, TARGET, 4, { alpha: 2.5 });
    close(coefficients.map(({ value }) => value), [1.299053, 0.385392, -0.767195, -0.078435]); // biome-ignore format: short
    expect(intercept.value).toBeCloseTo(0.901134, 5);
  });
  test('too few rows, and columns that say the same, are refused by name', () => {
    expect(() => fitRidge([1, 2], [1, 2], 1)).toThrow(/2 rows are too few/);
    const twice = TARGET.flatMap((_, i) => [i, 2 * i]);
    expect(() => fitRidge(twice, TARGET, 2)).toThrow(/Column 1 is a combination/);
    expect(fitRidge(twice, TARGET, 2, { alpha: 1 }).coefficients).toHaveLength(2);
  });
});

describe('truncated SVD', () => {
  const S = times(15, (i) =>
    times(9, (j) => modulo(i * 7 + j * 3 + i * j, 13) * (modulo(i + 2 * j, 3) === 0 ? 1 : 0)),
  );
  test('finds the singular values that NumPy finds, and directions that rebuild the matrix', () => {
    const svd = truncatedSvd(sparse(S), { rank: 9, random: new Random(1) });
    close(svd.singularValues, [29.94824, 23.51409, 21.01938, 9.57944, 9.50219, 9.14013, 5.34427, 4.67908, 3.9143]); // biome-ignore format: short
    for (const [i, row] of S.entries()) {
      for (const [j, value] of row.entries()) {
        let sum = 0;
        for (let r = 0; r < 9; r++) {
          sum += svd.left[i * 9 + r]! * svd.singularValues[r]! * svd.right[j * 9 + r]!;
        }
        expect(sum).toBeCloseTo(value, 3);
      }
    }
  });
  test('does not depend on the seed where directions are clear', () => {
    const [a, b] = [1, 2].map((seed) => truncatedSvd(sparse(S), { rank: 3, random: new Random(seed) }));
    close(a!.right, Array.from(b!.right), 3);
  });
  test('a matrix of lower rank gives as many directions as it has; zeros give none', () => {
    const twin = times(6, (i) => [i + 1, 2 * (i + 1), 0]);
    expect(truncatedSvd(sparse(twin), { rank: 3, random: new Random(1) }).rank).toBe(1);
    expect(truncatedSvd(sparse([[0, 0], [0, 0]]), { rank: 2, random: new Random(1) }).rank).toBe(0); // biome-ignore format: a matrix
  });
});

describe('k-means', () => {
  const blobs = (seed: number) => {
    const random = new Random(seed);
    const centres = [[0, 5], [5, 0], [-5, -5]]; // biome-ignore format: a matrix
    return Float32Array.from(times(90, (i) => centres[i % 3]!.map((c) => random.normal(c, 0.5))).flat());
  };
  test.each([false, true])('finds well parted groups (spherical: %s)', (spherical) => {
    const { assignment } = kMeans(blobs(1), 2, { clusters: 3, random: new Random(2), spherical });
    expect(
      adjustedRandIndex(
        assignment,
        times(90, (i) => i % 3),
      ),
    ).toBe(1);
  });
  test('the same seed gives the same clusters', () => {
    const run = () => kMeans(blobs(1), 2, { clusters: 4, random: new Random(7) });
    expect(run()).toEqual(run());
  });
  test('fewer rows than clusters, equal rows and no rows are no trouble', () => {
    const random = new Random(1);
    expect(kMeans(Float32Array.of(1, 2), 2, { clusters: 5, random }).assignment).toEqual(Int32Array.of(0));
    expect(kMeans(new Float32Array(20).fill(1), 2, { clusters: 3, random }).inertia).toBe(0);
    expect(kMeans(new Float32Array(0), 2, { clusters: 3, random }).assignment).toHaveLength(0);
  });
});

describe('agreement of partitions, as scikit-learn has it', () => {
  const a = [0, 0, 1, 1, 2, 2, 2, 0, 3, 3, 1, 0];
  const b = [1, 1, 0, 0, 2, 2, 0, 1, 2, 3, 0, 2];
  test('literals', () => {
    expect(normalizedMutualInformation(a, b)).toBeCloseTo(0.6232588878, 9);
    expect(adjustedRandIndex(a, b)).toBeCloseTo(0.366255144, 9);
    expect(normalizedMutualInformation([0, 0, 0], [0, 1, 2])).toBe(0);
    expect(adjustedRandIndex([0, 0, 0], [0, 1, 2])).toBe(0);
  });
  test('other names for the same parts are full agreement', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 }), (parts) => {
        const renamed = parts.map((part) => 7 * part - 3);
        expect(normalizedMutualInformation(parts, renamed)).toBeCloseTo(1, 9);
        expect(adjustedRandIndex(parts, renamed)).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('Ward', () => {
  test('joins the nearest first, and says what each joining costs', () => {
    const merges = wardMerges(Float32Array.of(0, 1, 10, 12, 30), 1, [1, 1, 1, 1, 2]);
    expect(merges.map(({ into, from }) => [into, from])).toEqual([[0, 1], [2, 3], [0, 2], [0, 4]]); // biome-ignore format: short
    // ½·1², ½·2², then centres 0.5 and 11 of two points each, then 5.75 of four and 30 of two
    close(merges.map(({ cost }) => cost), [0.5, 2, 110.25, (8 / 6) * 24.25 ** 2], 3); // biome-ignore format: short
    expect([...cutMerges(merges, 5, 3)]).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('linear assignment', () => {
  const best = (value: readonly (readonly number[])[]): number => {
    const [first, ...rest] = value;
    if (!first) return 0;
    return Math.max(...first.map((v, j) => v + best(rest.map((row) => row.filter((_, k) => k !== j)))));
  };
  test('no other matching sums to more', () => {
    const row = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (value) => {
        const columns = linearAssignment(value);
        expect(new Set(columns).size).toBe(value.length);
        const sum = value.reduce((total, line, i) => total + line[columns[i]!]!, 0);
        expect(sum).toBe(best(value));
        const turned = linearAssignment(value[0]!.map((_, j) => value.map((line) => line[j]!)));
        expect(Array.from(turned).filter((i) => i >= 0)).toHaveLength(value.length);
      }),
    );
  });
});
