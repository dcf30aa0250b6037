/**
 * An encoder as somebody brings it: a folder of Hugging Face, with the pooling, length and prefixes that it declares
 * (sentence-transformers: `modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`, `config_sentence_transformers.json`).
 * The wrong pooling gives vectors that look right and are worse; so what is declared is followed, and what is not known refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import { z } from 'zod';
import { ENCODER_FAMILIES, type EncoderConfig, encoderConfig } from '../families/encoder-config.ts';
import type { Pooling } from '../graph/encoder.ts';
import { readJson } from '../json.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';
import { requireFit } from './language-model.ts';
import { type SentenceFields, sentenceFields } from './sentence-fields.ts';

export interface EncoderModel extends SentenceFields {
  readonly kind: 'encoder';
  readonly path: string;
  /** config.json as it is. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: EncoderConfig;
  /** By the names of a model with a head. */
  readonly weights: Weights;
  /** By the names of the file. */
  readonly file: Weights;
  readonly tokenizer: Tokenizer;
  readonly pooling: Pooling;
  /** Files beside weights and config that a tuned model keeps, as text. */
  files(): Readonly<Record<string, string>>;
  close(): void;
}

const MODEL_TYPE = z.looseObject({ model_type: z.unknown() });
const BESIDE = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
];

/** Whether a folder holds a model that says where texts lie, and writes none. */
export function isEncoder(path: string): boolean {
  const config = join(path, 'config.json');
  if (!existsSync(config)) return false;
  const { model_type: type } = readJson(config, MODEL_TYPE);
  return typeof type === 'string' && Object.hasOwn(ENCODER_FAMILIES, type);
}

/**
 * @param takesDense whether layers behind its pooling are taken, for one that only makes vectors
 * @throws UserError naming the file and the field that is missing or wrong
 */
export function loadEncoder(path: string, takesDense = false): EncoderModel {
  const place = (name: string) => join(path, name);
  const json = readJson(place('config.json'), z.record(z.string(), z.unknown()));
  const config = encoderConfig(place('config.json'), json);
  const tokenizer = readTokenizer(place('tokenizer.json'));
  requireFit(path, tokenizer, config);
  const { pooling = 'mean', ...declared } = sentenceFields(path, config.context, takesDense);
  const file = safetensorsFolder(path);
  return {
    kind: 'encoder',
    path,
    json,
    config,
    weights: prefixed(file, config.prefix),
    file,
    tokenizer,
    pooling,
    ...declared,
    files: () =>
      Object.fromEntries(
        BESIDE.filter((one) => existsSync(place(one))).map((one) => [one, readFileSync(place(one), 'utf8')]),
      ),
    close: () => file.close(),
  };
}
