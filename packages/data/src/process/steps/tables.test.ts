/** Steps for columns of tables, against scikit-learn 1.2.1, SciPy 1.10 and NumPy 1.24. */
import { UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fitPipeline, fitTransform, pipeline, transform } from '../pipeline.ts';
import type { Step } from '../step.ts';
import { processed, rowsOf, values } from '../testing/processed.ts';
import * as steps from './declared.ts';

const X = [3, 1, 4, 1, 5, 9, 2, 6, 5, 35, -8, 9.7];

/*
 * from sklearn.preprocessing import *
 * x = np.array([3., 1, 4, 1, 5, 9, 2, 6, 5, 35, -8, 9.7]).reshape(-1, 1)
 * StandardScaler().fit_transform(x); MinMaxScaler((-1, 1)).fit_transform(x); RobustScaler().fit_transform(x)
 * t = PowerTransformer('yeo-johnson', standardize=False); t.fit_transform(x); t.lambdas_
 * t = PowerTransformer('box-cox', standardize=False); t.fit_transform(np.abs(x)); t.lambdas_
 */
const SKLEARN: Readonly<Record<string, { step: Step; x?: number[]; expected: number[] }>> = {
  standardize: {
    step: steps.standardize(),
    expected: [
      -0.313689077806, -0.518826349396, -0.211120442011, -0.518826349396, -0.108551806216, 0.301722736963,
      -0.416257713601, -0.00598317042137, -0.108551806216, 2.96850726763, -1.44194407155, 0.37352078202,
    ],
  },
  minMax: {
    step: steps.minMax({ low: -1, high: 1 }),
    expected: [
      -0.488372093023, -0.581395348837, -0.441860465116, -0.581395348837, -0.395348837209, -0.209302325581,
      -0.53488372093, -0.348837209302, -0.395348837209, 1.0, -1.0, -0.176744186047,
    ],
  },
  robust: {
    step: steps.robust(),
    expected: [-0.3, -0.7, -0.1, -0.7, 0.1, 0.9, -0.5, 0.3, 0.1, 6.1, -2.5, 1.04],
  },
  'Yeo-Johnson': {
    step: steps.power(),
    expected: [
      2.57431891666, 0.932257474172, 3.33371055971, 0.932257474172, 4.06556944923, 6.80419491867,
      1.77889415833, 4.77529812697, 4.06556944923, 21.6303827838, -10.5326334916, 7.26032140964,
    ],
  },
  'Box-Cox': {
    step: steps.power({ method: 'box-cox' }),
    x: X.map(Math.abs),
    expected: [
      1.06586882232, 0.0, 1.33443020972, 0.0, 1.53981679953, 2.06884007798, 0.680015823987, 1.70575649946,
      1.53981679953, 3.22730665548, 1.96420700778, 2.1350249446,
    ],
  },
};

describe('scaling', () => {
  it.each(Object.entries(SKLEARN))(
    '%s gives the numbers of scikit-learn',
    async (_, { step, x = X, expected }) => {
      const got = await values('number', x, [step]);
      for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
    },
  );

  it.each([
    ['standardize', steps.standardize(), 0],
    ['robust', steps.robust(), 0],
    ['minMax', steps.minMax(), 0],
    ['power', steps.power(), 0.1],
  ])('%s only shifts a column that does not vary', async (_, step, expected) => {
    const [first, ...others] = await values('number', [0.1, 0.1, 0.1], [step]);
    expect(first).toBeCloseTo(expected, 12);
    expect(others).toEqual([first, first]);
  });

  it('passes missing values through', async () => {
    const list = [
      steps.outliers(),
      steps.log({ signed: true }),
      steps.power(),
      steps.robust(),
      steps.minMax(),
      steps.standardize(),
    ];
    expect((await values('number', [1, Number.NaN, 3, 4], list)).map(Number.isNaN)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('holds large numbers that differ in their last digits', async () => {
    const got = await values('number', [1e9 + 1, 1e9 + 2, 1e9 + 3], [steps.standardize()]);
    expect(got[2]).toBeCloseTo(Math.sqrt(1.5), 9);
  });
});

describe('outliers', () => {
  it('are clipped at the quantiles of the training rows, infinite ones too', async () => {
    const step = steps.outliers({ method: 'quantiles', low: 0.1, high: 0.9 });
    // np.quantile(x, [0.1, 0.9])
    expect(await values('number', X, [step], [-100, 5, 1e9, Number.POSITIVE_INFINITY])).toEqual([
      1, 5, 9.629999999999999, 9.629999999999999,
    ]);
  });

  it("lie beyond Tukey's fences", async () => {
    const step = steps.outliers({ action: 'missing' });
    // np.quantile(x, [0.25, 0.75]) is [1.75, 6.75], and so the fences are at -5.75 and 14.25.
    expect(await values('number', X, [step], [-5.76, -5.75, 14.25, 14.26])).toEqual([
      Number.NaN,
      -5.75,
      14.25,
      Number.NaN,
    ]);
  });
});

describe('missing values', () => {
  it.each([
    ['mean', 5.4],
    ['median', 4],
    ['most frequent', 2],
  ] as const)('are filled with the %s of the training rows', async (strategy, expected) => {
    const got = await values(
      'number',
      [2, Number.NaN, 2, 4, 8, 11],
      [steps.missing({ strategy })],
      [Number.NaN, 7],
    );
    expect(got).toEqual([expected, 7]);
  });

  it('of texts are filled with the most frequent, or a constant', async () => {
    const cells = ['b', '', 'b', 'a', '', ''];
    expect(await values<string>('text', cells, [steps.missing()])).toEqual(['b', 'b', 'b', 'a', 'b', 'b']);
    const constant = steps.missing({ strategy: 'constant', value: '未知' });
    expect(await values<string>('text', cells, [constant], ['', 'a'])).toEqual(['未知', 'a']);
  });

  it('of times are filled with the median', async () => {
    expect(await values<bigint>('time', [new Date(10), null, 30, 50], [steps.missing()])).toEqual([
      10n,
      30n,
      30n,
      50n,
    ]);
  });

  it('are noted in a column where training rows miss any', async () => {
    const list = [steps.missing({ indicator: true })];
    const made = await processed('number', [1, null, 3], list, [null, 2]);
    expect(Array.from(made['x missing']!.data as Float32Array)).toEqual([1, 0]);
    expect(Object.keys(await processed('number', [1, 2, 3], list))).toEqual(['x']);
  });
});

describe('logarithms', () => {
  it('are ln(1 + x), and what is below the training rows counts as their least', async () => {
    const got = await values('number', [0, 1, 9], [steps.log()], [Math.E - 1, -5]);
    expect(got[0]).toBeCloseTo(1, 12);
    expect(got[1]).toBe(0);
  });
});

describe('one-hot encoding', () => {
  it('puts rare and unknown levels into one column', async () => {
    /*
     * c = np.array(list('aabbbcacbd')).reshape(-1, 1)
     * OneHotEncoder(min_frequency=2, handle_unknown='infrequent_if_exist').fit(c).transform([['a'], ['d'], ['zzz'], ['c']])
     */
    const made = await processed(
      'text',
      [...'aabbbcacbd'],
      [steps.oneHot({ minCount: 2 })],
      ['a', 'd', 'zzz', 'c'],
    );
    // Ours stand by frequency: b, a, c, others.
    expect(rowsOf(made.x!)).toEqual([
      [0, 1, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 1],
      [0, 0, 1, 0],
    ]);
  });

  it('leaves out the first column, and others, by option', async () => {
    const step = steps.oneHot({ dropFirst: true, other: 'zeros' });
    const made = await processed('text', [...'aab', ''], [step], ['a', 'b', '', 'q']);
    expect(rowsOf(made.x!)).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 0],
    ]);
  });
});

describe('ordinal encoding', () => {
  it('follows the order of the option levels', async () => {
    const step = steps.ordinal({ levels: ['small', 'medium', 'large'] });
    expect(await values('text', ['large', 'small', ''], [step], ['medium', 'huge', '', 'large'])).toEqual([
      1,
      Number.NaN,
      Number.NaN,
      2,
    ]);
  });

  it('keeps 0 for unknown levels where an embedding is to follow', async () => {
    expect(
      await values<bigint>('text', ['b', 'a'], [steps.ordinal({ as: 'index' })], ['a', 'b', 'q']),
    ).toEqual([1n, 2n, 0n]);
  });
});

describe('hash encoding', () => {
  it('falls into the buckets of scikit-learn', async () => {
    const words = ['red', 'green', 'blue', '红', 'naïve', 'a longer text, with words', 'x'];
    // FeatureHasher(7, input_type='string').transform([[s] for s in words]).toarray()
    expect(rowsOf((await processed('text', words, [steps.hash({ buckets: 7 })])).x!)).toEqual([
      [0, 0, -1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 1, 0],
      [0, 0, 0, 0, -1, 0, 0],
      [0, 0, -1, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 0],
      [0, -1, 0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 0],
    ]);
    expect(rowsOf((await processed('text', words, [steps.hash({ buckets: 2 })], [''])).x!)).toEqual([[0, 0]]);
  });
});

describe('target encoding', () => {
  const columns = { x: [...'aabbbcacbd'], y: [1, 2, 5, 4, 6, 9, 3, 7, 5, 0] };
  const declared = (step: Step) => pipeline({ x: 'text', y: { kind: 'number', role: 'target' } }, [step]);

  it.each([
    /*
     * As scikit-learn 1.3's TargetEncoder(smooth='auto'), for each level's targets v:
     * l = y.var() * n / (y.var() * n + ((v - v.mean()) ** 2).sum() / n); l * v.mean() + (1 - l) * y.mean()
     */
    ['auto', [2.06806930693, 4.98588567396, 7.74530831099, 0, 4.2]],
    // (v.sum() + 2 * y.mean()) / (n + 2)
    [2, [2.88, 4.73333333333, 6.1, 2.8, 4.2]],
  ] as const)('draws levels toward the mean (%s)', async (smooth, expected) => {
    const fitted = await fitPipeline(declared(steps.target({ smooth })), columns);
    const { x } = await transform(fitted, { x: [...'abcd', 'unknown'] });
    for (const [i, value] of expected.entries()) expect(x!.data[i]).toBeCloseTo(value, 9);
  });

  it("tells a training row nothing of the row's own target", async () => {
    const shown = (await fitTransform(declared(steps.target()), columns)).columns.x!.data;
    for (const row of columns.y.keys()) {
      const other = { ...columns, y: columns.y.with(row, 1000) };
      const { data } = (await fitTransform(declared(steps.target()), other)).columns.x!;
      expect(data[row]).toBe(shown[row]);
    }
  });

  it('has a column for each of several classes, and one for two', async () => {
    const names = async (y: string[]) => {
      const typed = pipeline({ x: 'text', y: { kind: 'text', role: 'target' } }, [steps.target()]);
      const fitted = await fitPipeline(typed, { x: [...'aabbab'], y });
      return rowsOf((await transform(fitted, { x: ['a'] })).x!);
    };
    expect(await names([...'nnyyyn'])).toHaveLength(1);
    const [two] = await names([...'nnyyyn']);
    const [three] = await names([...'nnyyyz']);
    expect(two).toHaveLength(1);
    expect(three).toHaveLength(3);
  });
});

describe('what cannot be', () => {
  it.each<[string, Step, unknown[], RegExp]>([
    [
      'only missing values',
      steps.standardize(),
      [null, Number.NaN],
      /standardize: column "x": all its training rows are missing/,
    ],
    [
      'an infinite value',
      steps.robust(),
      [1, Number.POSITIVE_INFINITY],
      /robust: column "x": value 2 of the training rows is infinite; clip .* outliers/,
    ],
    ['no row', steps.standardize(), [], /no training rows/],
    ['values below the logarithm', steps.log(), [1, -2], /log: column "x": holds -2/],
    [
      'values that are not positive',
      steps.power({ method: 'box-cox' }),
      [1, 0],
      /power: column "x": holds 0/,
    ],
    [
      'a filler of another type',
      steps.missing({ strategy: 'constant', value: 'none' }),
      [1],
      /missing: column "x": cannot be filled with "none"/,
    ],
    [
      'missing values at the end',
      steps.join(),
      [1, Number.NaN],
      /join: column "x" is missing or infinite in training row 2/,
    ],
  ])('is refused with step and column: %s', async (_, step, cells, message) => {
    await expect(values('number', cells as number[], [step])).rejects.toThrow(message);
    await expect(values('number', cells as number[], [step])).rejects.toThrow(UserError);
  });

  it.each<[string, () => Step, RegExp]>([
    [
      'quantiles the wrong way round',
      () => steps.robust({ low: 0.9, high: 0.1 }),
      /robust: low: must be less than high/,
    ],
    ['a constant that is not given', () => steps.missing({ strategy: 'constant' }), /missing: value/],
    ['half a bucket', () => steps.hash({ buckets: 1.5 }), /hash: buckets/],
    ['a misspelt option', () => steps.oneHot({ minCuont: 3 } as never), /oneHot: .*minCuont/],
    ['an even width', () => steps.denoise({ width: 4 }), /denoise: width: must be odd/],
    [
      'more bands than frequencies',
      () => steps.logMel({ rate: 8000, frame: 64, bands: 80 }),
      /logMel: bands: 80 are too many/,
    ],
  ])('is refused as it is declared: %s', (_, declare, message) => {
    expect(declare).toThrow(message);
    expect(declare).toThrow(UserError);
  });
});
