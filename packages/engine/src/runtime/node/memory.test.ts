/** A graph that asks for more memory than there is does not run, whatever asks for it; others run as they always did. */
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../graph.ts';
import { apply, concat, input, int64, scalar, type Tensor, writeOnnx } from '../../index.ts';
import { compile } from './sessions.ts';

const HUGE = 2 ** 40;
const x = input('x', [4]);
const graphOf = (inputs: Record<string, Tensor>, y: Tensor): Graph<Tensor> => ({
  name: 'g',
  inputs,
  outputs: { y },
});
const long = input('x', ['n']);
const doubled = (value: Tensor, times: number): Tensor =>
  times === 0 ? value : doubled(concat([value, value], 0), times - 1);

/** Ops whose sizes stand in the file. */
const SWELLING: Record<string, () => Tensor> = {
  Expand: () => x.expand([HUGE, 4]),
  Tile: () => x.tile([HUGE]),
  Pad: () => x.pad([0], [HUGE]),
  ConstantOfShape: () => apply('ConstantOfShape', [int64([HUGE])]).add(x.sum()),
  Range: () => apply('Range', [scalar(0), scalar(HUGE), scalar(1)]).add(x.sum()),
  Concat: () => doubled(x, 40),
  Resize: () => x.reshape([1, 1, 4]).resize([HUGE]),
  OneHot: () =>
    apply('OneHot', [
      x.cast('int64'),
      scalar(HUGE, 'int64'),
      apply(
        'Concat',
        [scalar(0), scalar(1)].map((s) => s.unsqueeze(0)),
        { axis: 0 },
      ),
    ]),
  Add: () =>
    x
      .tile([2 ** 18])
      .reshape([2 ** 20, 1])
      .add(x.tile([2 ** 18])),
  MatMul: () =>
    x
      .tile([2 ** 18])
      .reshape([2 ** 20, 1])
      .matmul(x.tile([2 ** 18]).reshape([1, 2 ** 20])),
  Einsum: () => apply('Einsum', [x.tile([2 ** 18]), x.tile([2 ** 18])], { equation: 'i,j->ij' }),
  Gather: () =>
    x
      .reshape([4, 1])
      .expand([4, 2 ** 20])
      .gather(x.cast('int64').tile([2 ** 18])),
};

describe('a size that stands in the file', () => {
  it.each(Object.keys(SWELLING))('of %s is refused before anything runs', async (op) => {
    const graph = graphOf({ x }, SWELLING[op]!());
    for (const model of [graph, writeOnnx(graph)]) {
      const refused = compile(model, { threads: 1 });
      await expect(refused).rejects.toThrow(UserError);
      await expect(refused).rejects.toThrow(
        new RegExp(`${op}\\(.*makes float32\\[.*is left on this machine`),
      );
    }
  });
});

describe('a size that follows from what is fed', () => {
  it('is refused at the run that is too large, and no other', async () => {
    const outer = graphOf({ x: long }, long.unsqueeze(1).add(long));
    const compiled = await compile(writeOnnx(outer), { threads: 1 });
    const run = (n: number) =>
      compiled.run({ x: { dtype: 'float32', dims: [n], data: new Float32Array(n).fill(1) } });
    await expect(run(1_000_000)).rejects.toThrow(/Add\(float32\[1000000, 1\], float32\[1000000\]\) makes/);
    expect((await run(3)).y).toMatchObject({ dims: [3, 3], data: new Float32Array(9).fill(2) });
    await compiled.close();
  });

  it('may be what a shape says that is fed', async () => {
    const shape = input('shape', [2], 'int64');
    const compiled = await compile(graphOf({ x, shape }, x.expand(shape)), { threads: 1 });
    const run = (rows: bigint) =>
      compiled.run({
        x: { dtype: 'float32', dims: [4], data: Float32Array.of(1, 2, 3, 4) },
        shape: { dtype: 'int64', dims: [2], data: BigInt64Array.of(rows, 4n) },
      });
    await expect(run(2n ** 40n)).rejects.toThrow(/Expand\(.*makes float32\[1099511627776, 4\]/);
    expect((await run(2n)).y!.dims).toEqual([2, 4]);
    await compiled.close();
  });
});

describe('a size that depends on values', () => {
  /** As many times as its largest element says. */
  const computed = long.expand(
    concat([long.maximum().cast('int64').reshape([1]), apply('Shape', [long])], 0),
  );
  const kept = long.gather(apply('NonZero', [long]).squeeze(0));
  const GRAPHS: Record<string, [Tensor, RegExp, (values: readonly number[]) => number[]]> = {
    'of Expand': [
      computed,
      /Expand\(/,
      (values) => Array.from({ length: Math.max(...values) }, () => values).flat(),
    ],
    'of Range': [
      apply('Range', [scalar(0), long.sum(), scalar(1)]),
      /Range\(/,
      (values) => Array.from({ length: values.reduce((a, b) => a + b, 0) }, (_, i) => i),
    ],
    'of a sum of all pairs of what NonZero finds': [
      kept.unsqueeze(1).add(kept),
      /Add\(/,
      (values) => values.filter(Boolean).flatMap((a) => values.filter(Boolean).map((b) => a + b)),
    ],
    'of what is doubled behind NonZero': [
      doubled(kept, 2),
      /Concat\(/,
      (values) => new Array(4).fill(values.filter(Boolean)).flat(),
    ],
  };

  it.each(Object.keys(GRAPHS).slice(0, 3))('%s is refused once that is known', async (name) => {
    const [y, message] = GRAPHS[name]!;
    const graph = graphOf({ x: long }, y);
    for (const model of [graph, writeOnnx(graph)]) {
      const compiled = await compile(model, { threads: 1 });
      const data = new Float32Array(200_000).fill(name === 'of Range' ? 1e7 : 1);
      if (name === 'of Expand') data[0] = 2 ** 30;
      await expect(compiled.run({ x: { dtype: 'float32', dims: [data.length], data } })).rejects.toThrow(
        message,
      );
      await compiled.close();
    }
  });

  it.each(Object.keys(GRAPHS))('%s is what it is where there is room', async (name) => {
    const [y, , expected] = GRAPHS[name]!;
    const compiled = await compile(writeOnnx(graphOf({ x: long }, y)), { threads: 1 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        async (values) => {
          const data = Float32Array.from(values);
          const { y: result } = await compiled.run({ x: { dtype: 'float32', dims: [data.length], data } });
          expect(Array.from(result!.data as Float32Array)).toEqual(expected(values));
        },
      ),
      { numRuns: 20 },
    );
    await compiled.close();
  });
});
