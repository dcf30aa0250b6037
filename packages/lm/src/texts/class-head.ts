/**
 * The heads that transformers puts on a model to tell classes, one a family (`…ForSequenceClassification`): which weights they have,
 * and how they come from hidden states to logits. Their names are those of the files, so that transformers reads what is written here.
 */
import type { Tensor } from '@gradus/engine';
import type { DecoderConfig, LinearConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { pooled } from '../graph/encoder.ts';
import type { LayerWeights } from '../graph/layer-weights.ts';
import { ACTIVATIONS, normalized } from '../graph/parts.ts';
import type { TextBatch } from './text-model.ts';

export interface ClassHead {
  readonly architecture: string;
  /** Shapes of its own weights by name. */
  readonly weights: ReadonlyMap<string, readonly number[]>;
  /** What config.json has to say about it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** [batch, classes] */
  logits(weights: LayerWeights, hidden: Tensor, batch: TextBatch): Tensor;
}

const ARCHITECTURES: Readonly<Record<string, string>> = {
  bert: 'Bert',
  roberta: 'Roberta',
  'xlm-roberta': 'XLMRoberta',
  camembert: 'Camembert',
  modernbert: 'ModernBert',
  mpnet: 'MPNet',
  distilbert: 'DistilBert',
  llama: 'Llama',
  mistral: 'Mistral',
  qwen2: 'Qwen2',
  qwen3: 'Qwen3',
  gemma: 'Gemma',
  gemma2: 'Gemma2',
  gemma3_text: 'Gemma3Text',
  phi3: 'Phi3',
  smollm3: 'SmolLM3',
  gpt2: 'GPT2',
};

const SUFFIX = 'ForSequenceClassification';

/** Whether config.json describes a model that tells classes. */
export const isClassifier = (json: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(json.architectures) && json.architectures.some((name) => String(name).endsWith(SUFFIX));

export function classHead(
  config: DecoderConfig | EncoderConfig,
  json: Readonly<Record<string, unknown>>,
  classes: number,
): ClassHead {
  const type = String(json.model_type);
  const own =
    'embeddings' in config ? encoderHead(config, json, classes) : decoderHead(config, json, classes);
  const linears = own.linears.flatMap(({ name, inputs, outputs, bias }) => [
    [`${name}.weight`, [outputs, inputs]] as const,
    ...(bias ? [[`${name}.bias`, [outputs]] as const] : []),
  ]);
  return {
    architecture: `${ARCHITECTURES[type] ?? type}${SUFFIX}`,
    weights: new Map<string, readonly number[]>([...linears, ...(own.vectors ?? [])]),
    fields: own.fields ?? {},
    logits: own.logits,
  };
}

interface OwnHead {
  readonly linears: readonly LinearConfig[];
  readonly vectors?: readonly (readonly [name: string, dims: readonly number[]])[];
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly logits: ClassHead['logits'];
}

const linear = (name: string, inputs: number, outputs: number, bias = true): LinearConfig => ({
  name,
  inputs,
  outputs,
  bias,
});
const first = (hidden: Tensor): Tensor => hidden.slice([0], [1], [1]).squeeze(1);

function encoderHead(
  config: EncoderConfig,
  json: Readonly<Record<string, unknown>>,
  classes: number,
): OwnHead {
  const { hidden: width, modelType } = config;
  if (modelType === 'bert') {
    const [dense, out] = [linear('bert.pooler.dense', width, width), linear('classifier', width, classes)];
    return {
      linears: [dense, out],
      logits: (weights, hidden) => weights.linear(weights.linear(first(hidden), dense).tanh(), out),
    };
  }
  if (modelType === 'distilbert') {
    const [dense, out] = [linear('pre_classifier', width, width), linear('classifier', width, classes)];
    return {
      linears: [dense, out],
      logits: (weights, hidden) => weights.linear(weights.linear(first(hidden), dense).relu(), out),
    };
  }
  if (modelType === 'modernbert') {
    const pooling = json.classifier_pooling === 'mean' ? 'mean' : 'cls';
    const dense = linear('head.dense', width, width, json.classifier_bias === true);
    const out = linear('classifier', width, classes);
    return {
      linears: [dense, out],
      vectors: [
        ['head.norm.weight', [width]],
        ...(config.norm.kind === 'layer' && config.norm.bias ? [['head.norm.bias', [width]] as const] : []),
      ],
      fields: { classifier_pooling: pooling },
      logits(weights, hidden, { mask }) {
        const vector = pooled(hidden, mask, pooling, false);
        const inner = ACTIVATIONS.gelu(weights.linear(vector, dense));
        return weights.linear(normalized(inner, 'head.norm', config.norm, weights, width), out);
      },
    };
  }
  const [dense, out] = [
    linear('classifier.dense', width, width),
    linear('classifier.out_proj', width, classes),
  ];
  return {
    linears: [dense, out],
    logits: (weights, hidden) => weights.linear(weights.linear(first(hidden), dense).tanh(), out),
  };
}

/** Of the last token's hidden state. transformers finds it as the last that is no padding. */
function decoderHead(
  { hidden: width }: DecoderConfig,
  json: Readonly<Record<string, unknown>>,
  classes: number,
): OwnHead {
  const score = linear('score', width, classes, false);
  const pad =
    json.pad_token_id ?? (Array.isArray(json.eos_token_id) ? json.eos_token_id[0] : json.eos_token_id);
  return {
    linears: [score],
    fields: { pad_token_id: pad ?? 0 },
    logits(weights, hidden, { mask, positions }) {
      const last = mask.sum([1], true).sub(1); // [batch, 1]
      const chosen = positions.equal(last).cast('float32').unsqueeze(-1);
      return weights.linear(hidden.mul(chosen).sum([1]), score);
    },
  };
}
