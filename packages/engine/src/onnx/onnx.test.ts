/** What is written can be read, by Gradus and by ONNX Runtime; what is broken is refused with its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topologicalOrder } from '../graph.ts';
import {
  applyMany,
  constant,
  type Graph,
  input,
  int64,
  leavesOf,
  ModelFileError,
  readOnnx,
  scalar,
  writeOnnx,
} from '../index.ts';
import { compile } from '../runtime/node/index.ts';

function example(): Graph {
  const x = input('x', ['batch', 3]);
  const w = constant(
    { dtype: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    'dense.weight',
  );
  const hidden = x.matmul(w).leakyRelu(0.25);
  const [first, second] = applyMany('Split', [hidden, int64([1, 1])], { axis: 1 });
  return {
    name: 'example',
    inputs: { x },
    outputs: { first: first!, second: second!, again: first!, same: x, three: scalar(3), hidden },
  };
}

describe('an ONNX file', () => {
  it('means the same after writing and reading', async () => {
    const bytes = writeOnnx(example(), { made: 'here' });
    const { graph, metadata } = readOnnx(bytes);
    expect(metadata).toEqual({ made: 'here' });
    expect(graph.inputs.x!.shape).toEqual(['batch', 3]);
    expect(topologicalOrder(Object.values(graph.outputs)).map(({ op }) => op)).toContain('Split');
    const feeds = {
      x: { dtype: 'float32', dims: [2, 3], data: Float32Array.of(1, 0, -1, 2, -2, 0) },
    } as const;
    const [before, after] = [await compile(bytes), await compile(graph)];
    const results = await before.run(feeds);
    expect(Array.from(results.first!.data as Float32Array)).toEqual([-1, -1]);
    expect(Array.from(results.again!.data as Float32Array)).toEqual([-1, -1]);
    expect(Array.from(results.three!.data as Float32Array)).toEqual([3]);
    expect(await after.run(feeds)).toEqual(results);
    await Promise.all([before.close(), after.close()]);
  });

  it('may give an input as it is, but no output under the name of another', async () => {
    const x = input('x', [2]);
    const graph = await compile({ name: 'g', inputs: { x }, outputs: { x, y: x.neg() } });
    const results = await graph.run({ x: { dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) } });
    expect([results.x!.data, results.y!.data]).toEqual([Float32Array.of(1, 2), Float32Array.of(-1, -2)]);
    await graph.close();
    expect(() => writeOnnx({ name: 'g', inputs: { x }, outputs: { x: x.neg() } })).toThrow(/both called "x"/);
  });

  it('may lie anywhere in memory, as in the buffers that Node reads files into', () => {
    const bytes = writeOnnx(example());
    for (let offset = 0; offset < 8; offset++) {
      const within = Buffer.alloc(bytes.length + 8, 0xff);
      within.set(bytes, offset);
      const { graph } = readOnnx(within.subarray(offset, offset + bytes.length));
      const constants = leavesOf(graph).flatMap(({ source }) => (source.kind === 'constant' ? [source] : []));
      const weight = constants.find(({ name }) => name === 'dense.weight')!;
      expect(weight.data.data).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    }
  });

  it('keeps the names of its constants and the values of every dtype', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.float32Array({ maxLength: 9 }).map((data) => ({ dtype: 'float32' as const, data })),
          fc.float64Array({ maxLength: 9 }).map((data) => ({ dtype: 'float64' as const, data })),
          fc.bigInt64Array({ maxLength: 9 }).map((data) => ({ dtype: 'int64' as const, data })),
          fc.uint8Array({ maxLength: 9 }).map((data) => ({ dtype: 'uint8' as const, data })),
          fc
            .array(fc.string({ unit: 'grapheme' }), { maxLength: 9 })
            .map((data) => ({ dtype: 'string' as const, data })),
        ),
        ({ dtype, data }) => {
          const value = constant({ dtype, dims: [data.length], data }, 'kept');
          const { graph } = readOnnx(writeOnnx({ name: 'g', inputs: {}, outputs: { value } }));
          const source = topologicalOrder([graph.outputs.value!])[0]!.inputs[0]!.source;
          expect(source).toEqual({
            kind: 'constant',
            name: 'kept',
            data: { dtype, dims: [data.length], data },
          });
        },
      ),
    );
  });

  it('is refused with a reason when it is not one, whatever its bytes', () => {
    const good = writeOnnx(example());
    const broken = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
      fc.nat(good.length - 1).map((end) => good.subarray(0, end)),
    );
    fc.assert(
      fc.property(broken, (bytes) => {
        try {
          readOnnx(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFileError);
        }
      }),
      { numRuns: 1000 },
    );
    expect(() => readOnnx(Uint8Array.of(1, 2, 3))).toThrow(/not an ONNX model/);
  });
});
