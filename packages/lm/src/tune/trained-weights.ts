/**
 * What training changes of a model: everything, or low-rank adapters beside its matrices (Hu et al., "LoRA", 2022):
 * y = x Wᵀ + alpha / rank × (x Aᵀ) Bᵀ. A and B lie as peft has them, [rank, inputs] and [outputs, rank]; B begins at zero, so that
 * training begins with the model as it was.
 */
import { Random, UserError } from '@gradus/base';
import type { HostTensor, Tensor } from '@gradus/engine';
import { dropout as dropoutOf, Parameter, uniform, zeros } from '@gradus/nn';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { linearsOf, moduleOf } from '../families/linears.ts';
import { type LayerWeights, layerWeights } from '../graph/layer-weights.ts';
import { requireWeight, type Weights } from '../weights/weights.ts';

export interface TrainedWeights {
  readonly weights: LayerWeights;
  /** What trains, by the names that files have for it. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** Last parts of names: which matrices are adapted. Default: those of all layers. */
  readonly targets?: readonly string[];
  /** How often, in training, a number that an adapter sees is left out (Srivastava et al., 2014), as in peft. Default 0. */
  readonly dropout?: number;
}

interface Adapter {
  readonly a: Parameter;
  readonly b: Parameter;
}

/** @throws UserError naming a target that the model has not */
export function adaptedWeights(
  config: DecoderConfig | EncoderConfig,
  base: LayerWeights,
  { rank, alpha, targets, dropout = 0 }: LoraConfig,
  seed: number | string,
): TrainedWeights {
  const linears = linearsOf(config);
  const modules = new Set(linears.map(moduleOf));
  const unknown = targets?.find((target) => !modules.has(target));
  if (unknown !== undefined) {
    throw new UserError({
      en: `the model has no matrices called "${unknown}"; it has ${[...modules].join(', ')}`,
      zh: `模型没有名为“${unknown}”的矩阵；可选：${[...modules].join('、')}`,
    });
  }
  const random = new Random(seed);
  const parameters = new Map<string, Parameter>();
  const adapters = new Map<string, Adapter>();
  const thinned = dropout > 0 ? dropoutOf(dropout) : (x: Tensor) => x;
  const add = (name: string, parameter: Parameter) => {
    parameter.name = name;
    parameter.value = firstValue(parameter, random.fork(name));
    parameters.set(name, parameter);
    return parameter;
  };
  for (const linear of linears) {
    if (targets && !targets.includes(moduleOf(linear))) continue;
    const { name, inputs, outputs } = linear;
    adapters.set(name, {
      a: add(`${name}.lora_A.weight`, new Parameter([rank, inputs], uniform(1 / Math.sqrt(inputs)))),
      b: add(`${name}.lora_B.weight`, new Parameter([outputs, rank], zeros)),
    });
  }
  return {
    parameters,
    weights: {
      ...base,
      linear(x, linear) {
        const y = base.linear(x, linear);
        const adapter = adapters.get(linear.name);
        return adapter
          ? y.add(
              // Scaled where it is narrowest.
              thinned(x)
                .matmul(adapter.a.T)
                .mul(alpha / rank)
                .matmul(adapter.b.T),
            )
          : y;
      },
    },
  };
}

const firstValue = (parameter: Parameter, random: Random): HostTensor => {
  const dims = parameter.shape as readonly number[];
  return { dtype: 'float32', dims, data: parameter.initializer(random, dims) };
};

/** All weights as parameters that begin with what the file holds. */
export function allWeights(weights: Weights, graphOf: (weights: LayerWeights) => unknown): TrainedWeights {
  const parameters = new Map<string, Parameter>();
  const trained = layerWeights((name, dims) => {
    const known = parameters.get(name);
    if (known) return known;
    requireWeight(weights, name, dims);
    const parameter = new Parameter(dims, zeros);
    parameter.name = name;
    parameter.value = { dtype: 'float32', dims, data: weights.read(name) };
    parameters.set(name, parameter);
    return parameter;
  });
  // Traced once, so that all of them are known.
  graphOf(trained);
  return { weights: trained, parameters };
}
