/** The figure of each slice, as a block of a report. */
import { count, type Localized, percent } from '@gradus/base';
import type { Block } from '@gradus/report';
import { withInterval } from './estimate.ts';
import type { TaskEvaluation } from './evaluation.ts';

export const sliceBlock = (
  figure: Localized,
  slices: TaskEvaluation['slices'],
  format: (value: number) => string = percent,
  caption: Localized = { en: 'Slices of the held-out rows', zh: '留出数据的切片' },
): Block => ({
  kind: 'table',
  caption,
  columns: [
    { label: { en: 'Slice', zh: '切片' } },
    { label: { en: 'Rows', zh: '行数' }, align: 'right' },
    { label: figure, align: 'right' },
  ],
  rows: slices.map(({ name, n, ...estimate }) => [name, count(n), withInterval(estimate, format)]),
});
