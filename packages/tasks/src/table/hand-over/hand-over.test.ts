import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Random } from '@gradus/base';
import { DTYPES, type HostTensor, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { type HandOver, MODEL_FILE } from '@gradus/loop';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_FILE } from '../../recipe/service.ts';
import type { RawRow, TableRows } from '../columns.ts';
import { type OpenedTable, openTable } from '../open.ts';
import type { ColumnForm } from '../read/column-form.ts';
import { cellsOf } from '../read/forms.ts';
import { TableOptions, tableLearning } from '../task.ts';
import { customers } from '../testing/customers.ts';
import { reviews } from '../testing/reviews.ts';
import { inputsOf, type StoredText, TextFeeds } from '../texts/feeds.ts';
import { tableHandOver } from './hand-over.ts';

interface Tensor {
  readonly name: string;
  readonly shape: number[];
  readonly datatype: string;
  readonly data: (number | string | null)[];
}

interface Program {
  tensorsOf(lines: readonly string[]): Tensor[];
  tensorsOfRows(rows: readonly RawRow[]): Tensor[];
}

const directories: string[] = [];
const newDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-hand-over-'));
  directories.push(directory);
  return directory;
};
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

async function programOf(files: HandOver['files']): Promise<Program> {
  const directory = newDirectory();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  const url = pathToFileURL(join(directory, 'preprocess.mjs')).href;
  return (await import(/* @vite-ignore */ url)) as Program;
}

const DTYPE_OF = { FP32: 'float32', FP64: 'float64', INT64: 'int64', BYTES: 'string' } as const;

/** What any client does with the protocol's JSON. */
function feedsOf(tensors: readonly Tensor[]): Record<string, HostTensor> {
  return Object.fromEntries(
    tensors.map(({ name, shape, datatype, data }): [string, HostTensor] => {
      const dtype = DTYPE_OF[datatype as keyof typeof DTYPE_OF];
      const values = data.map((value) =>
        dtype === 'int64' ? BigInt(value!) : dtype === 'float64' ? (value ?? Number.NaN) : value,
      );
      const array = DTYPES[dtype].array as unknown as { from(values: unknown[]): HostTensor['data'] };
      return [
        name,
        { dtype, dims: shape, data: dtype === 'string' ? (values as string[]) : array.from(values) },
      ];
    }),
  );
}

/** The customers, or how often they log in; or orders with reviews. */
function rowsOf(kind: 'classes' | 'numbers' | 'texts'): TableRows {
  if (kind === 'texts') return reviews(300, { language: 'en' });
  const rows = customers(300);
  if (kind === 'classes') return rows;
  const logins = rows.columns.find(({ name }) => name === 'logins')!;
  return {
    ...rows,
    columns: rows.columns.filter((column) => column !== logins),
    target: {
      kind: 'numbers',
      name: 'logins',
      decimal: '.',
      nature: 'count',
      values: (logins.cells as { readonly values: Float64Array }).values,
    },
  };
}

describe.each(['classes', 'numbers', 'texts'] as const)('a handed-over table model of %s', (kind) => {
  let handOver: HandOver;
  let program: Program;
  let opened: OpenedTable;
  let graph: Awaited<ReturnType<typeof compile>>;

  beforeAll(async () => {
    const options = TableOptions.parse({ minutes: 0.1 });
    const { model } = await tableLearning.fit(rowsOf(kind), options, { random: new Random(1) });
    const directory = newDirectory();
    const bytes = writeOnnx(tableLearning.graph(model));
    writeFileSync(join(directory, MODEL_FILE), bytes);
    writeFileSync(join(directory, BUNDLE_FILE), JSON.stringify(tableLearning.bundle(model)));
    handOver = await tableHandOver(directory);
    program = await programOf(handOver.files);
    graph = await compile(bytes);
    opened = await openTable(tableLearning.bundle(model), bytes);
  }, 120_000);
  afterAll(async () => {
    await graph?.close();
    await opened?.close();
  });

  it('answers as the service does, from rows that preprocess.mjs has read', async () => {
    const lines = [
      ...handOver.files['rows.jsonl']!.trim().split('\n'),
      '{"plan":"yearly","logins":"1,234.5","joined":"03/04/2024","tickets":"２"}',
      '{"plan":" monthly ","logins":"12%","joined":"5 March 2024 10:00","tickets":"n/a"}',
      '{"plan":null,"logins":false,"joined":1700000000000,"other":1}',
      '{"review":"The kettle was broken, and slow! 👍 味道不好","price":"50"}',
      '{"review":"<b>lovely</b>","price":20}',
      '{}',
    ];
    const rows = lines.map((line) => JSON.parse(line) as RawRow);
    const wanted = await opened.answer(rows);
    const outputs = await graph.run(feedsOf(program.tensorsOf(lines)));
    const meaning = JSON.parse(handOver.files['answer.json']!) as {
      readonly outputs: Readonly<Record<string, string>>;
      readonly classes?: readonly string[];
      readonly abstention?: { readonly threshold: number } | null;
    };
    const values = (name: string) => Array.from(outputs[meaning.outputs[name]!]!.data as Float32Array);
    for (const [row, answer] of wanted.entries()) {
      if (kind === 'numbers') {
        const [value, low, high] = ['answer', 'low', 'high'].map((name) => values(name)[row]);
        expect({ prediction: value, low, high }).toEqual({
          prediction: answer.prediction,
          low: answer.low,
          high: answer.high,
        });
        continue;
      }
      const classes = meaning.classes!;
      const own = values('answer').slice(row * classes.length, (row + 1) * classes.length);
      expect(Object.fromEntries(classes.map((label, k) => [label, own[k]]))).toEqual(answer.probabilities);
      const isSure = Math.max(...own) >= (meaning.abstention?.threshold ?? 0);
      if (row < 3) expect(answer.abstained === null).toBe(isSure);
    }
  });

  it('has an example of its inputs, with values for every one of them', async () => {
    expect(Object.keys(handOver.example).sort()).toEqual(
      program
        .tensorsOf([])
        .map(({ name }) => name)
        .sort(),
    );
    expect(feedsOf(program.tensorsOf(handOver.files['rows.jsonl']!.trim().split('\n')))).toEqual(
      handOver.example,
    );
    for (const { dtype, data } of Object.values(handOver.example)) {
      expect(Array.from<unknown>(data)).not.toContain(dtype === 'string' ? '' : Number.NaN);
    }
  });
});

describe('preprocess.mjs, which needs no Gradus', () => {
  const forms: readonly ColumnForm[] = [
    { kind: 'number', name: 'a', decimal: '.' },
    { kind: 'number', name: 'constructor', decimal: ',' },
    { kind: 'category', name: '类' },
    { kind: 'time', name: 't', order: 'day first', numbers: false },
    { kind: 'time', name: 'u', order: 'month first', numbers: true },
    { kind: 'text', name: 'x y' },
  ];
  const text: StoredText = {
    name: 'x y',
    inputs: { terms: 'x y terms', weights: 'x y weights', length: 'x y length' },
    terms: ['x', '无', 'none', '-', '1', 'w:无', 'n:x', 'x x'],
    idf: [1, 2, 1.5, 1, 3, 2, 2, 4],
  };
  let program: Program;
  beforeAll(async () => {
    program = await programOf({
      'preprocess.mjs': readFileSync(new URL('./preprocess.mjs', import.meta.url), 'utf8'),
      'columns.json': JSON.stringify(forms),
      'texts.json': JSON.stringify([text]),
      'images.json': '[]',
    });
  });

  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.integer().map(String),
    fc.double({ noNaN: true }).map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.constantFrom(
      ...[
        '1,234.5',
        '1.234,5',
        "1'234",
        '12%',
        '￥３.5万',
        '(7)',
        '-',
        'n/a',
        '无',
        'none',
        '03/04/2024',
        '3.4.24',
      ],
      ...[
        '2024年3月5日 下午3点',
        '5 March 2024',
        '1700000000',
        '45000',
        'TRUE',
        '<b>x</b>&amp;',
        ' ',
        '\uD800',
      ],
    ),
  );
  const cell = fc.oneof(
    piece,
    fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join('')),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const names = fc.constantFrom(...forms.map(({ name }) => name));
  const row: fc.Arbitrary<RawRow> = fc.dictionary(names, cell);

  it('makes of any rows the inputs that the service makes', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows: RawRow[]) => {
        const { columns } = cellsOf(forms, rows);
        expect(feedsOf(program.tensorsOfRows(rows))).toEqual(inputsOf(columns, [new TextFeeds(text)], []));
      }),
      { numRuns: 500 },
    );
  });
});
