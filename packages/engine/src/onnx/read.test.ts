/** Functions that a model defines and branches that are decided beforehand are read as the nodes that they stand for. */
import { describe, expect, it } from 'vitest';
import { topologicalOrder } from '../graph.ts';
import { readOnnx } from '../index.ts';
import { bothOutputs, bytesOf, node, type OldModel } from './testing/old-models.ts';
import type { FunctionMessage, GraphMessage } from './wire.ts';
import { ATTRIBUTE_TYPES } from './write.ts';

const opsOf = (model: OldModel): string[] => {
  const { graph } = readOnnx(bytesOf(model));
  return topologicalOrder(Object.values(graph.outputs)).map(({ op }) => op);
};

describe('a function of the model', () => {
  /** y = LeakyRelu(x + shift) with the slope that the call gives; `shift` may be left out. */
  const leaky: FunctionMessage = {
    name: 'Leaky',
    domain: 'own',
    input: ['x'],
    output: ['y'],
    opsetImport: [{ domain: '', version: 17 }],
    attributeProto: [{ name: 'slope', f: 0.5, type: ATTRIBUTE_TYPES.float }],
    node: [
      {
        opType: 'LeakyRelu',
        input: ['x'],
        output: ['y'],
        attribute: [{ name: 'alpha', refAttrName: 'slope', type: ATTRIBUTE_TYPES.float }],
      },
    ],
  };
  const twice: FunctionMessage = {
    name: 'Twice',
    domain: 'own',
    input: ['a'],
    output: ['c'],
    opsetImport: [
      { domain: '', version: 17 },
      { domain: 'own', version: 1 },
    ],
    node: [
      node('Leaky', ['a'], ['b'], {}, 'own'),
      node('Leaky', ['b'], ['c'], { slope: { f: 0.25 } }, 'own'),
    ],
  };
  const model: OldModel = {
    opset: 17,
    nodes: [node('Twice', ['x'], ['y'], {}, 'own'), node('Neg', ['y'], ['z'])],
    inputs: { x: [2, 3] },
    outputs: ['z'],
    functions: [leaky, twice],
  };

  it('is unfolded where it is called, its attributes given or by default', async () => {
    const [expected, got] = await bothOutputs(model);
    expect(got).toEqual(expected);
    expect(opsOf(model)).toEqual(['LeakyRelu', 'LeakyRelu', 'Neg']);
  });

  it('cannot call itself, nor unfold without bound', () => {
    const itself = { ...twice, node: [node('Twice', ['a'], ['c'], {}, 'own')] };
    expect(() => opsOf({ ...model, functions: [itself] })).toThrow(/nested deeper than 50/);
    const doubling = Array.from({ length: 40 }, (_, i): FunctionMessage => {
      const inner = i === 0 ? ['Neg', undefined] : [`F${i - 1}`, 'own'];
      const call = (from: string, to: string) => node(inner[0]!, [from], [to], {}, inner[1]);
      return { ...twice, name: `F${i}`, node: [call('a', 'b'), call('b', 'c')] };
    });
    const calls = { ...model, nodes: [node('F39', ['x'], ['z'], {}, 'own')], functions: doubling };
    expect(() => opsOf(calls)).toThrow(/unfold to more than/);
  });
});

describe('a branch', () => {
  const branch = (op: string): GraphMessage => ({
    name: op,
    node: [node(op, ['x'], ['inner'])],
    output: [{ name: 'inner' }],
  });
  const choosing = (holds: number): OldModel => ({
    opset: 17,
    nodes: [
      node('Shape', ['x'], ['shape']),
      node('Gather', ['shape', 'zero'], ['rows']),
      node('Equal', ['rows', 'two'], ['is_two']),
      node('If', ['is_two'], ['y'], { then_branch: { g: branch('Neg') }, else_branch: { g: branch('Abs') } }),
    ],
    inputs: { x: [holds, 3] },
    constants: {
      zero: { dtype: 'int64', dims: [], data: BigInt64Array.of(0n) },
      two: { dtype: 'int64', dims: [], data: BigInt64Array.of(2n) },
    },
    outputs: ['y'],
  });

  it('is chosen by a condition on sizes, and sees the values around it', async () => {
    expect(opsOf(choosing(2))).toEqual(['Neg']);
    expect(opsOf(choosing(5))).toEqual(['Abs']);
    for (const size of [2, 5]) {
      const [expected, got] = await bothOutputs(choosing(size));
      expect(got).toEqual(expected);
    }
  });

  it('is refused where only the run decides', () => {
    const model = choosing(2);
    const late = { ...model, nodes: [node('IsNaN', ['x'], ['is_two']), model.nodes[3]!] };
    expect(() => opsOf(late)).toThrow(/If.*known only when the graph runs/);
    expect(() => opsOf(late)).toThrow(
      expect.objectContaining({
        localized: expect.objectContaining({ zh: expect.stringMatching(/^节点 \d+（If .*分支/) }),
      }),
    );
  });
});
