/** Models that cannot be are refused with the node, its op and shapes, and what is wrong. */
import { describe, expect, it } from 'vitest';
import { ModelFileError, readOnnx } from '../index.ts';
import { encodeModel, type NodeMessage, type TensorMessage } from './wire.ts';

const io = (name: string, ...sizes: number[]) => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: sizes.map((dimValue) => ({ dimValue })) } } },
});
const node = (opType: string, name: string, input: string[], output: string[]): NodeMessage => ({
  opType,
  name,
  input,
  output,
});

/** Reads a model of these nodes over `a` [2, 3] and `b` [4, 5]. */
const reading =
  (nodes: NodeMessage[], ...initializer: TensorMessage[]) =>
  () =>
    readOnnx(
      encodeModel({
        irVersion: 8,
        producerName: 'hostile',
        opsetImport: [{ domain: '', version: 17 }],
        metadataProps: [],
        graph: {
          name: 'g',
          node: nodes,
          initializer,
          input: [io('a', 2, 3), io('b', 4, 5)],
          output: [io('y')],
        },
      }),
    );
const weight = (dims: number[], bytes = 4): TensorMessage => ({
  name: 'w',
  dims,
  dataType: 1,
  rawData: new Uint8Array(bytes),
});

const HOSTILE: Record<string, [() => unknown, RegExp]> = {
  'shapes that do not fit': [
    reading([node('MatMul', 'mm', ['a', 'b'], ['y'])]),
    /^node 0 \(MatMul "mm"\): MatMul\(float32\[2, 3\], float32\[4, 5\]\): inner sizes 3 and 4/,
  ],
  'an unknown op': [
    reading([node('Frobnicate', 'f', ['a'], ['y'])]),
    /^node 0 \(Frobnicate "f"\).*unknown op "Frobnicate"\. Known are/,
  ],
  'a cycle': [
    reading([node('Add', 'first', ['a', 'z'], ['y']), node('Neg', 'second', ['y'], ['z'])]),
    /^node 0 \(Add "first"\) reads "z", which nothing before it makes/,
  ],
  'an input that is not there': [reading([node('Neg', 'n', ['nowhere'], ['y'])]), /reads "nowhere"/],
  'sizes whose product overflows': [
    reading([node('Neg', 'n', ['w'], ['y'])], weight([2 ** 40, 2 ** 40])),
    /initializer "w" of shape .* holds 1 elements; expected 1\.2089258196146292e\+24/,
  ],
  'a negative size': [reading([node('Neg', 'n', ['w'], ['y'])], weight([-1])), /impossible shape \[-1\]/],
  'fewer bytes than elements': [
    reading([node('Neg', 'n', ['w'], ['y'])], weight([3], 8)),
    /initializer "w" of shape \[3\] holds 2 elements; expected 3/,
  ],
};

describe('a model is refused for', () => {
  it.each(Object.keys(HOSTILE))('%s', (name) => {
    const [read, message] = HOSTILE[name]!;
    expect(read).toThrow(ModelFileError);
    expect(read).toThrow(message);
  });
});
