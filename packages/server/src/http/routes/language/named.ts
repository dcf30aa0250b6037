/** Which large model a request names. */
import type { Localized } from '@gradus/base';
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
function languageNamed(languages: LanguageModels, name: string): LanguageModel {
  const model = languages.find(name);
  if (model) return model;
  const names = languages.all.map((one) => one.name);
  const shown = name.slice(0, 100);
  throw new NotFound({
    en: `there is no model "${shown}" here; there are: ${names.join(', ') || 'none (gradus serve --model NAME=PATH)'}`,
    zh: `没有名为“${shown}”的模型；现有：${names.join('、') || '无（gradus serve --model NAME=PATH）'}`,
  });
}

type Kind = LanguageModel['kind'];

const DOES: Readonly<Record<Kind, Localized>> = {
  decoder: {
    en: 'writes texts: POST /v1/chat/completions, /v1/completions',
    zh: '用于生成文本：POST /v1/chat/completions、/v1/completions',
  },
  encoder: {
    en: 'gives embeddings: POST /v1/embeddings, /v1/rerank',
    zh: '用于提供嵌入：POST /v1/embeddings、/v1/rerank',
  },
  reranker: { en: 'ranks texts by a query: POST /v1/rerank', zh: '用于按查询排列文本：POST /v1/rerank' },
  speech: {
    en: 'writes what is said: POST /v1/audio/transcriptions, /v1/audio/translations',
    zh: '用于转写语音：POST /v1/audio/transcriptions、/v1/audio/translations',
  },
};

/** One of these kinds. @throws NotFound saying what the model does instead */
export function modelOfKind(
  context: Context,
  languages: LanguageModels,
  name: string,
  ...kinds: readonly Kind[]
): LanguageModel {
  const model = languageNamed(languages, name);
  context.set('language', name);
  if (kinds.includes(model.kind)) return model;
  const does = DOES[model.kind];
  throw new NotFound({
    en: `the model "${name}" cannot do this; it ${does.en}`,
    zh: `模型“${name}”做不到这一点；它${does.zh}`,
  });
}
