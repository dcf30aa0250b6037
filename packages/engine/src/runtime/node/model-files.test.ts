/** Weights beside the model are found again; a model cannot name what is not its own. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { constant, type Graph, input, ModelFileError, readOnnx, Tensor, writeOnnx } from '../../index.ts';
import { compile, readOnnxFile, writeOnnxFile } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-external-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function example(seed = 1): Graph {
  const random = new Random(seed);
  const weight = (rows: number, columns: number, name: string) =>
    constant(
      {
        dtype: 'float32',
        dims: [rows, columns],
        data: Float32Array.from({ length: rows * columns }, () => random.normal()),
      },
      name,
    );
  const x = input('x', ['batch', 30]);
  const y = x
    .matmul(weight(30, 50, 'first'))
    .relu()
    .matmul(weight(50, 20, 'second'))
    .reshape(['batch', 4, 5]);
  return { name: 'example', inputs: { x }, outputs: { y } };
}

const feed = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));

async function outputOf(model: Graph): Promise<unknown> {
  const session = await compile(model);
  const { y } = await session.run({ x: { dtype: 'float32', dims: [2, 30], data: feed } });
  await session.close();
  return y!.data;
}

describe('a model file', () => {
  it('keeps its weights inside where they fit', async () => {
    const path = join(folder, 'model.onnx');
    writeOnnxFile(path, example(), { metadata: { made: 'here' } });
    expect(readdirSync(folder)).toEqual(['model.onnx']);
    const { graph, metadata } = readOnnxFile(path);
    expect(metadata).toEqual({ made: 'here' });
    expect(await outputOf(graph)).toEqual(await outputOf(example()));
  });

  it('keeps once what constants of several shapes have in common', async () => {
    const path = join(folder, 'model.onnx');
    const values = Float32Array.from({ length: 900 }, (_, i) => i);
    const bytes = {};
    const shaped = (dims: readonly number[]) =>
      new Tensor('float32', dims, {
        kind: 'constant',
        name: 'w',
        bytes,
        data: { dtype: 'float32', dims, data: values },
      });
    const x = input('x', [1, 30]);
    const y = x.matmul(shaped([30, 30])).add(shaped([900]).slice([0], [30], [0]));
    const graph: Graph = { name: 'shared', inputs: { x }, outputs: { y } };
    writeOnnxFile(path, graph, { limit: 0 });
    expect(statSync(`${path}.data`).size).toBe(4 * 900);
    const outputs = [graph, readOnnxFile(path).graph].map(async (model) => {
      const session = await compile(model);
      const feeds = { x: { dtype: 'float32', dims: [1, 30], data: feed.slice(0, 30) } } as const;
      const found = (await session.run(feeds)).y!.data;
      await session.close();
      return found;
    });
    const [own, read] = await Promise.all(outputs);
    expect(read).toEqual(own);
  });

  it('keeps them beside it where they do not, for Gradus and for ONNX Runtime', async () => {
    const path = join(folder, 'model.onnx');
    writeOnnxFile(path, example(), { limit: 5000 });
    expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'model.onnx.data']);
    expect(statSync(path).size).toBeLessThan(1000);
    const expected = await outputOf(example());
    expect(await outputOf(readOnnxFile(path).graph)).toEqual(expected);
    const session = await InferenceSession.create(path);
    const { y } = await session.run({ x: new OrtTensor('float32', feed, [2, 30]) });
    expect(y!.data).toEqual(expected);
    await session.release();
    // Written again with other weights, and then small enough for one file.
    writeOnnxFile(path, example(2), { limit: 5000 });
    expect(await outputOf(readOnnxFile(path).graph)).toEqual(await outputOf(example(2)));
    writeOnnxFile(path, example(3));
    expect(readdirSync(folder)).toEqual(['model.onnx']);
  });

  it('leaves what was there where writing fails', () => {
    const path = join(folder, 'model.onnx');
    writeOnnxFile(path, example());
    const stray = input('stray', [1, 30]);
    const broken: Graph = { name: 'broken', inputs: {}, outputs: { y: stray.relu() } };
    for (const limit of [undefined, -1]) {
      expect(() => writeOnnxFile(path, broken, limit === undefined ? {} : { limit })).toThrow(/stray/);
    }
    expect(readdirSync(folder)).toEqual(['model.onnx']);
    expect(readOnnxFile(path).graph.name).toBe('example');
  });

  it.skipIf(!existsSync('/dev/full'))('leaves what was there where the disk is full', async () => {
    const path = join(folder, 'model.onnx');
    for (const limit of [undefined, 0]) {
      const options = limit === undefined ? {} : { limit };
      writeOnnxFile(path, example(), options);
      const before = readdirSync(folder);
      for (const part of [`${path}.partial`, `${path}.data.partial`]) symlinkSync('/dev/full', part);
      expect(() => writeOnnxFile(path, example(2), options)).toThrow(ModelFileError);
      for (const part of [`${path}.partial`, `${path}.data.partial`]) symlinkSync('/dev/full', part);
      expect(() => writeOnnxFile(path, example(2), options)).toThrow(/model.onnx" cannot be written: ENOSPC/);
      expect(readdirSync(folder)).toEqual(before);
      expect(await outputOf(readOnnxFile(path).graph)).toEqual(await outputOf(example()));
    }
    expect(() => writeOnnxFile(join(folder, 'none', 'model.onnx'), example())).toThrow(/ENOENT/);
  });

  it('is refused where its weights are not given or not there', () => {
    const path = join(folder, 'model.onnx');
    writeOnnxFile(path, example(), { limit: 0 });
    rmSync(`${path}.data`);
    expect(() => readOnnxFile(path)).toThrow(
      /initializer "first": its data is in "model.onnx.data", which cannot be read/,
    );
    expect(() => readOnnxFile(join(folder, 'other.onnx'))).toThrow(ModelFileError);
    const bytes = writeOnnx(example(), {}, { external: () => ({ location: 'weights' }) });
    expect(() => readOnnx(bytes)).toThrow(/kept in another file; read the model by its path/);
  });
});

describe('a place that a model names', () => {
  /** A model whose weights all lie at one place. */
  const pointing = (place: Record<string, string>): string => {
    const path = join(folder, 'home', 'model.onnx');
    mkdirSync(join(folder, 'home'), { recursive: true });
    writeFileSync(path, writeOnnx(example(), {}, { external: () => place }));
    return path;
  };
  const read = (place: Record<string, string>) => () => readOnnxFile(pointing(place));

  it('is not followed out of its folder', () => {
    const secret = join(folder, 'secret');
    writeFileSync(secret, new Uint8Array(6000));
    for (const location of ['../secret', secret, 'a/../../secret', '..\\secret', 'C:\\secret', 'home/\0']) {
      expect(read({ location }), location).toThrow(/expected a file within the folder of the model/);
    }
    mkdirSync(join(folder, 'home'), { recursive: true });
    symlinkSync(secret, join(folder, 'home', 'link'));
    symlinkSync(folder, join(folder, 'home', 'up'));
    expect(read({ location: 'link' })).toThrow(/a link out of the folder/);
    expect(read({ location: 'up/secret' })).toThrow(/a link out of the folder/);
    expect(read({ location: '.' })).toThrow(ModelFileError);
    expect(existsSync(secret)).toBe(true);
  });

  it('is followed within it, through folders and links', () => {
    mkdirSync(join(folder, 'home', 'weights'), { recursive: true });
    writeFileSync(join(folder, 'home', 'weights', 'all'), new Uint8Array(6000));
    symlinkSync('weights/all', join(folder, 'home', 'link'));
    for (const location of ['weights/all', './weights/all', 'link']) {
      // Both weights are of 1,500 or 1,000 numbers: the first fills the file, the second must say its length.
      expect(read({ location })).toThrow(/holds 1500 elements; expected 1000/);
    }
  });

  it('must be within its file', () => {
    mkdirSync(join(folder, 'home'), { recursive: true });
    writeFileSync(join(folder, 'home', 'data'), new Uint8Array(6000));
    const at = (offset: string, length: string) => read({ location: 'data', offset, length });
    expect(at('0', '6001')).toThrow(/6001 bytes from 0 of "data", which has 6000 bytes/);
    expect(at('5000', '6000')).toThrow(/from 5000 of "data"/);
    expect(at('-1', '6000')).toThrow(/offset "-1" of its data is not a whole number/);
    expect(at('0', '1e3')).toThrow(/length "1e3"/);
    expect(at('0', '5999')).toThrow(/holds 1499 elements; expected 1500/);
    expect(read({ offset: '0' })).toThrow(/does not name/);
  });

  it('is refused with a reason, whatever it is', () => {
    mkdirSync(join(folder, 'home'), { recursive: true });
    writeFileSync(join(folder, 'home', 'data'), new Uint8Array(6000));
    const place = fc.record(
      {
        location: fc.oneof(fc.string(), fc.constantFrom('data', './data', '..', '/', '')),
        offset: fc.oneof(fc.string(), fc.integer().map(String)),
        length: fc.oneof(fc.string(), fc.integer().map(String)),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(place, (fields) => {
        expect(read(fields as Record<string, string>)).toThrow(ModelFileError);
      }),
      { numRuns: 200 },
    );
  });
});
