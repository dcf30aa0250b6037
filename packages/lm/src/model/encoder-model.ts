/**
 * An encoder as somebody brings it: a folder of Hugging Face, with the pooling, length and prefixes that it declares
 * (sentence-transformers: `modules.json`, `1_Pooling/config.json`, `sentence_bert_config.json`, `config_sentence_transformers.json`).
 * The wrong pooling gives vectors that look right and are worse; so what is declared is followed, and what is not known refused.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readTokenizer, type Tokenizer } from '@gradus/data';
import { z } from 'zod';
import { ENCODER_FAMILIES, type EncoderConfig, encoderConfig } from '../families/encoder-config.ts';
import type { Pooling } from '../graph/encoder.ts';
import { readJson } from '../json.ts';
import { prefixed } from '../weights/prefixed.ts';
import { safetensorsFolder } from '../weights/safetensors.ts';
import type { Weights } from '../weights/weights.ts';

export interface EncoderModel {
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
  readonly normalize: boolean;
  /** Tokens of a text at most. */
  readonly length: number;
  /** Prefixes that the model was trained with, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
  /** Files beside weights and config that a tuned model keeps, as text. */
  files(): Readonly<Record<string, string>>;
  close(): void;
}

const MODEL_TYPE = z.looseObject({ model_type: z.unknown() });
const MODULES = z.array(z.looseObject({ type: z.string(), path: z.string().default('') }));
const POOLING = z.looseObject({
  pooling_mode_cls_token: z.boolean().default(false),
  pooling_mode_mean_tokens: z.boolean().default(false),
  pooling_mode_max_tokens: z.boolean().default(false),
});
const LENGTH = z.looseObject({ max_seq_length: z.int().min(1).nullish() });
const PROMPTS = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

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

/** @throws UserError naming the file and the field that is missing or wrong */
export function loadEncoder(path: string): EncoderModel {
  const place = (name: string) => join(path, name);
  const optional = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
    existsSync(place(name)) ? readJson(place(name), schema) : undefined;
  const json = readJson(place('config.json'), z.record(z.string(), z.unknown()));
  const config = encoderConfig(place('config.json'), json);
  const tokenizer = readTokenizer(place('tokenizer.json'));
  if (tokenizer.size > config.vocabulary) {
    throw new UserError({
      en: `${path}: the tokenizer has ids up to ${tokenizer.size - 1}, and the model's embedding has ${config.vocabulary} rows: the tokenizer is of another model`,
      zh: `${path}：分词器的 id 最大为 ${tokenizer.size - 1}，而模型的嵌入只有 ${config.vocabulary} 行：分词器属于另一个模型`,
    });
  }
  const modules = optional('modules.json', MODULES) ?? [];
  const kinds = modules.map(({ type }) => type.slice(type.lastIndexOf('.') + 1));
  const unknown = kinds.find((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (unknown !== undefined) {
    throw new UserError({
      en: `${place('modules.json')}: a module "${unknown}" is not known; expected Transformer, Pooling, Normalize`,
      zh: `${place('modules.json')}：不支持模块“${unknown}”；应为 Transformer、Pooling、Normalize`,
    });
  }
  const pooling = poolingOf(place('1_Pooling/config.json'), optional('1_Pooling/config.json', POOLING));
  const { max_seq_length: length } = optional('sentence_bert_config.json', LENGTH) ?? {};
  const { prompts, default_prompt_name: name } = optional('config_sentence_transformers.json', PROMPTS) ?? {};
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
    normalize: kinds.includes('Normalize'),
    length: Math.min(length ?? config.context, config.context),
    prompts: prompts ?? {},
    defaultPrompt: name ?? undefined,
    files: () =>
      Object.fromEntries(
        BESIDE.filter((one) => existsSync(place(one))).map((one) => [one, readFileSync(place(one), 'utf8')]),
      ),
    close: () => file.close(),
  };
}

/** @throws UserError where a way of pooling is declared that is not known */
function poolingOf(path: string, declared: z.output<typeof POOLING> | undefined): Pooling {
  if (!declared) return 'mean';
  if (declared.pooling_mode_cls_token) return 'cls';
  if (declared.pooling_mode_max_tokens) return 'max';
  if (declared.pooling_mode_mean_tokens) return 'mean';
  throw new UserError({
    en: `${path} declares a pooling that is not known; expected of the first token (cls), mean or max`,
    zh: `${path} 声明的池化方式不受支持；应为首词元（cls）、均值或最大值`,
  });
}
