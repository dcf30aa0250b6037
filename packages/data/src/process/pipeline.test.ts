import { UserError } from '@gradus/base';
import { input, scalar, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../table/table.ts';
import { fold } from './fold.ts';
import {
  describePipeline,
  type FittedPipeline,
  featureNames,
  fitPipeline,
  fitTransform,
  invert,
  pipeline,
  transform,
} from './pipeline.ts';
import type { Columns } from './raw.ts';
import * as steps from './steps/declared.ts';
import { readPipeline, writePipeline } from './stored.ts';
import { tableColumns } from './table-columns.ts';

const declared = pipeline(
  {
    age: 'number',
    job: 'text',
    hired: 'time',
    pay: { kind: 'number', role: 'target' },
    grade: { kind: 'text', role: 'target' },
  },
  [
    steps.missing({ indicator: true }),
    steps.power({ columns: ['age'] }),
    steps.standardize(),
    steps.standardize({ columns: ['pay'] }),
    steps.ordinal({ columns: ['grade'], as: 'class' }),
    steps.target({ target: 'pay', columns: ['job'] }),
    steps.dates(),
    steps.join(),
  ],
);
const training: Columns = {
  age: [20, 30, null, 50, 41, 33],
  job: ['cook', 'clerk', '', 'cook', 'smith', 'clerk'],
  hired: [new Date('2024-02-29T13:00Z'), null, -1, 0, 1e12, 2e12],
  pay: [10, 20, 30, 40, 50, 60],
  grade: ['b', 'a', 'b', 'c', 'a', 'a'],
};
const fitted: FittedPipeline = await fitPipeline(declared, training);
const width = featureNames(fitted).length;

describe('a pipeline', () => {
  it('is fitted and applied to columns, targets where they are present', async () => {
    const { age, job, hired } = training;
    expect(Object.keys(await transform(fitted, { age, job, hired } as Columns))).toEqual(['features']);
    expect(Object.keys(await transform(fitted, training)).sort()).toEqual(['features', 'grade', 'pay']);
  });

  it('names what it makes of columns', () => {
    expect(featureNames(fitted)).toEqual([
      'age',
      'job ~ target',
      ...['hour', 'weekday', 'monthDay', 'month', 'yearDay'].flatMap((cycle) => [
        `hired ${cycle} sin`,
        `hired ${cycle} cos`,
      ]),
      'age missing',
      'job missing',
      'hired missing',
    ]);
  });

  it('chooses columns by kind and role', async () => {
    const types = { a: 'number', b: 'number', y: { kind: 'number', role: 'target' } } as const;
    const columns = { a: [1, 3], b: [1, 3], y: [1, 3] };
    const changed = async (choice: Parameters<typeof steps.standardize>[0]) => {
      const made = (await fitTransform(pipeline(types, [steps.standardize(choice)]), columns)).columns;
      return Object.keys(made).filter((name) => made[name]!.data[0] === -1);
    };
    expect(await changed({})).toEqual(['a', 'b']);
    expect(await changed({ columns: ['b'] })).toEqual(['b']);
    expect(await changed({ columns: { except: ['b'] } })).toEqual(['a']);
    expect(await changed({ columns: { role: 'target' } })).toEqual(['y']);
  });

  it('says what it does, before and after it is fitted, in both languages', () => {
    expect(describePipeline(declared).en).toMatch(/^Columns: age \(number\), .*pay \(number, target\)/);
    expect(describePipeline(fitted).en).toMatch(/ {3}pay: mean 35, deviation 17\.07/);
    expect(describePipeline(fitted).zh).toMatch(/标准化（pay）：减去均值，除以标准差\n {3}pay：均值 35/);
  });

  it('fits many rows as it fits few', async () => {
    // More than are run at a time.
    const rows = 3_000_000;
    const x = Float64Array.from({ length: rows }, (_, i) => i % 1000);
    const many = pipeline({ a: 'number', b: 'number', c: 'number' }, [steps.standardize(), steps.join()]);
    const { features } = (await fitTransform(many, { a: x, b: x, c: x })).columns;
    expect(features!.dims).toEqual([rows, 3]);
    expect(features!.data[3 * (rows - 1)]).toBeCloseTo(499.5 / Math.sqrt((1e6 - 1) / 12), 5);
  });

  it('makes nothing of no rows', async () => {
    const made = await transform(fitted, { age: [], job: [], hired: [] });
    expect(made.features).toEqual({ dtype: 'float32', dims: [0, width], data: new Float32Array(0) });
  });

  it.each<[string, Columns, RegExp]>([
    ['a missing column', { job: [], hired: [] }, /column "age" is missing; given are "job", "hired"/],
    [
      'columns of other lengths',
      { age: [1], job: [], hired: [] },
      /column "job" has 0 rows and column "age" 1/,
    ],
    [
      'a text for a number',
      { age: ['old'], job: ['a'], hired: [0] },
      /column "age", row 1: "old" is no number; expected numbers/,
    ],
    ['a number for a text', { age: [1], job: [7], hired: [0] }, /column "job", row 1: 7 is no text/],
    [
      'a time that is none',
      { age: [1], job: [''], hired: ['now'] },
      /column "hired", row 1: "now" is no time/,
    ],
    [
      'a tensor of another type',
      { age: { dtype: 'float32', dims: [1], data: new Float32Array(1) }, job: [''], hired: [0] },
      /column "age" is a tensor of float32 \[1\].*expected float64 \[batch\]/,
    ],
  ])('refuses %s', async (_, columns, message) => {
    await expect(transform(fitted, columns)).rejects.toThrow(message);
    await expect(transform(fitted, columns)).rejects.toThrow(UserError);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a kind that is none',
      () => pipeline({ x: 'numbers' as never }, []),
      /column "x": is of kind "numbers"; expected number, text/,
    ],
    [
      'a type that the kind is not held as',
      () => pipeline({ x: { kind: 'text', dtype: 'float32' } }, []),
      /column "x": is held as "float32"; expected string/,
    ],
    [
      'a step for another kind',
      () => fitPipeline(pipeline({ x: 'text' }, [steps.standardize({ columns: ['x'] })]), { x: ['a'] }),
      /standardize: column "x" is text; expected number/,
    ],
    [
      'a column that is not there',
      () => fitPipeline(pipeline({ x: 'text' }, [steps.oneHot({ columns: ['y'] })]), { x: ['a'] }),
      /oneHot: there is no column "y" at this step; there are "x"/,
    ],
    [
      'two columns of one name',
      () =>
        fitPipeline(pipeline({ x: 'number', 'x missing': 'number' }, [steps.missing({ indicator: true })]), {
          x: [1, null],
          'x missing': [1, 2],
        }),
      /would make a column "x missing", which is there already/,
    ],
    [
      'images that are no tensor',
      () => fitPipeline(pipeline({ x: 'image' }, []), { x: [1] }),
      /column "x": expected a tensor of uint8 \[batch, height, width, 3\]/,
    ],
  ])('refuses what cannot be: %s', async (_, make, message) => {
    const attempt = async () => make();
    await expect(attempt()).rejects.toThrow(message);
    await expect(attempt()).rejects.toThrow(UserError);
  });
});

describe('a stored pipeline', () => {
  it('is the same when it is read back', async () => {
    const back = readPipeline(writePipeline(fitted));
    expect(back).toEqual(fitted);
    expect(await transform(back, training)).toEqual(await transform(fitted, training));
  });

  it('is refused with a reason when it is not one, whatever its JSON', () => {
    const text = writePipeline(fitted);
    const refused = (json: string) => {
      try {
        readPipeline(json);
      } catch (error) {
        expect(error, json.slice(0, 200)).toBeInstanceOf(UserError);
      }
    };
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(5), fc.string({ maxLength: 4 }), (at, cut, put) =>
        refused(text.slice(0, at) + put + text.slice(at + cut)),
      ),
      { numRuns: 500 },
    );
    // Any value in any place of it.
    const places = placesOf(JSON.parse(text));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (path, value) =>
        refused(JSON.stringify(put(JSON.parse(text), path, value))),
      ),
      { numRuns: 500 },
    );
  });

  it.each<[string, (file: ReturnType<typeof JSON.parse>) => void, RegExp]>([
    [
      'an unknown step',
      (file) => {
        file.steps[0].step = 'evaluate';
      },
      /there is no step "evaluate"/,
    ],
    [
      'parameters of fewer columns',
      (file) => {
        file.steps[2].parameters = [];
      },
      /step 3 \(standardize\): has parameters of 0 columns for 1/,
    ],
    [
      'numbers of other features',
      (file) => {
        file.steps[2].parameters[0].mean = [1, 2];
      },
      /2 numbers are given for 1 features/,
    ],
    [
      'a deviation of 0',
      (file) => {
        file.steps[2].parameters[0].deviation = [0];
      },
      /step 3 \(standardize\): 0: deviation: 0/,
    ],
    [
      'a column twice',
      (file) => {
        file.columns.push(file.columns[0]);
      },
      /a column stands twice/,
    ],
    [
      'a column of a hostile name',
      (file) => {
        file.columns[0].name = '__proto__';
      },
      /is no name for a column/,
    ],
    [
      'another version',
      (file) => {
        file.pipeline = 2;
      },
      /pipeline: pipeline/,
    ],
  ])('is refused with %s', (_, change, message) => {
    const file = JSON.parse(writePipeline(fitted));
    change(file);
    expect(() => readPipeline(JSON.stringify(file))).toThrow(message);
  });
});

describe('a folded model', () => {
  const x = input('x', ['n', width]);
  const sum = x.sum([1], true);
  const model = {
    name: 'model',
    inputs: { x },
    outputs: { price: sum, class: sum.greater(0).cast('int64').squeeze(1) },
  };

  it('takes raw columns and tells the target as people know it', async () => {
    const graph = fold(fitted, model, {
      inputs: { x: 'features' },
      invert: { price: 'pay', class: 'grade' },
    });
    expect(Object.keys(graph.inputs)).toEqual(['age', 'job', 'hired']);
    const compiled = await compile(writeOnnx(graph));
    const texts = ['smith', '', 'never seen'];
    const later = { age: [33, null, 70], job: texts, hired: [0, null, 1.7e12] };
    const made = await compiled.run({
      age: { dtype: 'float64', dims: [3], data: Float64Array.of(33, Number.NaN, 70) },
      job: { dtype: 'string', dims: [3], data: texts },
      hired: { dtype: 'int64', dims: [3], data: BigInt64Array.of(0n, -(2n ** 63n), 1_700_000_000_000n) },
    });
    await compiled.close();
    const { features } = await transform(fitted, later);
    for (let row = 0; row < 3; row++) {
      const total = Array.from((features!.data as Float32Array).slice(row * width, (row + 1) * width)).reduce(
        (a, b) => a + b,
      );
      const { data } = await invert(fitted, 'pay', {
        dtype: 'float64',
        dims: [1],
        data: Float64Array.of(total),
      });
      expect(made.price!.data[row]).toBeCloseTo(data[0] as number, 4);
      expect(made.class!.data[row]).toBe(total > 0 ? 'b' : 'a');
    }
  });

  it('keeps inputs of the model that the pipeline does not make', () => {
    const rate = input('rate', []);
    const graph = fold(fitted, { ...model, inputs: { features: x, rate }, outputs: { y: x.mul(rate) } });
    expect(Object.keys(graph.inputs).sort()).toEqual(['age', 'hired', 'job', 'rate']);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'an input that the model lacks',
      () => fold(fitted, model, { inputs: { z: 'features' } }),
      /inputs: the model has no "z"; it has "x"/,
    ],
    [
      'an output that the pipeline lacks',
      () => fold(fitted, model, { inputs: { x: 'matrix' } }),
      /makes no "matrix" for the model's input "x"; it makes "features"/,
    ],
    [
      'a column that is not there',
      () => fold(fitted, model, { invert: { price: 'wage' } }),
      /there is no column "wage" to turn back to/,
    ],
    [
      'a column with no way back',
      () => fold(fitted, model, { invert: { price: 'job' } }),
      /what it makes of column "job" cannot be turned back/,
    ],
    [
      'one name for two things',
      () => fold(fitted, { ...model, outputs: { age: sum } }),
      /"age" would be an input and an output/,
    ],
    [
      'another number of features',
      () => fold(fitted, { ...model, inputs: { x: input('x', ['n', 3]) } }),
      /input "x" is float32 \[n, 3\] and the pipeline's "features" float32 \[batch, 15\]/,
    ],
    [
      'a fixed number of rows',
      () => fold(fitted, { ...model, inputs: { x: input('x', [32, width]) } }),
      /any number of rows/,
    ],
    [
      'a model without inputs',
      () => fold(fitted, { ...model, inputs: {}, outputs: { one: scalar(1) } }),
      /say which is which/,
    ],
  ])('is refused where it does not fit: %s', (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(UserError);
  });
});

describe('a table', () => {
  it('becomes columns; cells that do not fit are counted and count as missing', () => {
    const table = {
      columns: ['price', 'city', 'day'],
      rows: [
        ['￥1,200.5', ' 上海 ', '2024-02-29'],
        ['n/a', '', ''],
        ['', 'Paris', 'soon'],
      ],
      numbers: [1, 2, 5],
    } as unknown as Table;
    const types = pipeline({ price: 'number', city: 'text', day: 'time' }, []).columns;
    const { columns, unread } = tableColumns(table, types);
    expect(columns).toEqual({
      price: [1200.5, undefined, undefined],
      city: ['上海', '', 'Paris'],
      day: [Date.UTC(2024, 1, 29), undefined, undefined],
    });
    expect(unread).toEqual([
      { column: 'price', kind: 'number', count: 1, first: { row: 2, cell: 'n/a' } },
      { column: 'day', kind: 'time', count: 1, first: { row: 5, cell: 'soon' } },
    ]);
    expect(() => tableColumns(table, pipeline({ cost: 'number' }, []).columns)).toThrow(
      /no column "cost"; it has "price"/,
    );
  });
});

/** Every place in a JSON value. */
function placesOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [
    [],
    ...Object.entries(value).flatMap(([key, part]) => placesOf(part).map((path) => [key, ...path])),
  ];
}

function put(value: unknown, [key, ...path]: readonly string[], what: unknown): unknown {
  if (key === undefined) return what;
  const holder = value as Record<string, unknown>;
  holder[key] = put(holder[key], path, what);
  return value;
}
