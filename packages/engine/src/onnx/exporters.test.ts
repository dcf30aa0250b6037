/** Files are read as the programs that wrote them meant them. */
import { describe, expect, it } from 'vitest';
import { leavesOf, topologicalOrder } from '../graph.ts';
import type { HostTensor } from '../host.ts';
import { readOnnx, writeOnnx } from '../index.ts';
import { bothOutputs, bytesOf, node, type OldModel } from './testing/old-models.ts';
import { decodeModel, encodeModel, type GraphMessage, type NodeMessage } from './wire.ts';
import { ATTRIBUTE_TYPES } from './write.ts';

const reals = (dims: readonly number[]): HostTensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.cos(i)),
});
const constantsOf = (bytes: Uint8Array) =>
  leavesOf(readOnnx(bytes).graph).flatMap(({ source }) => (source.kind === 'constant' ? [source] : []));
const originsIn = (bytes: Uint8Array) =>
  Object.fromEntries(constantsOf(bytes).map(({ name, origin }) => [name, origin]));

/** The file of a model with changes to its messages. */
function changed(model: OldModel, change: (graph: GraphMessage) => void): Uint8Array {
  const message = decodeModel(bytesOf(model));
  change(message.graph!);
  return encodeModel({ ...message, producerName: 'pytorch' });
}
const told = (name: string, key: string, value: string) => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 3 }] } } },
  metadataProps: [{ key, value }],
});

describe('the nodes of a file', () => {
  it('are put in order: casts that a converter appended come before what reads them', async () => {
    const nodes = [
      node('Neg', ['half'], ['back']),
      node('Abs', ['back'], ['y']),
      node('Relu', ['x'], ['half']),
    ];
    const sorted: OldModel = {
      opset: 17,
      nodes: [2, 0, 1].map((i) => nodes[i]!),
      inputs: { x: [2, 3] },
      outputs: ['y'],
    };
    const { graph } = readOnnx(bytesOf({ ...sorted, nodes }));
    expect(topologicalOrder([graph.outputs.y!]).map(({ op }) => op)).toEqual(['Relu', 'Neg', 'Abs']);
    const [expected, got] = await bothOutputs(sorted);
    expect(got).toEqual(expected);
  });

  it('may read in a branch what a later node makes', () => {
    const branch = { node: [node('Neg', ['late'], ['inner'])], output: [{ name: 'inner' }] };
    const model: OldModel = {
      opset: 17,
      nodes: [
        node('If', ['yes'], ['y'], { then_branch: { g: branch }, else_branch: { g: branch } }),
        node('Relu', ['x'], ['late']),
      ],
      inputs: { x: [2] },
      constants: { yes: { dtype: 'bool', dims: [], data: Uint8Array.of(1) } },
      outputs: ['y'],
    };
    const { graph } = readOnnx(bytesOf(model));
    expect(topologicalOrder([graph.outputs.y!]).map(({ op }) => op)).toEqual(['Relu', 'Neg']);
  });
});

describe('the constants of a file', () => {
  const sum: OldModel = {
    opset: 17,
    nodes: [
      node('Identity', ['first'], ['second']),
      node('Add', ['x', 'first'], ['a']),
      node('Add', ['a', 'second'], ['y']),
    ],
    inputs: { x: [2, 3] },
    constants: { first: reals([3]) },
    outputs: ['y'],
  };

  it('have the names of the Constant nodes that hold them', () => {
    const held: NodeMessage = {
      opType: 'Constant',
      output: ['weight'],
      attribute: [
        {
          name: 'value',
          type: ATTRIBUTE_TYPES.tensor,
          t: { dims: [3], dataType: 1, floatData: [1, 2, 3] },
        },
      ],
    };
    const model = { ...sum, nodes: [held, node('Add', ['x', 'weight'], ['y'])], constants: {} };
    expect(constantsOf(bytesOf(model)).map(({ name }) => name)).toEqual(['weight']);
  });

  it('are two where an exporter kept one of two that are equal, and named the other', () => {
    expect(constantsOf(bytesOf(sum)).map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('are one for each module that reads one, where the file tells of modules', () => {
    const scoped = (reads: readonly string[]) =>
      changed(
        { ...sum, nodes: [node('Add', ['x', 'first'], ['a']), node('Add', ['a', 'first'], ['y'])] },
        (graph) => {
          graph.valueInfo = [told('first', 'pkg.torch.export.graph_signature.InputSpec.kind', 'PARAMETER')];
          for (const [i, module] of reads.entries()) {
            const value = `['', '${module}', 'add_${i}']`;
            graph.node![i]!.metadataProps = [{ key: 'pkg.torch.onnx.name_scopes', value }];
          }
        },
      );
    expect(constantsOf(scoped(['norm1', 'norm2'])).map(({ name }) => name)).toEqual(['first', 'norm2.first']);
    // The same module, called twice.
    expect(constantsOf(scoped(['norm', 'norm@1'])).map(({ name }) => name)).toEqual(['first']);
  });

  it('are what the exporter says that they were, and stay so when they are written', () => {
    const kind = 'pkg.torch.export.graph_signature.InputSpec.kind';
    const folded = 'pkg.onnxscript.optimizer.folded_from';
    const names = ['a.weight', 'a.mask', 'val_1', 'val_2'];
    const model: OldModel = {
      opset: 17,
      nodes: names.map((name, i) => node('Add', [i === 0 ? 'x' : `y${i}`, name], [`y${i + 1}`])),
      inputs: { x: [2, 3] },
      constants: Object.fromEntries(names.map((name) => [name, reals([3])])),
      outputs: ['y4'],
    };
    const bytes = changed(model, (graph) => {
      graph.valueInfo = [
        told('a.weight', kind, 'PARAMETER'),
        told('a.mask', kind, 'BUFFER'),
        told('val_1', folded, "['a.weight']"),
        told('val_2', folded, "['val_0', 'arange', 'ge']"),
      ];
    });
    const expected = { 'a.weight': 'parameter', 'a.mask': 'buffer', val_1: 'folded', val_2: 'computed' };
    expect(originsIn(bytes)).toEqual(expected);
    const kept = originsIn(writeOnnx(readOnnx(bytes).graph));
    expect(kept['a.weight']).toBe('parameter');
    expect(kept['a.mask']).toBe('buffer');
  });
});

describe('what a program knows of the inputs', () => {
  const branch = (op: string): GraphMessage => ({
    node: [node(op, ['x'], ['inner'])],
    output: [{ name: 'inner' }],
  });
  const model: OldModel = {
    opset: 17,
    nodes: [
      node('Equal', ['rate', 'high'], ['is_high']),
      node('If', ['is_high'], ['y'], {
        then_branch: { g: branch('Neg') },
        else_branch: { g: branch('Abs') },
      }),
    ],
    inputs: { x: [2, 3], rate: [] },
    constants: { high: { dtype: 'float32', dims: [], data: Float32Array.of(16) } },
    outputs: ['y'],
  };
  const rate = (value: number): HostTensor => ({ dtype: 'float32', dims: [], data: Float32Array.of(value) });
  const opsOf = (inputs: Parameters<typeof readOnnx>[1]) => {
    const { graph } = readOnnx(bytesOf(model), inputs);
    return { inputs: graph.inputs, ops: topologicalOrder([graph.outputs.y!]).map(({ op }) => op) };
  };

  it('decides branches: the value of an input, which then is none any more', () => {
    expect(() => readOnnx(bytesOf(model))).toThrow(/known only when the graph runs; .*"inputs"/);
    expect(opsOf({ inputs: { rate: rate(16) } }).ops).toEqual(['Neg']);
    expect(opsOf({ inputs: { rate: rate(8) } }).ops).toEqual(['Abs']);
    expect(Object.keys(opsOf({ inputs: { rate: rate(8) } }).inputs)).toEqual(['x']);
  });

  it('gives inputs their shapes', () => {
    const { inputs } = opsOf({ inputs: { rate: rate(8), x: ['batch', 3] } });
    expect(inputs.x!.shape).toEqual(['batch', 3]);
  });

  it('is refused where the model has no such input, or one of another rank', () => {
    expect(() => opsOf({ inputs: { rate: rate(8), speed: [1] } })).toThrow(
      /no input "speed"; its inputs are x, rate/,
    );
    expect(() => opsOf({ inputs: { rate: rate(8), x: [1] } })).toThrow(
      /"x" has 2 axes; the given shape \[1\] has 1/,
    );
  });
});
