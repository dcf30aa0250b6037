/** Ops on texts. */
import { GraphError } from '../errors.ts';
import { intsAttribute } from '../graph.ts';
import { broadcastShapes, fresh } from '../shape.ts';
import { declareOps } from './registry.ts';
import { required, typeOf } from './rules.ts';

declareOps({
  StringConcat: {
    infer: (inputs) => [
      { dtype: 'string', shape: broadcastShapes(required(inputs, 0).shape, required(inputs, 1).shape) },
    ],
  },
  /** [..] -> substrings [.., most], padded with empty texts, and the number of substrings of each [..]. */
  StringSplit: {
    infer: (inputs) => {
      const { shape } = required(inputs, 0);
      return [
        { dtype: 'string', shape: [...shape, fresh()] },
        { dtype: 'int64', shape },
      ];
    },
  },
  RegexFullMatch: { infer: (inputs) => [{ dtype: 'bool', shape: required(inputs, 0).shape }] },
  /** Lower or upper case, stop words left out: [words] or [1, words]. */
  StringNormalizer: {
    infer: (inputs) => {
      const x = typeOf(required(inputs, 0));
      if (x.shape.length > 2) throw new GraphError('expected [words] or [1, words]');
      return [{ dtype: 'string', shape: [...x.shape.slice(0, -1), fresh()] }];
    },
  },
  /** Counts of n-grams of a fixed vocabulary: [.., words] -> [.., n-grams]. */
  TfIdfVectorizer: {
    infer: (inputs, attributes) => {
      const { shape } = required(inputs, 0);
      const grams = intsAttribute(attributes, 'ngram_indexes').reduce(
        (most, at) => Math.max(most, at + 1),
        0,
      );
      return [{ dtype: 'float32', shape: [...shape.slice(0, -1), grams] }];
    },
  },
});
