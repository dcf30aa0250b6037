/** Loops of WebAssembly against the runtime, to the last bit. */

import { WebAssembly } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Graph, type HostTensor, input, scalar, type Tensor } from '../../../index.ts';
import { compile } from '../index.ts';
import { compileLoop, isLoop } from './elementwise-loop.ts';
import { SharedHeap } from './shared-heap.ts';

const SIZE = 12;

const nonzero = (x: Tensor): Tensor => x.abs().add(0.5);

/** Draws a graph of elementwise ops on x, y and the single number s. */
const graphs = fc
  .array(fc.tuple(fc.nat(10), fc.nat(), fc.nat(), fc.nat(), fc.double({ min: -2, max: 2, noNaN: true })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((steps): Graph<Tensor> => {
    const inputs = { x: input('x', [SIZE]), y: input('y', [SIZE]), s: input('s', []) };
    const made: Tensor[] = [inputs.x, inputs.y];
    const pick = (i: number) => made[i % made.length]!;
    for (const [op, i, j, k, number] of steps) {
      const [a, b, c] = [pick(i), pick(j), pick(k)];
      const results = [
        () => a.add(b),
        () => a.sub(inputs.s),
        () => a.mul(number),
        () => a.div(b),
        () => a.abs().sqrt(),
        // The runtime does not keep the sign of a zero that it chooses: none is to be chosen from.
        () => a.max(nonzero(b)),
        () => a.min(scalar(2.5 + number)),
        () => a.neg(),
        () => a.greater(b).where(nonzero(c), nonzero(a)),
        () => a.less(inputs.s).where(nonzero(inputs.s), nonzero(c)),
        () => inputs.s.div(a),
      ];
      made.push(results[op]!());
    }
    return { name: 'g', inputs, outputs: { last: made.at(-1)!, sum: made.at(-1)!.add(inputs.y) } };
  });

function looped(graph: Graph<Tensor>, feeds: Readonly<Record<string, HostTensor>>): Float32Array[] {
  const heap = new SharedHeap();
  const put = (values: Float32Array) => {
    const { buffer, offset } = heap.allocate(values.byteLength);
    const array = new Float32Array(buffer, offset, values.length);
    array.set(values);
    return array;
  };
  const given = Object.keys(graph.inputs).map((name) => put(feeds[name]!.data as Float32Array));
  const results = Object.keys(graph.outputs).map(() => put(new Float32Array(SIZE)));
  const module = new WebAssembly.Module(compileLoop(graph));
  const { exports } = new WebAssembly.Instance(module, { host: { memory: heap.memory } });
  const run = exports.run as (...places: readonly number[]) => void;
  run(SIZE, ...[...given, ...results].map(({ byteOffset }) => byteOffset));
  return results.map((array) => array.slice());
}

const vector = (values: readonly number[]): HostTensor => ({
  dtype: 'float32',
  dims: [values.length],
  data: Float32Array.from(values),
});
const numbers = fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), {
  minLength: SIZE,
  maxLength: SIZE,
});

describe('an elementwise graph as a loop', () => {
  it('gives what the runtime gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs,
        numbers,
        numbers,
        fc.float({ noNaN: true, min: -3, max: 3 }),
        async (graph, x, y, s) => {
          const feeds = { x: vector(x), y: vector(y), s: { ...vector([s]), dims: [] } };
          expect(isLoop(graph)).toBe(true);
          const [last, sum] = looped(graph, feeds);
          const compiled = await compile(graph, { threads: 1 });
          const expected = await compiled.run(feeds);
          await compiled.close();
          expect(last).toEqual(expected.last!.data);
          expect(sum).toEqual(expected.sum!.data);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('exists for known ops, sizes and types only', () => {
    const x = input('x', [8]);
    const graph = (inputs: Record<string, Tensor>, y: Tensor): Graph<Tensor> => ({
      name: 'g',
      inputs,
      outputs: { y },
    });
    expect(isLoop(graph({ x }, x.add(1)))).toBe(true);
    expect(isLoop(graph({ x }, x.exp()))).toBe(false);
    expect(isLoop(graph({ x }, x.sub(x.mean())))).toBe(false);
    expect(isLoop(graph({ x }, x.greater(0)))).toBe(false);
    const [odd, square, whole] = [input('x', [7]), input('x', [4, 4]), input('x', [8], 'int64')];
    expect(isLoop(graph({ x: odd }, odd.add(1)))).toBe(false);
    expect(isLoop(graph({ x: square }, square.add(1)))).toBe(false);
    expect(isLoop(graph({ x: whole }, whole.add(1)))).toBe(false);
  });
});
