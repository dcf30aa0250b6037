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
  /** Layers between pooling and length 1, such as LaBSE's. */
  readonly dense: readonly DenseLayer[];
  /** Tokens of a text at most. */
  readonly length: number;
  /** Prefixes that the model was trained with, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly defaultPrompt: string | undefined;
}

export interface DenseLayer {
  /** Its folder: model.safetensors with linear.weight, and linear.bias where there is one. */
  readonly folder: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly activation: 'tanh' | undefined;
}

const SIZE = z
  .int()
  .min(1)
  .max(1 << 16);
const DENSE = z.looseObject({
  in_features: SIZE,
  out_features: SIZE,
  bias: z.boolean().default(true),
  activation_function: z.string().default('torch.nn.modules.activation.Tanh'),
});
const DENSE_ACTIVATIONS: Readonly<Record<string, DenseLayer['activation']>> = {
  Tanh: 'tanh',
  Identity: undefined,
};

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
 * @param takesDense whether layers behind the pooling are taken
 * @throws UserError naming the file and the field that is wrong, or the module or pooling that is not known
 */
export function sentenceFields(folder: string, context: number, takesDense = false): SentenceFields {
  const optional = <T>(name: string, schema: z.ZodType<T>): T | undefined =>
    existsSync(join(folder, name)) ? readJson(join(folder, name), schema) : undefined;
  const modules = (optional('modules.json', MODULES) ?? []).map(({ type, path }) => ({
    kind: type.slice(type.lastIndexOf('.') + 1),
    path,
  }));
  const kinds = modules.map(({ kind }) => kind);
  const known = ['Transformer', 'Pooling', ...(takesDense ? ['Dense'] : []), 'Normalize'];
  // Each stands where it does in this list, or not at all.
  const unknown = kinds.find(
    (kind, i) => !known.includes(kind) || (i > 0 && known.indexOf(kind) < known.indexOf(kinds[i - 1]!)),
  );
  if (unknown !== undefined) {
    const place = join(folder, 'modules.json');
    throw new UserError({
      en: `${place}: a module "${unknown}" is not known there; expected ${known.join(', ')}, in this order`,
      zh: `${place}：此处不支持模块“${unknown}”；应依次为 ${known.join('、')}`,
    });
  }
  const { max_seq_length: length } = optional('sentence_bert_config.json', LENGTH) ?? {};
  const { prompts, default_prompt_name: name } = optional('config_sentence_transformers.json', PROMPTS) ?? {};
  const pooling = optional('1_Pooling/config.json', POOLING);
  return {
    pooling: pooling && poolingOf(join(folder, '1_Pooling/config.json'), pooling),
    normalize: kinds.includes('Normalize'),
    dense: modules.flatMap(({ kind, path }) => (kind === 'Dense' ? [denseIn(folder, path)] : [])),
    length: Math.min(length ?? context, context),
    prompts: prompts ?? {},
    defaultPrompt: name ?? undefined,
  };
}

/** @throws UserError naming the field that is wrong */
function denseIn(model: string, path: string): DenseLayer {
  if (!/^[\w.-]+$/.test(path) || path === '..') {
    throw new UserError({
      en: `${join(model, 'modules.json')}: the path "${path}" is no folder beside it`,
      zh: `${join(model, 'modules.json')}：路径“${path}”不是同一位置的文件夹`,
    });
  }
  const folder = join(model, path);
  const file = join(folder, 'config.json');
  const fields = readJson(file, DENSE);
  const name = fields.activation_function.slice(fields.activation_function.lastIndexOf('.') + 1);
  if (!Object.hasOwn(DENSE_ACTIVATIONS, name)) {
    throw new UserError({
      en: `${file}: activation "${fields.activation_function}" is not known; expected ${Object.keys(DENSE_ACTIVATIONS).join(', ')}`,
      zh: `${file}：不支持激活函数“${fields.activation_function}”；应为 ${Object.keys(DENSE_ACTIVATIONS).join('、')} 之一`,
    });
  }
  const { in_features: inputs, out_features: outputs, bias } = fields;
  return { folder, inputs, outputs, bias, activation: DENSE_ACTIVATIONS[name] };
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
