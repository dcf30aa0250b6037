/** The matrices of a decoder's layers, in order: what adapters adapt, and what is held in few bits. */
import type { DecoderConfig, LinearConfig } from './decoder-config.ts';

export function linearsOf({ layers }: DecoderConfig): LinearConfig[] {
  return layers.flatMap(({ attention: { projections, out }, feedForward: { up, down } }) => [
    ...('fused' in projections
      ? [projections.fused]
      : [projections.query, projections.key, projections.value]),
    out,
    ...Object.values(up as Readonly<Record<string, LinearConfig>>),
    down,
  ]);
}

/** The last part of a matrix's name, by which peft chooses: q_proj, down_proj, c_attn. */
export const moduleOf = ({ name }: LinearConfig): string => name.slice(name.lastIndexOf('.') + 1);
