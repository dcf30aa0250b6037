/**
 * Texts to numbers. Standard ONNX has no op for it: looking up texts is in ONNX's domain for classical models, and hashing is an
 * op of ONNX Runtime.
 */
import type { DType } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute } from '../graph.ts';
import { declareOps } from './registry.ts';
import { required } from './rules.ts';

declareOps({
  /** Each element looked up among keys: the value that stands for it, or a default. */
  LabelEncoder: {
    own: { domain: 'ai.onnx.ml', name: 'LabelEncoder', version: 4 },
    infer: (inputs, attributes) => [{ dtype: valueType(attributes), shape: required(inputs, 0).shape }],
  },
  /** The 32-bit hash of each text (Austin Appleby's MurmurHash3, x86), with `positive` 0 as a signed number. */
  MurmurHash3: {
    own: { domain: 'com.microsoft', name: 'MurmurHash3' },
    infer: (inputs, attributes) => [
      {
        dtype: intAttribute(attributes, 'positive', 1) === 1 ? 'uint32' : 'int32',
        shape: required(inputs, 0).shape,
      },
    ],
  },
});

function valueType({ values_tensor, ...attributes }: Attributes): DType {
  if (typeof values_tensor === 'object' && 'tensor' in values_tensor) return values_tensor.tensor.dtype;
  const [name] = Object.keys(VALUES).filter((key) => key in attributes);
  if (name) return VALUES[name]!;
  throw new GraphError(`expected values, as one of values_tensor, ${Object.keys(VALUES).join(', ')}`);
}

const VALUES: Readonly<Record<string, DType>> = {
  values_int64s: 'int64',
  values_floats: 'float32',
  values_strings: 'string',
};
