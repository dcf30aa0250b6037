/** The weights of a head as parameters: random, or what a file holds where it has them already. */
import { Random } from '@gradus/base';
import { normal, Parameter, zeros } from '@gradus/nn';
import { type LayerWeights, layerWeights } from '../graph/layer-weights.ts';
import type { Weights } from '../weights/weights.ts';

/** The spread of first values in BERT and what came after it. */
const SPREAD = 0.02;

export function headParameters(
  shapes: ReadonlyMap<string, readonly number[]>,
  file: Weights,
  seed: number | string,
): { readonly parameters: ReadonlyMap<string, Parameter>; readonly weights: LayerWeights } {
  const random = new Random(seed).fork('head');
  const parameters = new Map(
    [...shapes].map(([name, dims]) => {
      const known = file.shapes.get(name)?.join() === dims.join();
      const parameter = new Parameter(dims, dims.length > 1 ? normal(SPREAD) : zeros);
      parameter.name = name;
      const data = known
        ? file.read(name)
        : name.endsWith('norm.weight')
          ? new Float32Array(dims[0]!).fill(1)
          : parameter.initializer(random.fork(name), dims);
      parameter.value = { dtype: 'float32', dims, data };
      return [name, parameter] as const;
    }),
  );
  return { parameters, weights: layerWeights((name) => parameters.get(name)!) };
}
