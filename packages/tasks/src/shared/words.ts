/** Words that sections, cards and comparisons of all tasks share. */
import type { Localized } from '@gradus/base';

/** What the rows of a recipe are called, in sentences. */
export interface RowWords {
  readonly rows: Localized;
  /** What the newest of them are called. */
  readonly newest: Localized;
  /** The Chinese measure word of both. */
  readonly counter: string;
}

export const ROW_WORDS: RowWords = {
  rows: { en: 'rows', zh: '数据' },
  newest: { en: 'rows', zh: '数据' },
  counter: '行',
};

/** Names of the baselines a model is measured against. */
const BASELINES: Readonly<Record<string, Localized>> = {
  majority: { en: 'always the larger class', zh: '始终猜多数类' },
  mean: { en: 'always the mean', zh: '始终猜平均值' },
  linear: { en: 'a linear model', zh: '线性模型' },
  tfidfLogistic: { en: 'TF-IDF + logistic regression', zh: 'TF-IDF + 逻辑回归' },
  chance: { en: 'centres chosen by chance', zh: '随机选取的中心' },
};

/** A baseline's name for people to read; one without is shown by its own name. */
export const baselineName = (name: string): Localized => BASELINES[name] ?? same(name);

/** The same in both languages: names, figures. */
export const same = (text: string): Localized => ({ en: text, zh: text });

/** At the beginning of a sentence or of a cell. */
export const capitalized = ({ en, zh }: Localized): Localized => ({
  en: en.charAt(0).toUpperCase() + en.slice(1),
  zh,
});

/** "0.012" or "< 0.001": in a column of p values. */
export const pFigure = (pValue: number): string => (pValue < 0.001 ? '< 0.001' : pValue.toFixed(3));

/** "p = 0.012" */
export const pInWords = (pValue: number): string =>
  pValue < 0.001 ? `p ${pFigure(pValue)}` : `p = ${pFigure(pValue)}`;
