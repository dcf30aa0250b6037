/**
 * Ensembles of decision trees, from ONNX's domain for classical models. All trees are held in attributes: no gradient flows.
 * TreeEnsemble is the form since version 5 of that domain; TreeEnsembleRegressor and TreeEnsembleClassifier are what it
 * replaces, and what older runtimes know.
 */
import type { Value } from '../graph.ts';
import { type Attributes, intAttribute } from '../graph.ts';
import { declareOps } from './registry.ts';
import { required } from './rules.ts';

const DOMAIN = 'ai.onnx.ml';

const rowsOf = (inputs: readonly (Value | null)[]) => required(inputs, 0).shape[0] ?? 1;

const classesOf = (attributes: Attributes): number => {
  const [labels] = ['classlabels_int64s', 'classlabels_strings'].flatMap((name) => attributes[name] ?? []);
  return Array.isArray(labels) ? labels.length : 0;
};

declareOps({
  /** [rows, features] to [rows, targets] */
  TreeEnsemble: {
    own: { domain: DOMAIN, name: 'TreeEnsemble', version: 5 },
    infer: (inputs, attributes) => [
      {
        dtype: required(inputs, 0).dtype === 'float64' ? 'float64' : 'float32',
        shape: [rowsOf(inputs), intAttribute(attributes, 'n_targets', 1)],
      },
    ],
  },
  /** [rows, features] to [rows, targets] */
  TreeEnsembleRegressor: {
    own: { domain: DOMAIN, name: 'TreeEnsembleRegressor', version: 3 },
    infer: (inputs, attributes) => [
      { dtype: 'float32', shape: [rowsOf(inputs), intAttribute(attributes, 'n_targets', 1)] },
    ],
  },
  /** [rows, features] to the class of each row, and [rows, classes] */
  TreeEnsembleClassifier: {
    own: { domain: DOMAIN, name: 'TreeEnsembleClassifier', version: 3 },
    infer: (inputs, attributes) => [
      { dtype: 'classlabels_strings' in attributes ? 'string' : 'int64', shape: [rowsOf(inputs)] },
      { dtype: 'float32', shape: [rowsOf(inputs), classesOf(attributes)] },
    ],
  },
});
