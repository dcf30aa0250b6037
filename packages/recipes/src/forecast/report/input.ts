/** What the sections of the report are made from. */
import type { Localized } from '@gradus/base';
import type { Evaluated } from '../evaluate.ts';
import type { Prepared } from '../prepare.ts';
import type { Trained } from '../train.ts';

export interface ReportInput extends Prepared {
  readonly train: Trained;
  readonly evaluate: Evaluated;
}

export const TITLE: Localized = { en: 'Forecast', zh: '销售预测' };
