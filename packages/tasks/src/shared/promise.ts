/** What came of a promised error rate, in one sentence. */
import { type Localized, percent } from '@gradus/base';
import { type Estimate, withInterval } from './estimate.ts';
import { ROW_WORDS, type RowWords } from './words.ts';

/** Measured on held-out rows. */
export interface PromiseKept {
  readonly errorRate: number;
  /** Share of the rows that were answered, and the error rate among these. */
  readonly coverage: Estimate;
  readonly observed: Estimate;
}

export const promiseInWords = (
  { errorRate, coverage, observed }: PromiseKept,
  { rows }: RowWords = ROW_WORDS,
): Localized => ({
  en: `At most ${percent(errorRate)} errors are promised among answers: on the held-out ${rows.en} it answered ${withInterval(coverage, percent)} and erred in ${withInterval(observed, percent)} of these.`,
  zh: `承诺答案错误率不超过 ${percent(errorRate)}：在留出${rows.zh}上回答了 ${withInterval(coverage, percent)}，其中错误 ${withInterval(observed, percent)}。`,
});
