/** Which large model a request names. */
import { type Metrics, NotFound } from '@gradus/lifecycle';
import type { Context } from 'hono';
import type { LanguageModel, LanguageModels } from '../../../language/language-models.ts';

export interface LanguageRoutesOptions {
  readonly languages: LanguageModels;
  readonly metrics: Metrics;
}

/** Milliseconds that a text may take: as long as OpenAI's clients wait. */
export const LONGEST_TEXT_TIME = 600_000;

/** @throws NotFound naming those that there are */
export function languageNamed(languages: LanguageModels, name: string): LanguageModel {
  const model = languages.find(name);
  if (model) return model;
  const names = languages.all.map((one) => one.name);
  const shown = name.slice(0, 100);
  throw new NotFound({
    en: `there is no model "${shown}" here; there are: ${names.join(', ') || 'none (gradus serve --model NAME=PATH)'}`,
    zh: `没有名为“${shown}”的模型；现有：${names.join('、') || '无（gradus serve --model NAME=PATH）'}`,
  });
}

/** One that says where texts lie. @throws NotFound */
export function encoderNamed(context: Context, languages: LanguageModels, name: string): LanguageModel {
  const model = languageNamed(languages, name);
  context.set('language', name);
  if (model.kind === 'encoder') return model;
  throw new NotFound({
    en: `the model "${name}" writes texts; it gives no embeddings of them`,
    zh: `模型“${name}”用于生成文本，不提供嵌入`,
  });
}

/** One that writes texts. @throws NotFound */
export function writerNamed(context: Context, languages: LanguageModels, name: string): LanguageModel {
  const model = languageNamed(languages, name);
  context.set('language', name);
  if (model.kind === 'decoder') return model;
  throw new NotFound({
    en: `the model "${name}" writes no texts; it gives embeddings: POST /v1/embeddings`,
    zh: `模型“${name}”不生成文本，只提供嵌入：POST /v1/embeddings`,
  });
}
