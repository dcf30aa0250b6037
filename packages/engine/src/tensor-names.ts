/**
 * What tensors of PyTorch, NumPy and TensorFlow can do under other names: calling it says what to write here, in place of "is not
 * a function".
 */
import { GraphError } from './errors.ts';

const RUN = 'a tensor is a value of a graph; compile the graph and run() it to get numbers';

const INSTEAD: Readonly<Record<string, string>> = {
  view: 'write x.reshape([2, -1])',
  dot: 'write a.matmul(b)',
  mm: 'write a.matmul(b)',
  bmm: 'write a.matmul(b)',
  multiply: 'write a.mul(b)',
  divide: 'write a.div(b)',
  subtract: 'write a.sub(b)',
  plus: 'write a.add(b)',
  minus: 'write a.sub(b)',
  times: 'write a.mul(b)',
  clamp: 'write x.clip(low, high)',
  negative: 'write x.neg()',
  concat: 'write concat([a, b], axis)',
  astype: "write x.cast('float32')",
  to: "write x.cast('float32')",
  float: "write x.cast('float32')",
  long: "write x.cast('int64')",
  int: "write x.cast('int32')",
  bool: "write x.cast('bool')",
  size: 'write x.shape',
  dim: 'write x.rank',
  amax: 'write x.maximum([1])',
  amin: 'write x.minimum([1])',
  swapaxes: 'write x.transpose([1, 0])',
  backward: 'write gradients(loss, [x]), or train with fit() or a Trainer',
  detach: 'give gradients() only what is to be trained',
  item: RUN,
  numpy: RUN,
  tolist: RUN,
  array: RUN,
};

/** Gives `prototype` methods that throw GraphError with what to write. They do not show among its keys. */
export function refuseOtherNames(prototype: object): void {
  for (const [name, instead] of Object.entries(INSTEAD)) {
    if (name in prototype) continue;
    Object.defineProperty(prototype, name, {
      value: () => {
        throw new GraphError(`tensors have no ${name}(): ${instead}`);
      },
    });
  }
}
