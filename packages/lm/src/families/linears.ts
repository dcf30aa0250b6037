/** The matrices of a model's layers, in order: what adapters adapt, and what is held in few bits. */
import type {
  AttentionConfig,
  DecoderConfig,
  FeedForwardConfig,
  LayerConfig,
  LinearConfig,
} from './decoder-config.ts';
import type { EncoderConfig, EncoderLayer } from './encoder-config.ts';

const attentionOf = ({ projections, out }: AttentionConfig | EncoderLayer): LinearConfig[] => [
  ...('fused' in projections ? [projections.fused] : [projections.query, projections.key, projections.value]),
  out,
];

export function linearsOf({ layers }: DecoderConfig | EncoderConfig): LinearConfig[] {
  return layers.flatMap((layer) =>
    'attention' in layer
      ? [...attentionOf(layer.attention), ...feedForwardsOf(layer).flatMap(matricesOf)]
      : [...attentionOf(layer), ...(layer.gate ? [layer.gate] : []), layer.up, layer.down],
  );
}

/** The feed-forward part of a layer, or those of its experts. */
export const feedForwardsOf = ({ feedForward }: LayerConfig): readonly FeedForwardConfig[] =>
  'experts' in feedForward
    ? [...feedForward.experts, ...(feedForward.shared ? [feedForward.shared.feedForward] : [])]
    : [feedForward];

const matricesOf = ({ up, down }: FeedForwardConfig): LinearConfig[] => [
  ...Object.values(up as Readonly<Record<string, LinearConfig>>),
  down,
];

/** The last part of a matrix's name, by which peft chooses: q_proj, down_proj, c_attn. */
export const moduleOf = ({ name }: LinearConfig): string => name.slice(name.lastIndexOf('.') + 1);
