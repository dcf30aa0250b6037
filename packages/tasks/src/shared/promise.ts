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
): Localized =>
  coverage.value === 0
    ? {
        en: `It is sure enough of none of the held-out ${rows.en} to promise at most ${percent(errorRate)} errors: all its answers would be marked as not sure.`,
        zh: `要承诺错误率不超过 ${percent(errorRate)}，它对留出${rows.zh}中的任何一项都没有足够把握：所有答案都会标为不确定。`,
      }
    : {
        en: `At most ${percent(errorRate)} errors are promised among answers: on the held-out ${rows.en} it answered ${withInterval(coverage, percent)} and erred in ${withInterval(observed, percent)} of these.`,
        zh: `承诺答案错误率不超过 ${percent(errorRate)}：在留出${rows.zh}上回答了 ${withInterval(coverage, percent)}，其中错误 ${withInterval(observed, percent)}。`,
      };
