/** Mistral (Jiang et al., 2023): Llama, and each position sees a window in older versions. */
import {
  attentionOf,
  type DecoderFields,
  decoderOf,
  gatedOf,
  normsBefore,
  partsOf,
  ropeFor,
} from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';

export function mistral(path: string, fields: DecoderFields): DecoderConfig {
  const parts = partsOf(path, fields);
  const rope = ropeFor(parts);
  const window = fields.sliding_window ?? undefined;
  return decoderOf(parts, (i) => ({
    attention: attentionOf(parts, i, { rope, window }),
    feedForward: gatedOf(parts, i),
    norms: normsBefore(i),
  }));
}
