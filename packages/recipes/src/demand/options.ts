/** What `gradus demand` takes: a table of reviews, whose columns it finds unless they are named. */
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

export const OwnOptions = z.strictObject({});
export type DemandOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;

/** What people may correct: the sentiment of a text, the theme it belongs to, or both. */
export interface Correction {
  readonly text: string;
  readonly sentiment?: 'satisfied' | 'dissatisfied';
  /** A theme's id. */
  readonly theme?: string;
}
