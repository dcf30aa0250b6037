/** Every step through the conformance suite (see checkStep). */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSING_TIME } from '../block.ts';
import { type ColumnDeclaration, fitPipeline, invert, pipeline, transform } from '../pipeline.ts';
import type { Step } from '../step.ts';
import { checkStep, type StepCase } from '../testing/check-step.ts';
import * as steps from './declared.ts';
import { STEP_TYPES } from './index.ts';

/** Numbers that floats can hardly tell from 0, or from one another: what is left of differences of equal values. */
const vanishing = fc.constantFrom(
  0,
  5e-324,
  -9e-323,
  -2.9667651446762535e-308,
  2.3e-308,
  1e-300,
  1e-113,
  -1e-39,
  1e-16,
);
const number = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 2, arbitrary: vanishing },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);
const positive = fc.double({ min: 0.1, max: 100, noNaN: true });
const word = fc.oneof(
  fc.constantFrom('red', 'green', 'blue', '', '红', 'naïve', '__proto__'),
  fc.string({ maxLength: 3 }).filter((text) => text.isWellFormed() && !text.includes('\0')),
);
const time = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: Date.UTC(1600, 0), max: Date.UTC(2600, 0) }).map(BigInt) },
  { weight: 1, arbitrary: fc.constant(MISSING_TIME) },
);

/** The first row is never missing, and always one to train on. */
const cells =
  <T>(cell: fc.Arbitrary<T>, first: T) =>
  (rows: number) =>
    fc
      .array(cell, { minLength: rows - 1, maxLength: rows - 1 })
      .map((others) => ({ x: [first, ...others] as never }));

const tensors = (dtype: 'float32' | 'float64' | 'uint8', sizes: fc.Arbitrary<number[]>) => (rows: number) =>
  fc.tuple(fc.integer(), sizes).map(([seed, dims]) => {
    const random = new Random(seed);
    const length = rows * dims.reduce((a, b) => a * b, 1);
    const data =
      dtype === 'uint8'
        ? Uint8Array.from({ length }, () => random.below(256))
        : ((dtype === 'float32' ? Float32Array : Float64Array) as Float64ArrayConstructor).from(
            { length },
            () => random.normal(),
          );
    return { x: { dtype, dims: [rows, ...dims], data } };
  });

const numeric = (...list: Step[]): StepCase => ({
  columns: { x: 'number' },
  steps: list,
  rows: cells(number, 1),
});
const texts = (...list: Step[]): StepCase => ({
  columns: { x: 'text' },
  steps: list,
  rows: cells(word, 'red'),
});
const times = (...list: Step[]): StepCase => ({ columns: { x: 'time' }, steps: list, rows: cells(time, 0n) });
const series = (...list: Step[]): StepCase => ({
  columns: { x: 'series' },
  steps: list,
  rows: tensors('float64', fc.constant([24])),
});
const sounds = (...list: Step[]): StepCase => ({
  columns: { x: 'sound' },
  steps: list,
  rows: tensors(
    'float32',
    fc.integer({ min: 1, max: 900 }).map((samples) => [samples]),
  ),
});
const images = (...list: Step[]): StepCase => ({
  columns: { x: 'image' },
  steps: list,
  rows: tensors(
    'uint8',
    fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })).map((size) => [...size, 3]),
  ),
});
const withTarget = (
  declaration: ColumnDeclaration,
  cell: fc.Arbitrary<unknown>,
  first: unknown[],
): StepCase => ({
  columns: { x: 'text', y: declaration },
  steps: [steps.target({ folds: 2 })],
  rows: (rows) =>
    fc
      .tuple(cells(word, 'red')(rows), fc.array(cell, { minLength: rows - 2, maxLength: rows - 2 }))
      .map(([{ x }, others]) => ({ x, y: [...first, ...others] as never })),
});

const CASES: Readonly<Record<string, StepCase>> = {
  'missing: numbers': { ...numeric(steps.missing({ indicator: true })), back: 'x' },
  'missing: the mean': numeric(steps.missing({ strategy: 'mean' })),
  'missing: texts': texts(steps.missing({ indicator: true })),
  'missing: times': times(steps.missing()),
  'outliers: clipped': numeric(steps.outliers({ method: 'quantiles', low: 0.1, high: 0.9 })),
  // With a reach of 0.5 the fences of two values are the values themselves, give or take a rounding, and nothing is left.
  'outliers: missing': numeric(steps.outliers({ action: 'missing', reach: 0.6 }), steps.missing()),
  'log: signed': { ...numeric(steps.log({ signed: true })), back: 'x' },
  log: { ...numeric(steps.log()), rows: cells(positive, 1), back: 'x' },
  'power: Yeo-Johnson': {
    ...numeric(steps.power()),
    rows: cells(fc.double({ min: -100, max: 100, noNaN: true }), 1),
    back: 'x',
  },
  'power: Box-Cox': {
    ...numeric(steps.power({ method: 'box-cox' })),
    rows: cells(positive, 1),
    back: 'x',
  },
  standardize: { ...numeric(steps.standardize()), back: 'x' },
  'standardize: in 32 bits': {
    ...numeric(steps.standardize()),
    columns: { x: { kind: 'number', dtype: 'float32' } },
  },
  minMax: { ...numeric(steps.minMax({ low: -1, high: 1 })), back: 'x' },
  'minMax: clipped': numeric(steps.minMax({ clip: true })),
  robust: { ...numeric(steps.robust()), back: 'x' },
  oneHot: texts(steps.oneHot({ maxLevels: 3 })),
  'oneHot: without the first': texts(steps.oneHot({ maxLevels: 3, dropFirst: true, other: 'zeros' })),
  ordinal: {
    ...texts(steps.ordinal({ as: 'class' })),
    rows: cells(fc.constantFrom('a', 'b', 'c'), 'a'),
    back: 'x',
  },
  'ordinal: for an embedding': texts(steps.ordinal({ as: 'index' })),
  'target: a number': withTarget(
    { kind: 'number', role: 'target' },
    fc.double({ min: -9, max: 9, noNaN: true }),
    [1, 2],
  ),
  'target: classes': withTarget({ kind: 'text', role: 'target' }, fc.constantFrom('a', 'b', 'c'), ['a', 'b']),
  hash: texts(steps.hash({ buckets: 5 })),
  redact: texts(steps.redact()),
  tokens: texts(steps.redact(), steps.tokens({ minTexts: 1 })),
  'tokens: byte pairs': { ...texts(steps.tokens({ model: 'bpe', size: 300 })), back: 'x' },
  dates: times(steps.dates({ trend: true, offset: 480 })),
  image: images(steps.image({ size: [4, 6], fit: 'cover' })),
  'image: grey, contained': images(
    steps.image({ size: 5, fit: 'contain', channels: 'grey', interpolation: 'cubic' }),
  ),
  'image: stretched': images(
    steps.image({ size: 5, fit: 'stretch', normalize: 'unit', interpolation: 'nearest' }),
  ),
  'denoise: a polynomial': series(steps.denoise({ method: 'savgol', width: 5 })),
  'denoise: a median': series(steps.denoise({ method: 'median', width: 5 })),
  'denoise: wild values': series(steps.denoise({ width: 7, threshold: 1 })),
  'denoise: a waveform': sounds(steps.denoise({ method: 'mean', width: 3 })),
  logMel: sounds(steps.logMel({ rate: 8000, frame: 128, hop: 50, bands: 10 }), steps.standardize()),
  lags: series(steps.standardize(), steps.lags({ lags: [1, 2, 7] }), steps.join()),
  difference: series(steps.difference({ lags: [7, 1] })),
  windows: series(steps.windows({ length: 6, stride: 4 })),
  join: { ...numeric(steps.missing({ indicator: true }), steps.standardize(), steps.join()) },
  drop: {
    columns: { x: 'number', y: 'text' },
    steps: [steps.drop({ columns: ['y'] })],
    rows: (rows) => cells(number, 1)(rows).map(({ x }) => ({ x, y: (x as number[]).map(String) })),
  },
};

it('every step is in the suite, and stands in the table under its own name', () => {
  const seen = new Set(Object.values(CASES).flatMap(({ steps }) => steps.map(({ step }) => step)));
  expect([...STEP_TYPES.keys()].filter((name) => !seen.has(name))).toEqual([]);
  expect([...STEP_TYPES].filter(([name, type]) => name !== type.name)).toEqual([]);
  expect(Object.keys(steps).sort()).toEqual([...STEP_TYPES.keys()].sort());
});

it('every step that has an inverse is turned back in the suite, or says why not', () => {
  // Values that were clipped cannot be had back; forecasts of differences continue the series: tables.test.ts, media.test.ts.
  const elsewhere = ['outliers', 'difference'];
  const exact = new Set(
    Object.values(CASES).flatMap(({ steps, back }) =>
      back === undefined ? [] : steps.map(({ step }) => step),
    ),
  );
  const declared = [...STEP_TYPES.values()].filter(({ inverse, afterGraph }) => inverse ?? afterGraph);
  expect(
    declared.map(({ name }) => name).filter((name) => !exact.has(name) && !elsewhere.includes(name)),
  ).toEqual([]);
});

for (const [name, of] of Object.entries(CASES)) checkStep(name, of);

describe('a column that is constant for all that floats can say', () => {
  const few = fc.uniqueArray(fc.oneof(vanishing, fc.constantFrom(1, 1 + 2e-16, -2, 1e6)), {
    minLength: 1,
    maxLength: 3,
  });
  const columns = few.chain((values) =>
    fc.array(fc.constantFrom(...values), { minLength: 10, maxLength: 10 }),
  );
  const scaling: Readonly<Record<string, Step>> = {
    standardize: steps.standardize(),
    minMax: steps.minMax({ low: -1 }),
    robust: steps.robust(),
    'power: Yeo-Johnson': steps.power(),
    log: steps.log({ signed: true }),
  };

  it.each(Object.entries(scaling))('stays numbers, and is turned back: %s', async (_, step) => {
    await fc.assert(
      fc.asyncProperty(columns, async (x) => {
        const fitted = await fitPipeline(pipeline({ x: 'number' }, [step]), { x });
        const made = (await transform(fitted, { x })).x!;
        expect([...(made.data as Float64Array)].every(Number.isFinite)).toBe(true);
        const { data } = await invert(fitted, 'x', made);
        for (const [i, value] of x.entries())
          expect(Math.abs((data[i] as number) - value)).toBeLessThanOrEqual(
            1e-6 * Math.max(1, Math.abs(value)),
          );
      }),
      { numRuns: 25 },
    );
  });

  // Half of the rows differ by what rounding leaves, and one is far away: in that unit it would be infinite.
  it('is not made the unit of what lies far from it', async () => {
    const x = [1, 0, -2.9667651446762535e-308, 9.4e-323, 0, -9e-323];
    const { steps: fitted } = await fitPipeline(pipeline({ x: 'number' }, [steps.robust()]), { x });
    expect(fitted[0]!.parameters).toMatchObject([{ range: [1] }]);
  });

  it('but small units are units', async () => {
    const x = [1e-27, 2e-27, 3e-27, 4e-27];
    for (const step of [steps.standardize(), steps.minMax(), steps.robust()]) {
      const fitted = await fitPipeline(pipeline({ x: 'number' }, [step]), { x });
      const { data } = (await transform(fitted, { x })).x!;
      expect((data[3] as number) - (data[0] as number)).toBeGreaterThan(0.9);
    }
  });
});
