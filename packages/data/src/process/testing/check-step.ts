/**
 * The conformance suite of processing steps: what must hold for every one of them, whatever the data.
 *
 * - what training saw, what later rows become and what the exported file computes are the same numbers
 * - a fit sees training rows only, and leaves the caller's columns as they are
 * - what was fitted is plain data: written as JSON and read back, it is equal and does the same
 * - features have names, one for each place along the last axis
 * - title, description and findings are there in both languages
 * - where an inverse is declared, it gives back what went in
 * - values that data should not hold (infinite, missing everywhere, odd texts) end in numbers or in a UserError
 */
import { UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MISSING_TIME, type RawKind } from '../block.ts';
import {
  type ColumnDeclaration,
  describePipeline,
  type FittedPipeline,
  featureNames,
  fitPipeline,
  fitTransform,
  invert,
  outputBlocks,
  pipeline,
  stepType,
  transform,
} from '../pipeline.ts';
import { type ColumnData, type Columns, rawTensors } from '../raw.ts';
import { pickRows } from '../run.ts';
import type { Step } from '../step.ts';
import { readPipeline, writePipeline } from '../stored.ts';
import { deployed, difference } from './deployed.ts';

export interface StepCase {
  readonly columns: Readonly<Record<string, ColumnDeclaration>>;
  readonly steps: readonly Step[];
  /** So many rows of each column. */
  readonly rows: (rows: number) => fc.Arbitrary<Columns>;
  /** The column that can be turned back, exactly where it is not missing. */
  readonly back?: string;
}

const ROWS = 10;
const RUNS = { numRuns: 6 };
const CLOSE = 1e-6;

export function checkStep(name: string, { columns, steps, rows, back }: StepCase): void {
  const declared = pipeline(columns, steps);
  // Target encoding shows training rows what the other rows say, and later rows what all say.
  const isOutOfFold = (column: string) => steps.some(({ step }) => step === 'target') && column === 'x';

  describe(name, () => {
    it('is deployed as it was trained', async () => {
      await fc.assert(
        fc.asyncProperty(rows(ROWS), rows(ROWS), async (training, later) => {
          const { fitted, columns: seen } = await fitTransform(declared, training);
          await expectDeployed(fitted, later);
          for (const [column, tensor] of Object.entries(await transform(fitted, training))) {
            if (!isOutOfFold(column))
              expect(difference(tensor, seen[column]!), column).toBeLessThanOrEqual(CLOSE);
          }
        }),
        RUNS,
      );
    });

    it('is fitted on training rows only', async () => {
      await fc.assert(
        fc.asyncProperty(
          rows(ROWS),
          rows(ROWS),
          fc.subarray([2, 3, 4, 5, 6, 7, 8, 9], { minLength: 1 }),
          async (a, b, others) => {
            const training = [0, 1, ...others];
            const before = structuredClone(a);
            const one = await fitPipeline(declared, a, { rows: training });
            expect(a).toEqual(before);
            expect(
              await fitPipeline(declared, mixed(declared.columns, a, b, training), { rows: training }),
            ).toEqual(one);
          },
        ),
        RUNS,
      );
    });

    it('is plain data once fitted, with names and descriptions', async () => {
      const [training] = fc.sample(rows(ROWS), { numRuns: 1, seed: 1 });
      const fitted = await fitPipeline(declared, training!);
      const read = readPipeline(writePipeline(fitted));
      expect(read).toEqual(fitted);
      expect(JSON.parse(JSON.stringify(fitted))).toEqual(
        JSON.parse(writePipeline(read).replace('"pipeline":1,', '')),
      );
      for (const [column, tensor] of Object.entries(await transform(read, training!)))
        expect(difference(tensor, (await transform(fitted, training!))[column]!)).toBe(0);

      for (const [column, { features, kind }] of outputBlocks(fitted)) {
        expect(featureNames(fitted, column)).toEqual(features);
        expect(features.every((feature) => feature !== '')).toBe(true);
        expect(new Set(features).size).toBe(features.length);
        const { dims } = (await transform(fitted, training!))[column]!;
        if (TABULAR.has(kind)) expect(features.length).toBe(dims.at(-1));
      }

      for (const { en, zh } of [
        ...steps.map(({ step }) => stepType(step).title),
        describePipeline(declared),
        describePipeline(fitted),
      ]) {
        expect(en).toMatch(/[a-z]/i);
        expect(zh).toMatch(/\p{Script=Han}/u);
        expect(`${en}${zh}`).not.toMatch(/undefined|\[object|NaN/);
      }
      for (const { step, options } of steps)
        expect(stepType(step).describe(options).en).not.toMatch(/\p{Script=Han}/u);
    });

    it('meets values that data should not hold with numbers, or with an error that says what to do', async () => {
      const [usual] = fc.sample(rows(ROWS), { numRuns: 1, seed: 2 });
      const fitted = await fitPipeline(declared, usual!);
      for (const hostile of hostileRows(declared.columns, usual!)) {
        await expectOrUserError(() => expectDeployed(fitted, hostile));
        await expectOrUserError(async () => {
          const own = await fitPipeline(declared, hostile);
          expect(readPipeline(writePipeline(own))).toEqual(own);
          await transform(own, usual!);
        });
      }
    });

    if (back === undefined) return;

    it('can be turned back', async () => {
      await fc.assert(
        fc.asyncProperty(rows(ROWS), async (training) => {
          const fitted = await fitPipeline(declared, training);
          const made = await transform(fitted, training);
          const { data } = await invert(fitted, back, made[back]!);
          for (const [i, value] of Array.from(training[back] as ArrayLike<number | string>).entries()) {
            if (typeof value === 'string') expect(data[i]).toBe(value);
            else if (!Number.isNaN(value)) {
              const distance = Math.abs((data[i] as number) - value) / Math.max(1, Math.abs(value));
              expect(distance).toBeLessThanOrEqual(CLOSE);
            }
          }
        }),
        RUNS,
      );
    });
  });
}

/** Kinds whose last axis is features. */
const TABULAR: ReadonlySet<string> = new Set(['number', 'encoded', 'features']);

async function expectDeployed(fitted: FittedPipeline, later: Columns): Promise<void> {
  const expected = await transform(fitted, later);
  for (const [column, tensor] of Object.entries(await deployed(fitted, later)))
    expect(difference(tensor, expected[column]!), column).toBeLessThanOrEqual(CLOSE);
}

async function expectOrUserError(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.length).toBeGreaterThan(20);
    expect(error.localized.zh).toMatch(/\p{Script=Han}/u);
  }
}

const HOSTILE: Readonly<Partial<Record<RawKind, readonly (readonly unknown[])[]>>> = {
  number: [
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324, -0, 1, 1e-300, 0],
    new Array(ROWS).fill(Number.NaN),
    new Array(ROWS).fill(1e308),
    new Array(ROWS).fill(0),
  ],
  text: [
    ['', '__proto__', 'constructor', '\ud800', '\u202e', '👍🏽', 'x'.repeat(20_000), ' ', '\n', '"'],
    new Array(ROWS).fill(''),
    new Array(ROWS).fill('same'),
  ],
  time: [
    [
      MISSING_TIME,
      2n ** 63n - 1n,
      -(2n ** 63n) + 1n,
      0n,
      -1n,
      1n,
      2n ** 53n,
      -(2n ** 53n),
      8_640_000_000_000_000n,
      5n,
    ],
    new Array(ROWS).fill(MISSING_TIME),
    new Array(ROWS).fill(0n),
  ],
};
/** Of tensors: every value in turn becomes one of these. */
const HOSTILE_FLOATS = [Number.NaN, Number.POSITIVE_INFINITY, -1e308, 0];

function* hostileRows(types: Parameters<typeof rawTensors>[0], usual: Columns): Generator<Columns> {
  for (const { name, kind } of types) {
    for (const values of HOSTILE[kind] ?? []) yield { ...usual, [name]: values as unknown as ColumnData };
    const data = usual[name]!;
    if (!('dtype' in data)) continue;
    for (const value of data.dtype === 'uint8' ? [0, 255] : HOSTILE_FLOATS) {
      const array = data.data.constructor as Float64ArrayConstructor;
      yield { ...usual, [name]: { ...data, data: new array(data.data.length).fill(value) } as HostTensor };
    }
  }
}

/** The training rows of one and all other rows of another; where these are of other sizes, the same ones turned about. */
function mixed(
  types: Parameters<typeof rawTensors>[0],
  a: Columns,
  b: Columns,
  training: readonly number[],
): Columns {
  const [first, second] = [rawTensors(types, a).tensors, rawTensors(types, b).tensors];
  return Object.fromEntries(
    [...first].map(([name, tensor]) => {
      const other = second.get(name)!;
      const like =
        `${other.dims}` === `${tensor.dims}` ? other : pickRows(tensor, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
      const size = tensor.data.length / ROWS;
      const data = Array.from(tensor.data as ArrayLike<unknown>, (value, i) =>
        training.includes(Math.floor(i / size)) ? value : (like.data as ArrayLike<unknown>)[i],
      );
      const array = tensor.data.constructor as Float64ArrayConstructor;
      return [
        name,
        {
          ...tensor,
          data: ArrayBuffer.isView(tensor.data) ? array.from(data as number[]) : (data as string[]),
        },
      ];
    }),
  );
}
