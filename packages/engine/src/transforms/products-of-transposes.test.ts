/** Products by transposed matrices, and what flows back through them, need no transposes. */
import { expect, it } from 'vitest';
import { constant, gradients, input, topologicalOrder } from '../index.ts';
import { compile } from '../runtime/node/index.ts';
import { withoutTransposes } from './products-of-transposes.ts';

it('computes the same in both directions, with the frozen matrix as it is', async () => {
  const x = input('x', [2, 3, 4]);
  const w = constant({
    dtype: 'float32',
    dims: [5, 4],
    data: Float32Array.from({ length: 20 }, (_, i) => Math.sin(i)),
  });
  const product = x.matmul(w.T);
  const before = [product, ...gradients(product.mul(product), [x])];
  const after = withoutTransposes(before);
  expect(topologicalOrder(after).map(({ op }) => op)).not.toContain('Transpose');
  const data = Float32Array.from({ length: 24 }, (_, i) => Math.cos(i));
  const [expected, found] = await Promise.all(
    [before, after].map(async ([y, slope]) => {
      const graph = { name: 'both', inputs: { x }, outputs: { y: y!, slope: slope! } };
      const compiled = await compile(graph, { threads: 1, lower: false });
      const values = await compiled.run({ x: { dtype: 'float32', dims: [2, 3, 4], data } });
      await compiled.close();
      return values;
    }),
  );
  for (const name of ['y', 'slope']) {
    expect(found![name]!.dims).toEqual(expected![name]!.dims);
    for (const [i, value] of (expected![name]!.data as Float32Array).entries())
      expect(found![name]!.data[i]).toBeCloseTo(value, 5);
  }
});
