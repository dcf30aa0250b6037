/** Sizes that models compute are known before the graph runs. */
import { describe, expect, it } from 'vitest';
import {
  apply,
  concat,
  constant,
  type Graph,
  input,
  int64,
  isStatic,
  readOnnx,
  scalar,
  writeOnnx,
} from './index.ts';
import { known, knownShape } from './known.ts';
import { compile } from './runtime/node/index.ts';

const size = (x: ReturnType<typeof input>, axis: number) => apply('Shape', [x]).gather(int64([axis]));

describe('what is known before the graph runs', () => {
  const x = input('x', ['batch', 'time', 8]);

  it('are sizes that the graph computes, by number or name', () => {
    const target = concat([size(x, 0), size(x, 1).mul(int64([2])), int64([-1])], 0);
    expect(known(target)).toEqual(['batch', '2*time', -1]);
    expect(apply('Reshape', [x, target]).shape).toEqual(['batch', '2*time', 4]);
    const half = apply('Floor', [size(x, 2).cast('float32').mul(0.6)]).cast('int64');
    expect(known(half)).toEqual([4]);
    expect(apply('Slice', [x, int64([0]), half, int64([2])]).shape).toEqual(['batch', 'time', 4]);
    expect(
      known(apply('Where', [apply('Equal', [size(x, 0), int64([-1])]), int64([7]), size(x, 1)])),
    ).toEqual(['time']);
  });

  it('are rounded as the runtime rounds them', async () => {
    const whole = (dtype: 'float32' | 'float64') =>
      apply('Floor', [scalar(10, dtype).mul(scalar(0.7, dtype)).mul(1)]);
    const [single, double] = [whole('float32'), whole('float64')];
    const session = await compile({ name: 'g', inputs: {}, outputs: { single, double } });
    const run = await session.run({});
    await session.close();
    expect(known(single)).toEqual(Array.from(run.single!.data as Float32Array));
    expect(known(double)).toEqual(Array.from(run.double!.data as Float64Array));
    expect(known(single)).toEqual([7]);
    expect(known(whole('float32').sub(0.25).cast('bool'))).toEqual([1]);
  });

  it('are not invented: a size that only the run tells is a size of its own', () => {
    const count = apply('NonZero', [x]).shape[1]!;
    const other = apply('NonZero', [x]).shape[1]!;
    expect(count).not.toBe(other);
    const shape = knownShape(input('shape', [2], 'int64'))!;
    expect(isStatic(shape)).toBe(false);
    expect(shape[0]).not.toBe(shape[1]);
    const both = concat([apply('NonZero', [x]), apply('NonZero', [x]).reshape([3, -1])], 1);
    expect(both.rank).toBe(2);
  });

  it('does not end in the file: such sizes are written without a name', async () => {
    const graph: Graph = {
      name: 'g',
      inputs: { x },
      outputs: { y: apply('NonZero', [x]), z: x.mul(scalar(2)) },
    };
    const read = readOnnx(writeOnnx(graph)).graph;
    expect(read.outputs.z!.shape).toEqual(['batch', 'time', 8]);
    const session = await compile(graph);
    const data = Float32Array.of(0, 1, 0, 0, 2, 0, 0, 0);
    const { y } = await session.run({ x: { dtype: 'float32', dims: [1, 1, 8], data } });
    expect(y!.dims).toEqual([3, 2]);
    await session.close();
  });

  it('are the numbers of constants, halves too', () => {
    const halves = constant({ dtype: 'float16', dims: [2], data: Uint16Array.of(0x3e00, 0xc000) });
    expect(known(halves)).toEqual([1.5, -2]);
  });
});

/** A graph of whole numbers that follow from constants, and what the runtime says that they are. */
describe('what follows from constants', () => {
  const table = (dims: readonly number[]) =>
    constant({
      dtype: 'int64',
      dims,
      data: BigInt64Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => BigInt((7 * i) % 11)),
    });
  const matrix = table([3, 4]);
  const cases = {
    'transposed matrices': matrix.transpose(),
    'slices, backwards too': apply('Slice', [
      matrix,
      int64([2, 1]),
      int64([-9, 9]),
      int64([0, 1]),
      int64([-2, 1]),
    ]),
    'gathered columns': matrix.gather(
      constant({ dtype: 'int64', dims: [2, 1], data: BigInt64Array.of(-1n, 0n) }),
      1,
    ),
    'joined columns': concat([matrix, table([3, 2])], 1),
    'repeated rows': matrix.reshape([3, 1, 4]).expand([3, 2, 4]),
    tiles: matrix.tile([2, 3]),
    'sums of rows and columns': table([3, 1]).add(table([1, 4])),
    'a split': matrix.split([1, 3], 1)[1]!,
    'a triangle': apply('Trilu', [matrix, scalar(1, 'int64')], { upper: 0 }),
    'the places of what is not 0': apply('NonZero', [matrix]),
    'a comparison': apply('GreaterOrEqual', [matrix, table([4])]).cast('int64'),
  };

  it.each(Object.entries(cases))('is known: %s', async (_, value) => {
    const session = await compile({ name: 'g', inputs: {}, outputs: { value } });
    const { value: ran } = await session.run({});
    await session.close();
    expect(value.shape).toEqual(ran!.dims);
    expect(known(value)).toEqual(Array.from(ran!.data as BigInt64Array, Number));
  });
});
