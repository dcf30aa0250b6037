/**
 * Random numbers drawn by the runtime. Gradus itself feeds noise as an input, so that runs can be repeated; imported models may
 * draw.
 */
import { dtypeOfOnnx } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import { type Attributes, intAttribute, intsAttribute } from '../graph.ts';
import { declareOps, type Op } from './registry.ts';
import { required } from './rules.ts';

function typeIn(attributes: Attributes, fallback: number): NonNullable<ReturnType<typeof dtypeOfOnnx>> {
  const dtype = dtypeOfOnnx(intAttribute(attributes, 'dtype', fallback));
  if (dtype) return dtype;
  throw new GraphError(`numbers of ONNX type ${intAttribute(attributes, 'dtype')} are not drawn`);
}

const ofShape: Op = {
  infer: (_, attributes) => [{ dtype: typeIn(attributes, 1), shape: intsAttribute(attributes, 'shape') }],
};

const like: Op = {
  infer: (inputs, attributes) => {
    const x = required(inputs, 0);
    return [{ dtype: attributes.dtype === undefined ? x.dtype : typeIn(attributes, 1), shape: x.shape }];
  },
};

declareOps({
  RandomNormal: ofShape,
  RandomUniform: ofShape,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Bernoulli: like,
  /** Class numbers drawn by unnormalized log-probabilities: [batch, classes] -> [batch, sample_size]. */
  Multinomial: {
    infer: (inputs, attributes) => [
      {
        dtype: typeIn(attributes, 6),
        shape: [required(inputs, 0).shape[0]!, intAttribute(attributes, 'sample_size', 1)],
      },
    ],
  },
});
