/**
 * Which module a parameter belongs to. Of parameters that are equal, PyTorch's exporter of today keeps one: in a network as it is
 * made, all scales of normalizations are one constant of ones. Its nodes say in which module they were made; so a parameter that
 * several modules read was one of each, and gets a copy for each. What modules read that were called twice stays one.
 */
import type { Value } from '../graph.ts';
import { constant, type Tensor } from '../tensor.ts';
import type { NodeMessage } from './wire.ts';

/** Of PyTorch: the paths of the modules around a node and its own name, as a Python list. */
const SCOPES = 'pkg.torch.onnx.name_scopes';

export class Owners {
  readonly #owners = new Map<Value, Map<string, Tensor>>();

  /** Gives the node's own copy of a value that it reads as its input at an index. */
  of({ opType, metadataProps = [] }: NodeMessage): (value: Tensor, index: number) => Tensor {
    const scopes = metadataProps.find(({ key }) => key === SCOPES)?.value;
    // A module that is called again has a number: `layer@1`.
    const module = [...(scopes ?? '').matchAll(/'([^']*)'/g)].at(-2)?.[1]?.replace(/@\d+/g, '');
    if (module === undefined) return (value) => value;
    return (value, index) => {
      const { source, dtype } = value;
      const isState =
        source.kind === 'constant' && source.origin !== undefined && source.origin !== 'computed';
      if (!isState || source.name === undefined || dtype !== 'float32' || value.rank === 0) return value;
      // Scale and shift of a new batch normalization equal its running statistics.
      const owner = opType === 'BatchNormalization' ? `${module} ${index}` : module;
      const owners = this.#owners.get(value) ?? new Map<string, Tensor>([[owner, value]]);
      this.#owners.set(value, owners);
      const own = owners.get(owner) ?? constant(source.data, `${module}.${source.name.split('.').at(-1)}`);
      owners.set(owner, own);
      return own;
    };
  }
}
