/** A model that makes vectors of texts, as somebody brings it: an encoder, or a decoder whose folder says how (Qwen3-Embedding, EmbeddingGemma). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import { z } from 'zod';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { EncoderConfig } from '../families/encoder-config.ts';
import { DECODER_FAMILIES } from '../families/families.ts';
import type { Pooling } from '../graph/encoder.ts';
import { readJson } from '../json.ts';
import type { Weights } from '../weights/weights.ts';
import { isEncoder, loadEncoder } from './encoder-model.ts';
import { loadFolder } from './load.ts';
import { type SentenceFields, sentenceFields } from './sentence-fields.ts';

export interface EmbeddingModel extends SentenceFields {
  readonly path: string;
  readonly config: EncoderConfig | DecoderConfig;
  readonly weights: Weights;
  readonly tokenizer: Tokenizer;
  readonly pooling: Pooling;
  close(): void;
}

const CONFIG = z.looseObject({ model_type: z.unknown() });

/** Whether a folder holds a decoder that makes vectors: it lists modules of sentence-transformers. */
function isEmbeddingDecoder(path: string): boolean {
  const config = join(path, 'config.json');
  if (!existsSync(config) || !existsSync(join(path, 'modules.json'))) return false;
  const { model_type: type } = readJson(config, CONFIG);
  return typeof type === 'string' && Object.hasOwn(DECODER_FAMILIES, type);
}

/** Whether a folder holds a model that makes vectors of texts. */
export const isEmbeddingModel = (path: string): boolean => isEncoder(path) || isEmbeddingDecoder(path);

/** @throws UserError naming the file and the field that is missing or wrong */
export async function loadEmbedding(path: string): Promise<EmbeddingModel> {
  if (!isEmbeddingDecoder(path)) return loadEncoder(path, true);
  const model = loadFolder(path);
  try {
    const { pooling, ...declared } = sentenceFields(path, model.config.context, true);
    if (pooling === undefined || (pooling === 'cls' && !model.config.looksAhead)) {
      const place = join(path, '1_Pooling/config.json');
      throw new UserError({
        en: `${place} ${pooling ? 'declares pooling of the first token, which sees no other' : 'is missing'}; expected of the last token (lasttoken), mean or max`,
        zh: `${place} ${pooling ? '声明首词元池化，而首词元看不到其他词元' : '不存在'}；应为末词元（lasttoken）、均值或最大值`,
      });
    }
    return { ...model, ...declared, pooling };
  } catch (error) {
    model.close();
    throw error;
  }
}
