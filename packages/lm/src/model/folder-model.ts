/** What the files of a Hugging Face folder say about a language model, wherever they were read from: a disk, or the server of a page. */
import type { Tokenizer } from '@gradus/data';
import { z } from 'zod';
import { tokensOf } from '../families/common.ts';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { LanguageModel } from './language-model.ts';

const TOKENS = z.union([z.int().min(0), z.array(z.int().min(0))]).nullish();
export const GENERATION = z.looseObject({ eos_token_id: TOKENS });
const NAMED = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
export const TOKENIZER_CONFIG = z.looseObject({
  chat_template: z
    .union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))])
    .nullish(),
  bos_token: NAMED,
  eos_token: NAMED,
  unk_token: NAMED,
  pad_token: NAMED,
});

export interface FolderParts {
  readonly path: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly tokenizer: Tokenizer;
  /** tokenizer_config.json */
  readonly options: z.output<typeof TOKENIZER_CONFIG>;
  /** generation_config.json */
  readonly generation: z.output<typeof GENERATION>;
  readonly template: string | undefined;
}

export function modelOfFolder({
  path,
  json,
  config,
  tokenizer,
  options,
  generation,
  template,
}: FolderParts): Omit<LanguageModel, 'weights' | 'files' | 'close'> {
  const end = tokensOf(generation.eos_token_id);
  return {
    path,
    json,
    config,
    tokenizer,
    end: end.length > 0 ? end : config.eos,
    ...(template !== undefined && { template }),
    templateTokens: templateTokensOf(options),
  };
}

/** What is put in place of names in a template. */
export const templateTokensOf = (
  options: z.output<typeof TOKENIZER_CONFIG>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (['bos_token', 'eos_token', 'unk_token', 'pad_token'] as const).flatMap((name) => {
      const token = options[name];
      return token == null ? [] : [[name, typeof token === 'string' ? token : token.content]];
    }),
  );

/** The template of conversations, of several that a file may name. */
export function namedTemplate(given: z.output<typeof TOKENIZER_CONFIG>['chat_template']): string | undefined {
  if (given == null || typeof given === 'string') return given ?? undefined;
  return (given.find(({ name }) => name === 'default') ?? given[0])?.template;
}
