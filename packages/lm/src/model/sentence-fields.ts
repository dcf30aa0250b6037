/**
 * How a folder says that texts become vectors, in the files of sentence-transformers: pooling, whether vectors have length 1, how long a
 * text may be, and prefixes. The wrong pooling gives vectors that look right and are worse; so what is declared is followed, and what
 * is not known refused.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { Pooling } from '../graph/encoder.ts';
import { readJson } from '../json.ts';

export interface SentenceFields {
  /** None where the folder declares none. */
  readonly pooling: Pooling | undefined;
  readonly normalize: boolean;
  /** Tokens of a text at most. */
  readonly length: number;
  /** Prefixes that the model was trained with, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
}

const MODULES = z.array(z.looseObject({ type: z.string(), path: z.string().default('') }));
const FLAG = z.boolean().default(false);
/** Older files have a flag for each way, those since sentence-transformers 5.4 the name of one, or a list of them. */
const POOLING = z.looseObject({
  pooling_mode: z.union([z.string(), z.array(z.string())]).nullish(),
  pooling_mode_cls_token: FLAG,
  pooling_mode_mean_tokens: FLAG,
  pooling_mode_max_tokens: FLAG,
  pooling_mode_lasttoken: FLAG,
  pooling_mode_mean_sqrt_len_tokens: FLAG,
  pooling_mode_weightedmean_tokens: FLAG,
  include_prompt: z.boolean().default(true),
});
const LENGTH = z.looseObject({ max_seq_length: z.int().min(1).nullish() });
const PROMPTS = z.looseObject({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
});

/**
 * @param context tokens that the model was made for
 * @throws UserError naming the file and the field that is wrong, or the module or pooling that is not known
 */
export function sentenceFields(folder: string, context: number): SentenceFields {
  const optional = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
    existsSync(join(folder, name)) ? readJson(join(folder, name), schema) : undefined;
  const kinds = (optional('modules.json', MODULES) ?? []).map(({ type }) =>
    type.slice(type.lastIndexOf('.') + 1),
  );
  const unknown = kinds.find((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (unknown !== undefined) {
    const place = join(folder, 'modules.json');
    throw new UserError({
      en: `${place}: a module "${unknown}" is not known; expected Transformer, Pooling, Normalize`,
      zh: `${place}：不支持模块“${unknown}”；应为 Transformer、Pooling、Normalize`,
    });
  }
  const { max_seq_length: length } = optional('sentence_bert_config.json', LENGTH) ?? {};
  const { prompts, default_prompt_name: name } = optional('config_sentence_transformers.json', PROMPTS) ?? {};
  const pooling = optional('1_Pooling/config.json', POOLING);
  return {
    pooling: pooling && poolingOf(join(folder, '1_Pooling/config.json'), pooling),
    normalize: kinds.includes('Normalize'),
    length: Math.min(length ?? context, context),
    prompts: prompts ?? {},
    defaultPrompt: name ?? undefined,
  };
}

const WAYS: Readonly<Record<string, Pooling>> = { cls: 'cls', mean: 'mean', max: 'max', lasttoken: 'last' };

/** @throws UserError where a way of pooling is declared that is not known, or several */
function poolingOf(path: string, declared: z.output<typeof POOLING>): Pooling {
  if (!declared.include_prompt) {
    throw new UserError({
      en: `${path}: vectors of the text without its prefix (include_prompt false) are not known`,
      zh: `${path}：不支持不含前缀的池化（include_prompt 为 false）`,
    });
  }
  const flags = Object.entries(declared).filter(
    ([name, value]) => /^pooling_mode_/.test(name) && value === true,
  );
  const names =
    declared.pooling_mode == null
      ? flags.map(([name]) => name.replace(/^pooling_mode_/, '').replace(/_tokens?$/, ''))
      : [declared.pooling_mode].flat();
  const [way] = names;
  if (names.length === 1 && Object.hasOwn(WAYS, way!)) return WAYS[way!]!;
  throw new UserError({
    en: `${path} declares a pooling that is not known (${names.join(' and ') || 'none'}); expected one: of the first token (cls), of the last one (lasttoken), mean or max`,
    zh: `${path} 声明的池化方式不受支持（${names.join('、') || '无'}）；应为其中一种：首词元（cls）、末词元（lasttoken）、均值（mean）或最大值（max）`,
  });
}
