/** Ratings of satisfaction as a share: those in the upper part of their scale (CSAT: the two best of five). */

import type { Localized } from '@gradus/base';
import { yesOrNo } from '@gradus/data';
import type { Figure } from '@gradus/tasks';
import { cellsOf } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { numberOf } from './values.ts';

/** Scales of ratings: from, to, and the least rating that counts as satisfied. */
export const RATING_SCALES = [
  { from: 1, to: 5, satisfied: 4 },
  { from: 1, to: 7, satisfied: 6 },
  { from: 1, to: 10, satisfied: 8 },
  { from: 0, to: 10, satisfied: 8 },
  { from: 0, to: 100, satisfied: 80 },
] as const;
export type RatingScale = (typeof RATING_SCALES)[number];

/** The smallest scale that holds all ratings; undefined where none does. */
function ratingScaleOf(values: readonly number[]): RatingScale | undefined {
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return RATING_SCALES.find(({ from, to }) => least >= from && most <= to);
}

export function satisfactionFigure(
  table: EvidenceTable,
  column: string,
): { readonly figure: Figure; readonly notes: readonly Localized[] } | undefined {
  const cell = cellsOf(table, column);
  const numbers = Float64Array.from(table.rows, (_, row) => numberOf(cell(row)));
  const known = Array.from(numbers).filter(Number.isFinite);
  const isBinary = known.every((value) => value === 0 || value === 1);
  const scale = isBinary ? undefined : ratingScaleOf(known);
  if (!isBinary && !scale) return undefined;
  const satisfied = Float64Array.from(numbers, (value, row) => {
    if (!scale) return yesOrNo(cell(row));
    return Number.isNaN(value) ? Number.NaN : Number(value >= scale.satisfied);
  });
  const range = scale ? ` (${scale.satisfied}–${scale.to} / ${scale.from}–${scale.to})` : '';
  return {
    figure: {
      id: 'satisfied',
      title: { en: `satisfied users${range}`, zh: `满意用户占比${range}` },
      unit: 'share',
      better: 'more',
      values: {
        kind: 'ratio',
        range: 'share',
        numerator: satisfied.map((each) => (each === 1 ? 1 : 0)),
        denominator: satisfied.map((each) => (Number.isNaN(each) ? 0 : 1)),
      },
    },
    notes: [],
  };
}
