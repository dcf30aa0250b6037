/** What is said of texts when a table is learnt. */
import type { Localized } from '@gradus/base';
import type { Target } from '../columns.ts';
import { MOST_SCORES } from '../stacked-scores.ts';
import type { TextColumn } from './text-column.ts';

/** Nothing where each class has a score. */
export function textNotes(texts: readonly TextColumn[], target: Target): Localized[] {
  if (texts.length === 0 || target.kind === 'numbers' || target.classes.length <= MOST_SCORES) return [];
  return [
    {
      en: `Texts tell the ${MOST_SCORES} most frequent classes of "${target.name}" apart; of the other ${target.classes.length - MOST_SCORES} they say little.`,
      zh: `文本用于区分“${target.name}”中最常见的 ${MOST_SCORES} 个类别；对其余 ${target.classes.length - MOST_SCORES} 个类别帮助很小。`,
    },
  ];
}
