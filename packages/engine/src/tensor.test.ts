/** Tensor methods as people write them who come from PyTorch and NumPy: they work, or say what to write. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, concat, constant, GraphError, input, type Tensor, UserError } from './index.ts';
import { compile } from './runtime/node/index.ts';

async function valuesOf(y: Tensor): Promise<{ dims: readonly number[]; values: number[] }> {
  const graph = await compile({ name: 'y', inputs: {}, outputs: { y } }, { threads: 1 });
  const { y: result } = await graph.run({});
  await graph.close();
  return { dims: result!.dims, values: Array.from(result!.data as Float32Array, Number) };
}
const matrix = constant([
  [1, 2, 3],
  [4, 5, 6],
]);
const cube = input('cube', [2, 3, 4]);
const ids = input('ids', [3], 'int64');

describe('numbers where a tensor is expected', () => {
  it('are lists, nested lists and arrays of the host, in the dtype of the other side', async () => {
    expect(await valuesOf(matrix.add([10, 20, 30]))).toEqual({
      dims: [2, 3],
      values: [11, 22, 33, 14, 25, 36],
    });
    expect((await valuesOf(matrix.mul([[2], [3]]))).values).toEqual([2, 4, 6, 12, 15, 18]);
    expect((await valuesOf(matrix.matmul([[1], [0], [1]]))).values).toEqual([4, 10]);
    expect((await valuesOf(matrix.sub(Float32Array.of(1, 1, 1)))).values).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await valuesOf(matrix.greater([[2], [5]]).where(1, 0))).values).toEqual([0, 0, 1, 0, 0, 1]);
    expect((await valuesOf(matrix.gather([1, 0]))).values).toEqual([4, 5, 6, 1, 2, 3]);
    expect((await valuesOf(matrix.gather(1))).values).toEqual([4, 5, 6]);
    expect(ids.add([1, 2, 3]).dtype).toBe('int64');
    expect(ids.add(5n as unknown as number).dtype).toBe('int64');
  });

  it('have the shape of their nesting', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }), (dims) => {
        const nested = (rest: number[]): unknown =>
          rest.length === 0 ? 1 : Array.from({ length: rest[0]! }, () => nested(rest.slice(1)));
        expect(constant(nested(dims) as number[]).shape).toEqual(dims);
      }),
    );
  });

  it('are refused with their place where they are uneven, or no numbers', () => {
    expect(() => constant([[1, 2], [3]])).toThrow(
      'expected a list of 2 at [1], as in the first row, got one of 1',
    );
    expect(() => constant([[1, 2], 3])).toThrow('expected a list of 2 at [1], as in the first row, got 3');
    expect(() => constant([1, '2' as never])).toThrow('expected a number at [1], got "2"');
    expect(() => constant([1, null as never])).toThrow('got null');
    expect(() => matrix.add(undefined as never)).toThrow(
      'expected a tensor, a number or a list of numbers, got undefined',
    );
    expect(() => matrix.add({ value: 1 } as never)).toThrow('got Object {…}');
    expect(() => ids.add(0.5)).toThrow('0.5 is no whole number and cannot be held as int64; cast to a float');
    expect(() => ids.mul(Number.NaN)).toThrow('NaN is no whole number');
  });
});

describe('reductions', () => {
  it('take one axis or several', () => {
    expect(cube.sum(1).shape).toEqual([2, 4]);
    expect(cube.mean(-1, true).shape).toEqual([2, 3, 1]);
    expect(cube.maximum([0, 2]).shape).toEqual([3]);
    expect(cube.minimum().shape).toEqual([]);
  });

  it('say what to write instead of other forms', () => {
    expect(() => cube.sum({ axis: 1 } as never)).toThrow('write sum([0, 1], true): the axes, and whether');
    expect(() => cube.sum(0, 1 as never)).toThrow('sum(0, 1): write sum([0, 1], true)');
    expect(() => cube.mean(1, { keepdims: true } as never)).toThrow('write mean([0, 1], true)');
    expect(() => cube.mean(1.5)).toThrow(GraphError);
    expect(() => cube.sum(3)).toThrow('axis 3 is outside a tensor of rank 3');
    expect(() => ids.mean()).toThrow("mean() is for floats, not int64: write x.cast('float32').mean()");
  });

  it('max and min compare with one other, and say so', () => {
    expect(cube.max(0).shape).toEqual([2, 3, 4]);
    const max = cube.max.bind(cube) as (...operands: unknown[]) => Tensor;
    const min = cube.min.bind(cube) as (...operands: unknown[]) => Tensor;
    for (const operands of [[], [[1]], [1, true], [{ axis: 1 }], ['1']]) {
      expect(() => max(...operands)).toThrow('write maximum([1]) for the maximum along axes');
      expect(() => min(...operands)).toThrow('write minimum([1]) for the minimum along axes');
    }
  });
});

describe('shapes', () => {
  it('are lists, or one size after the other', () => {
    expect(cube.reshape([-1, 6]).shape).toEqual([4, 6]);
    expect(cube.reshape(-1, 6).shape).toEqual([4, 6]);
    expect(cube.reshape(24).shape).toEqual([24]);
    expect(cube.reshape(-1).shape).toEqual([24]);
    expect(input('x', ['batch', 4]).reshape('batch', 2, 2).shape).toEqual(['batch', 2, 2]);
    expect(cube.unsqueeze([0, 4]).shape).toEqual([1, 2, 3, 4, 1]);
    expect(cube.unsqueeze(0).squeeze([0]).shape).toEqual([2, 3, 4]);
    expect(() => cube.reshape(-1, -1)).toThrow('of which one may be -1');
    expect(() => cube.reshape(1.5, 16)).toThrow('reshape(1.5, 16): write reshape([2, 3])');
    expect(() => cube.reshape([-2, 12])).toThrow('reshape(-2, 12)');
    expect(() => cube.reshape(undefined as never)).toThrow('reshape(undefined)');
    expect(() => cube.reshape(5, 5)).toThrow(GraphError);
    expect(() => input('x', 3 as never)).toThrow("write its shape as a list, such as ['batch', 3], not 3");
  });

  it('transpose as in NumPy, of two axes as in PyTorch, and permute', () => {
    expect(cube.transpose().shape).toEqual([4, 3, 2]);
    expect(cube.transpose([0, 2, 1]).shape).toEqual([2, 4, 3]);
    expect(cube.transpose(0, 2, 1).shape).toEqual([2, 4, 3]);
    expect(cube.transpose(1, 2).shape).toEqual([2, 4, 3]);
    expect(cube.transpose(-1, 0).shape).toEqual([4, 3, 2]);
    expect(cube.permute(2, 0, 1).shape).toEqual([4, 2, 3]);
    expect(cube.permute([2, 0, 1]).shape).toEqual([4, 2, 3]);
    expect(matrix.transpose(1, 0).shape).toEqual([3, 2]);
    expect(matrix.transpose([0, 1]).shape).toEqual([2, 3]);
    expect(() => matrix.transpose(0, 1)).toThrow('write .T to swap them');
    expect(() => cube.permute(0, 1)).toThrow(
      'write each of the 3 axes once, in their new order: permute([2, 1, 0])',
    );
    expect(() => cube.transpose([0, 0, 1])).toThrow('write each of the 3 axes once');
    expect(() => cube.transpose(0, 3)).toThrow(GraphError);
    expect(() => cube.transpose('T' as never)).toThrow('transpose("T")');
  });
});

describe('dtypes', () => {
  it('that there are not are refused with the name that was meant', () => {
    const wrong = [
      ['float', 'float32'],
      ['double', 'float64'],
      ['long', 'int64'],
      ['int', 'int32'],
      ['boolean', 'bool'],
    ] as const;
    for (const [name, right] of wrong) {
      expect(() => matrix.cast(name as never)).toThrow(UserError);
      expect(() => matrix.cast(name as never)).toThrow(
        `there is no dtype "${name}". Did you mean "${right}"?`,
      );
      expect(() => input('x', [1], name as never)).toThrow(`Did you mean "${right}"?`);
    }
    expect(() => matrix.cast(undefined as never)).toThrow('there is no dtype undefined. There are float32');
  });

  it('of whole numbers are refused by functions of real ones', () => {
    const functions = ['exp', 'log', 'sqrt', 'sigmoid', 'tanh', 'softmax', 'gelu', 'erf'] as const;
    for (const name of functions)
      expect(() => ids[name]()).toThrow(
        `${name}() is for floats, not int64: write x.cast('float32').${name}()`,
      );
  });

  it('of two sides are one, or the way out is named', () => {
    expect(() => matrix.add(input('y', [3], 'int64'))).toThrow(
      'expected inputs of one dtype, got float32 and int64; cast one of them, as in x.cast("float32")',
    );
    expect(() => concat([matrix, input('y', [2, 3], 'int64')], 0)).toThrow('cast one of them');
  });

  it('that the runtime has no op for end in words of ours', async () => {
    const x = input('x', [2], 'float64');
    const compiled = (y: Tensor) => compile({ name: 'g', inputs: { x }, outputs: { y } });
    await expect(compiled(x.leakyRelu())).rejects.toThrow(
      'the graph cannot be computed: LeakyRelu: the runtime does not compute it for inputs of this dtype',
    );
    await expect(compiled(x.greater(0).sum())).rejects.toThrow(
      'ReduceSum: it does not take bool; cast its inputs',
    );
  });
});

describe('a graph that is run', () => {
  const graph = async () => {
    const [x, y] = [input('x', ['batch', 2]), input('y', ['batch'], 'int64')];
    return compile(
      { name: 'g', inputs: { x, y }, outputs: { z: x.sum(1).add(y.cast('float32')) } },
      { threads: 1 },
    );
  };

  it('takes plain lists, in the dtype of its inputs', async () => {
    const compiled = await graph();
    const { z } = await compiled.run({
      x: [
        [1, 2],
        [3, 4],
      ],
      y: [10, 20],
    });
    expect([...(z!.data as Float32Array)]).toEqual([13, 27]);
    await compiled.close();
  });

  it('refuses what does not fit, by the name of the input', async () => {
    const compiled = await graph();
    const y = { dtype: 'int64', dims: [1], data: BigInt64Array.of(1n) } as const;
    const refused = (x: unknown) => compiled.run({ x: x as never, y });
    await expect(refused([[1, 2, 3]])).rejects.toThrow(
      'input "x" is fed float32[1, 3]; expected float32[batch, 2]',
    );
    await expect(refused([[1, 'a']])).rejects.toThrow('input "x": expected a number at [0, 1], got "a"');
    await expect(refused(undefined)).rejects.toThrow('input "x" is not fed');
    await expect(refused({ dtype: 'float32', dims: [1, 2], data: [1, 2] })).rejects.toThrow(
      'input "x": float32[1, 2] is held in a Float32Array of 2, not in a list of 2',
    );
    await expect(refused({ dtype: 'float32', dims: [1, 2], data: new Float32Array(3) })).rejects.toThrow(
      'not in a Float32Array of 3',
    );
    await compiled.close();
  });
});

describe('options and names', () => {
  it('of resize are refused where there are none such', () => {
    const image = input('x', [1, 1, 4, 4]);
    expect(() => image.resize([8, 8], { method: 'linear' } as never)).toThrow(
      'resize has no option "method"',
    );
    expect(() => image.resize([8, 8], { mode: 'bilinear' as never })).toThrow('Did you mean "linear"?');
  });

  it('of other libraries’ methods say what to write', () => {
    const other = cube as unknown as Record<string, (...given: unknown[]) => unknown>;
    const names = [
      ['view', 'reshape'],
      ['dot', 'matmul'],
      ['multiply', 'mul'],
      ['item', 'run'],
      ['numpy', 'run'],
      ['backward', 'gradients'],
      ['astype', 'cast'],
      ['float', 'cast'],
      ['clamp', 'clip'],
    ] as const;
    for (const [name, right] of names) {
      expect(() => other[name]!(1)).toThrow(GraphError);
      expect(() => other[name]!(1)).toThrow(right);
    }
    expect(Object.keys(cube)).toEqual(['dtype', 'shape', 'source']);
  });

  it('of ops are refused with the nearest', () => {
    expect(() => apply('Softmx', [matrix])).toThrow('unknown op "Softmx". Did you mean "Softmax"?');
  });
});
