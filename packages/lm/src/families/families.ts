/** The families of decoders, by the `model_type` of their config.json. A new family is a file beside this one and a line here. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { DECODER, type DecoderFields } from './common.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { mixtral, olmoe, qwen2Moe, qwen3Moe } from './experts.ts';
import { GEMMA3_DEFAULTS, gemma, gemma2, gemma3 } from './gemma.ts';
import { gpt2 } from './gpt2.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { olmo, olmo2, olmo3 } from './olmo.ts';
import { phi3 } from './phi3.ts';
import { qwen2, qwen3 } from './qwen.ts';
import { smollm3 } from './smollm3.ts';

type Family = (path: string, json: unknown) => DecoderConfig;

const of =
  (family: (path: string, fields: DecoderFields) => DecoderConfig): Family =>
  (path, json) =>
    family(path, checkedFields(path, json, DECODER));

export const DECODER_FAMILIES: Readonly<Record<string, Family>> = {
  llama: of(llama),
  mistral: of(mistral),
  qwen2: of(qwen2),
  qwen3: of(qwen3),
  gemma: of(gemma),
  gemma2: of(gemma2),
  gemma3_text: (path, json) => of(gemma3)(path, { ...GEMMA3_DEFAULTS, ...(json as object) }),
  phi3: of(phi3),
  smollm3: of(smollm3),
  olmo: of(olmo),
  olmo2: of(olmo2),
  olmo3: of(olmo3),
  granite: of(granite),
  mixtral: of(mixtral),
  qwen2_moe: of(qwen2Moe),
  qwen3_moe: of(qwen3Moe),
  olmoe: of(olmoe),
  gpt2,
};

const SHARED = z.looseObject({ model_type: z.string(), is_causal: z.boolean().nullish() });

/** @throws UserError naming the architecture that is not known, or the field that is wrong */
export function decoderConfig(path: string, json: unknown): DecoderConfig {
  const { model_type: type, is_causal: isCausal } = checkedFields(path, json, SHARED);
  if (Object.hasOwn(DECODER_FAMILIES, type)) {
    const config = DECODER_FAMILIES[type]!(path, json);
    return isCausal === false ? lookingAhead(config) : config;
  }
  throw new UserError({
    en: `${path}: models of type "${type}" are not known; known are ${Object.keys(DECODER_FAMILIES).join(', ')}`,
    zh: `${path}：不支持类型为“${type}”的模型；支持 ${Object.keys(DECODER_FAMILIES).join('、')}`,
  });
}

/** Made of a decoder for texts as a whole, as transformers runs one whose config says `is_causal: false`. */
const lookingAhead = (config: DecoderConfig): DecoderConfig => ({
  ...config,
  looksAhead: true,
  layers: config.layers.map((layer) => {
    const { window } = layer.attention;
    // Its window is so many to either side, and the position itself.
    return window === undefined ? layer : { ...layer, attention: { ...layer.attention, window: window + 1 } };
  }),
});
