/** What the files of a Hugging Face folder say about a language model, wherever they were read from: a disk, or the server of a page. */
import type { Tokenizer } from '@gradus/data';
import { z } from 'zod';
import type { DecoderConfig } from '../families/decoder-config.ts';
import { drawingOf, endOf, type GenerationFields } from './generation-config.ts';
import type { LanguageModel } from './language-model.ts';

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

/** Models of images and texts, and what the part that writes is by itself. */
const WRITING_PARTS: Readonly<Record<string, readonly [type: string, className: string]>> = {
  gemma3: ['gemma3_text', 'Gemma3ForCausalLM'],
  mistral3: ['mistral', 'MistralForCausalLM'],
};
const WITH_PARTS = z.looseObject({ model_type: z.string(), text_config: z.record(z.string(), z.unknown()) });

/** Of a model of images and texts the config that its writing part has alone; undefined of any other model. */
export function writingConfig(json: unknown): Readonly<Record<string, unknown>> | undefined {
  const { data } = WITH_PARTS.safeParse(json);
  const part = data && Object.hasOwn(WRITING_PARTS, data.model_type) && WRITING_PARTS[data.model_type];
  if (!part) return undefined;
  const { text_config: own, tie_word_embeddings: tied, bos_token_id: bos, eos_token_id: eos } = data;
  return {
    ...(tied !== undefined && { tie_word_embeddings: tied }),
    ...own,
    ...(bos != null && { bos_token_id: bos }),
    ...(eos != null && { eos_token_id: eos }),
    model_type: part[0],
    architectures: [part[1]],
  };
}

export interface FolderParts {
  readonly path: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly tokenizer: Tokenizer;
  /** tokenizer_config.json */
  readonly options: z.output<typeof TOKENIZER_CONFIG>;
  /** generation_config.json */
  readonly generation: GenerationFields;
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
  const templateTokens = templateTokensOf(options);
  return {
    path,
    json,
    config,
    tokenizer,
    end: endOf(generation, config.eos, tokenizer, templateTokens.eos_token),
    drawing: drawingOf(generation),
    ...(template !== undefined && { template }),
    templateTokens,
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
