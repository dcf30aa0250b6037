/** The weights of a model and of a head on it, which lie apart while the head trains. */
import type { LayerWeights } from '../graph/layer-weights.ts';

/** @param own whether a weight is the head's, by its whole name */
export const headedWeights = (
  base: LayerWeights,
  head: LayerWeights,
  own: (name: string) => boolean,
): LayerWeights => ({
  linear: (x, config) => (own(`${config.name}.weight`) ? head : base).linear(x, config),
  vector: (name, size) => (own(name) ? head : base).vector(name, size),
  tensor: (name, dims) => (own(name) ? head : base).tensor(name, dims),
  table: (name, rows, width) => base.table(name, rows, width),
});
