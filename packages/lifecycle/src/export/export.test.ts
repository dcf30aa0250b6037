/** What is handed over is used as those who get it would: by programs that know nothing of Gradus. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Recipe } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { promote } from '../registry/aliases.ts';
import { describeRun, register } from '../registry/register.ts';
import { digits, digitsRun } from '../testing/digits.ts';
import { makeRun } from '../testing/runs.ts';
import { type ExportOptions, exportModel } from './export.ts';
import { dnsLabel, fileName } from './names.ts';
import { checkConfig, parsePbtxt } from './testing/pbtxt.ts';
import { configOf } from './triton.ts';

let directory: string;
let runs: string;
let database: Database;
const recipes = [digits as never, { name: 'test' } as Recipe];
const ids: string[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-export-'));
  runs = join(directory, 'runs');
  mkdirSync(runs);
  database = await openDatabase(runs, '');
  for (const seed of [0, 1, 2]) ids.push((await digitsRun(runs, seed)).id);
  for (const id of ids) {
    const run = describeRun({ ...(await import('@gradus/loop')).findRun(runs, id) });
    await register(database, { model: '数字 digits'.replace(' ', '-'), run, by: 'test' });
  }
  await promote(database, { model: '数字-digits', version: 2, by: 'test' });
});
afterAll(async () => {
  await database?.destroy();
  rmSync(directory, { recursive: true, force: true });
});

let made = 0;
const exported = ({
  out = join(directory, `out${++made}`),
  ...options
}: Omit<Partial<ExportOptions>, 'out'> & Pick<ExportOptions, 'to'> & { readonly out?: string }) =>
  exportModel(database, { model: ids[0]!, runs, recipes, out: () => out, ...options });

describe('an export', () => {
  it('is whole or not there, and never takes the place of anything', async () => {
    const full = join(directory, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'mine.txt'), 'mine');
    await expect(exported({ to: 'onnx', out: full })).rejects.toThrow(
      /not an empty folder; nothing was written/,
    );
    await expect(exported({ to: 'onnx', out: join(full, 'mine.txt') })).rejects.toThrow(
      /nothing was written/,
    );
    expect(readdirSync(full)).toEqual(['mine.txt']);
    await expect(exported({ to: 'kserve' })).rejects.toThrow(/--storage-uri is missing/);
    await expect(exported({ to: 'kserve', storageUri: '/mnt/models' })).rejects.toThrow(/no place/);
    await expect(exported({ to: 'onnx', model: 'nothing' })).rejects.toThrow(/no run "nothing"/);
    rmSync(join(makeRun(runs, 'bare').directory, 'model.onnx'));
    await expect(exported({ to: 'triton', model: 'bare' })).rejects.toThrow(/has no model.onnx/);
    rmSync(join(runs, 'bare'), { recursive: true });
    expect(readdirSync(directory).filter((name) => /part|out/.test(name))).toEqual([]);
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    expect(readdirSync((await exported({ to: 'onnx', out: empty })).directory)).toContain('model.onnx');
  });

  it('names things so that other engines take them', () => {
    expect(fileName('reviews-2.1_x')).toBe('reviews-2.1_x');
    expect(fileName('../评价 a')).toMatch(/^a-[0-9a-f]{8}$/);
    expect(fileName('评价')).not.toBe(fileName('数字'));
    for (const name of ['digits', 'Digits_2', '评价', '1st', 'x'.repeat(90), '-'])
      expect(dnsLabel(name)).toMatch(/^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
    expect(dnsLabel('demand-2026')).toBe('demand-2026');
  });
});

describe('gradus export --to onnx', () => {
  it('runs in plain ONNX Runtime for Node, and answers as it says it would', async () => {
    const { directory: folder } = await exported({ to: 'onnx', model: 'models:/数字-digits/3' });
    expect(readdirSync(folder).sort()).toEqual([
      '.npmrc',
      'README.md',
      'example.mjs',
      'example.py',
      'input.json',
      'model.onnx',
      'output.json',
      'package.json',
      'signature.json',
      'tensors.mjs',
    ]);
    // Elsewhere, with nothing but the packages of the runtime itself.
    const elsewhere = mkdtempSync(join(tmpdir(), 'gradus-plain-'));
    cpSync(folder, elsewhere, { recursive: true });
    mkdirSync(join(elsewhere, 'node_modules'));
    const require = createRequire(new URL('../../../engine/package.json', import.meta.url));
    for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
      const main = require.resolve(name);
      symlinkSync(main.slice(0, main.lastIndexOf(name) + name.length), join(elsewhere, 'node_modules', name));
    }
    const printed = execFileSync(process.execPath, ['example.mjs', 'input.json'], {
      cwd: elsewhere,
      env: { PATH: dirname(process.execPath) },
      encoding: 'utf8',
    });
    rmSync(elsewhere, { recursive: true });
    const said = JSON.parse(readFileSync(join(folder, 'output.json'), 'utf8'));
    const { outputs } = JSON.parse(printed);
    expect(outputs[0]).toMatchObject({ name: 'probabilities', shape: [1, 10], datatype: 'FP32' });
    for (const [i, value] of outputs[0].data.entries()) expect(value).toBeCloseTo(said.outputs[0].data[i], 6);
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const text of [
      'without Gradus',
      '无需 Gradus',
      '| input | `x` | float32 (FP32) | [batch, 784] |',
      ids[2]!,
    ])
      expect(readme).toContain(text);
  });
});

describe('gradus export --to triton', () => {
  it('makes a repository of the champion and the versions before it, which Triton’s own fields describe', async () => {
    const { directory: folder, versions } = await exported({ to: 'triton', model: '数字-digits' });
    expect(versions).toEqual([1, 2]);
    const [name] = readdirSync(join(folder, 'model_repository')) as [string];
    expect(name).toMatch(/^digits-[0-9a-f]{8}$/);
    const repository = join(folder, 'model_repository', name);
    expect(readdirSync(repository).sort()).toEqual(['1', '2', 'config.pbtxt']);
    for (const [i, version] of ['1', '2'].entries()) {
      expect(readFileSync(join(repository, version, 'model.onnx'))).toEqual(
        readFileSync(join(runs, ids[i]!, 'model.onnx')),
      );
    }
    const config = parsePbtxt(readFileSync(join(repository, 'config.pbtxt'), 'utf8'));
    checkConfig(config);
    expect(config).toMatchObject({
      name: [name],
      backend: ['onnxruntime'],
      max_batch_size: [64],
      input: [{ name: ['x'], data_type: ['TYPE_FP32'], dims: [784] }],
      output: [{ name: ['probabilities'], data_type: ['TYPE_FP32'], dims: [10] }],
      version_policy: [{ specific: [{ versions: [1, 2] }] }],
      dynamic_batching: [{}],
      model_warmup: [
        { batch_size: [1], inputs: [{ key: ['x'], value: [{ dims: [784], zero_data: [true] }] }] },
      ],
    });
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`/v2/models/${name}/infer`);
  });

  it('batches only what has one open first axis throughout, and gives scalars a shape', () => {
    const config = (inputs: object, outputs: object, warm = true) => {
      const text = configOf({ name: 'm "\\', signature: { inputs, outputs } as never, numbers: [7], warm });
      const parsed = parsePbtxt(text);
      checkConfig(parsed);
      return parsed;
    };
    const float = (...shape: (number | string)[]) => ({ dtype: 'float32', shape });
    expect(
      config({ tokens: { dtype: 'int64', shape: ['batch', 'time'] } }, { p: float('batch') }),
    ).toMatchObject({
      name: ['m "\\'],
      max_batch_size: [64],
      input: [{ data_type: ['TYPE_INT64'], dims: [-1] }],
      output: [{ dims: [1], reshape: [{ shape: [] }] }],
      model_warmup: [{ inputs: [{ value: [{ dims: [1] }] }] }],
    });
    const fixed = config({ a: float('n', 3), b: float(2) }, { y: float() }, false);
    expect(fixed).toMatchObject({
      max_batch_size: [0],
      input: [{ dims: [-1, 3] }, { dims: [2] }],
      output: [{ dims: [1], reshape: [{ shape: [] }] }],
    });
    expect(fixed).not.toHaveProperty('dynamic_batching');
    expect(fixed).not.toHaveProperty('model_warmup');
  });
});

describe('gradus export --to kserve', () => {
  it('makes an InferenceService of fields that KServe knows, beside the repository', async () => {
    const storageUri = 's3://models/digits: "x"#1'.replaceAll(' ', '%20');
    const { directory: folder } = await exported({ to: 'kserve', storageUri });
    const service = parse(readFileSync(join(folder, 'inference-service.yaml'), 'utf8'));
    expect(service).toMatchObject({
      apiVersion: 'serving.kserve.io/v1beta1',
      kind: 'InferenceService',
      metadata: { name: expect.stringMatching(/^[a-z][-a-z0-9]*$/), annotations: { 'gradus/run': ids[0] } },
      spec: {
        predictor: {
          model: {
            modelFormat: { name: 'onnx', version: '1' },
            runtime: 'kserve-tritonserver',
            protocolVersion: 'v2',
            storageUri,
          },
        },
      },
    });
    // Of ModelSpec and of the container fields inlined in it, in the CRD of KServe 0.16.
    const known = [
      'modelFormat',
      'runtime',
      'protocolVersion',
      'storageUri',
      'resources',
      'env',
      'args',
      'image',
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(service.spec.predictor.model)));
    for (const { memory } of Object.values(service.spec.predictor.model.resources) as { memory: string }[])
      expect(memory).toMatch(/^\d+Mi$/);
    expect(readdirSync(join(folder, 'model_repository', ids[0]!)).sort()).toEqual(['1', 'config.pbtxt']);
  });
});
