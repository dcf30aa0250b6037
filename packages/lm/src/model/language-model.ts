/** A language model, however it was brought. */
import { UserError } from '@gradus/base';
import type { Tokenizer } from '@gradus/data';
import type { ExportedGraph } from '../exported/layout.ts';
import type { DecoderConfig } from '../families/decoder-config.ts';
import type { Weights } from '../weights/weights.ts';
import type { Drawing } from './generation-config.ts';

/** What runs a decoder needs of it. */
export interface RunConfig
  extends Pick<DecoderConfig, 'vocabulary' | 'kvHeads' | 'headSize' | 'context' | 'bos'> {
  readonly layers: readonly unknown[];
}

interface ModelOfTexts {
  readonly path: string;
  readonly config: RunConfig;
  readonly tokenizer: Tokenizer;
  /** Tokens that end what is generated. */
  readonly end: readonly number[];
  /** How it says that tokens are drawn, where a caller does not. */
  readonly drawing?: Drawing;
  /** How a conversation becomes text, in Jinja; none where the model has no template. */
  readonly template?: string;
  /** What is put in place of names in the template, such as bos_token. */
  readonly templateTokens: Readonly<Record<string, string>>;
  close(): void;
}

export interface LanguageModel extends ModelOfTexts {
  /** config.json as it is. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly config: DecoderConfig;
  readonly weights: Weights;
  /** Files beside weights and config that a converted or tuned model keeps, as text. */
  files(): Readonly<Record<string, string>>;
}

/** A decoder that somebody else exported as ONNX: it runs, and that is all. */
export interface ExportedModel extends ModelOfTexts {
  readonly exported: ExportedGraph;
}

export type RunnableModel = LanguageModel | ExportedModel;

/** @throws UserError where ids of the tokenizer have no row in the embedding */
export function requireFit(
  path: string,
  tokenizer: Tokenizer,
  { vocabulary }: Pick<DecoderConfig, 'vocabulary'>,
): void {
  if (tokenizer.size <= vocabulary) return;
  throw new UserError({
    en: `${path}: the tokenizer has ids up to ${tokenizer.size - 1}, and the model's embedding has ${vocabulary} rows: the tokenizer is of another model`,
    zh: `${path}：分词器的 id 最大为 ${tokenizer.size - 1}，而模型的嵌入只有 ${vocabulary} 行：分词器属于另一个模型`,
  });
}
