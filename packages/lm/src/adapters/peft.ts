/** How peft writes adapters: the names of their files and matrices, and what it says of them. */
import type { LinearConfig } from '../families/decoder-config.ts';
import { moduleOf } from '../families/linears.ts';
import { weightDims } from '../graph/layer-weights.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';

/** Of a matrix of an adapter, in its file. */
export const adapterName = (parameter: string): string => `base_model.model.${parameter}`;

export interface AdapterFields {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Where the model lies that it is of. */
  readonly base: string;
  /** What is adapted. */
  readonly linears: readonly LinearConfig[];
}

/** adapter_config.json */
export const adapterConfig = ({ rank, alpha, dropout, base, linears }: AdapterFields): object => ({
  base_model_name_or_path: base,
  bias: 'none',
  fan_in_fan_out: linears.some((linear) => weightDims(linear)[0] === linear.inputs && linear.transposed),
  inference_mode: true,
  lora_alpha: alpha,
  lora_dropout: dropout,
  peft_type: 'LORA',
  r: rank,
  target_modules: [...new Set(linears.map(moduleOf))].sort(),
  task_type: 'CAUSAL_LM',
});
