/** Gradients are the same numbers where the way forth is computed again, and little is left to be kept. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import {
  constant,
  type Graph,
  gradientsReaching,
  input,
  recomputed,
  type Tensor,
  topologicalOrder,
  type Value,
} from '../index.ts';
import { compile } from '../runtime/node/index.ts';

const random = new Random(1);
const weights = Array.from({ length: 4 }, () => {
  const data = Float32Array.from({ length: 64 }, () => random.normal(0, 0.4));
  return { dtype: 'float32' as const, dims: [8, 8], data };
});

function graphs() {
  const x = input('x', [3, 8]);
  const parameters = weights.map((_, i) => input(`w${i}`, [8, 8]));
  const between: Tensor[] = [x.mul(1.5)];
  for (const parameter of parameters) {
    const h = between.at(-1)!;
    between.push(h.add(h.matmul(parameter).tanh().mul(h.sigmoid()).matmul(parameter.T)));
  }
  const loss = between.at(-1)!.square().sum();
  const found = gradientsReaching(loss, [...parameters, ...between]) as Tensor[];
  const [own, arriving] = [found.slice(0, 4), found.slice(4)];
  const again = recomputed(
    loss,
    own,
    between.map((value, i) => ({ value, gradient: arriving[i]! })),
  );
  const inputs = { x, ...Object.fromEntries(parameters.map((parameter, i) => [`w${i}`, parameter])) };
  const graph = (slopes: readonly Tensor[]): Graph<Tensor> => ({
    name: 'slopes',
    inputs,
    outputs: { loss, ...Object.fromEntries(slopes.map((slope, i) => [`slope${i}`, slope])) },
  });
  return { loss, between, own, again, plain: graph(own), checkpointed: graph(again) };
}

it('gives the same loss and gradients', async () => {
  const { plain, checkpointed } = graphs();
  const x = {
    dtype: 'float32' as const,
    dims: [3, 8],
    data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  };
  const feeds = { x, ...Object.fromEntries(weights.map((weight, i) => [`w${i}`, weight])) };
  const [one, other] = await Promise.all(
    [plain, checkpointed].map(async (graph) => {
      const compiled = await compile(graph, { threads: 1 });
      const found = await compiled.run(feeds);
      await compiled.close();
      return found;
    }),
  );
  for (const [name, { data }] of Object.entries(one!))
    for (const [i, value] of (data as Float32Array).entries())
      expect(Math.abs((other![name]!.data as Float32Array)[i]! - value)).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(value)),
      );
});

it('keeps of the way forth what lies between stretches alone', () => {
  const { loss, between, own, again } = graphs();
  const forth = new Set<Value>(topologicalOrder([loss]).flatMap(({ outputs }) => outputs));
  const usedBy = (slopes: readonly Tensor[]) => {
    const nodes = topologicalOrder(slopes).filter(
      ({ outputs }) => !outputs.some((output) => forth.has(output)),
    );
    const used = new Set(nodes.flatMap(({ inputs }) => inputs));
    return [...used].filter((value) => value && forth.has(value) && !between.includes(value as Tensor));
  };
  expect(usedBy(own).length).toBeGreaterThan(8);
  // What is not of a stretch, such as a weight turned round, is kept.
  expect(
    usedBy(again).every((value) => value!.source.kind === 'node' && value!.source.node.op === 'Transpose'),
  ).toBe(true);
});

it('of no stretch changes nothing', () => {
  const x = input('x', [2]);
  const w = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) });
  const loss = x.mul(w).sum();
  const [slope] = gradientsReaching(loss, [x]) as [Tensor];
  expect(recomputed(loss, [slope], [])).toEqual([slope]);
});
