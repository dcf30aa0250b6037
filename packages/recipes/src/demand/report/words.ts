/** The words of the demand report, once, in both languages. */
import { decimals, type Localized, percent, signed } from '@gradus/base';
import type { Confidence } from '../analysis/confidence.ts';
import type { Outcome } from '../analysis/outcome.ts';
import type { Polarity } from '../analysis/polarity.ts';
import type { Direction } from '../analysis/trend.ts';

export const DIRECTION: Readonly<Record<Direction, Localized>> = {
  new: { en: 'new', zh: '新出现' },
  growing: { en: 'growing', zh: '上升' },
  stable: { en: 'stable', zh: '平稳' },
  shrinking: { en: 'shrinking', zh: '下降' },
  unclear: { en: 'too few to tell', zh: '数据太少，无法判断' },
};

export const POLARITY: Readonly<Record<Polarity, Localized>> = {
  problem: { en: 'problem', zh: '问题' },
  strength: { en: 'strength', zh: '优点' },
  mixed: { en: 'mixed', zh: '褒贬不一' },
};

export const CONFIDENCE: Readonly<Record<Confidence, Localized>> = {
  high: { en: 'high', zh: '高' },
  medium: { en: 'medium', zh: '中' },
  low: { en: 'low', zh: '低' },
};

export const NOTHING = '–';

export function both(text: string): Localized {
  return { en: text, zh: text };
}

/** How effects are written: points of the rating, or percentage points of satisfied reviews. */
export function effectFormat(outcome: Pick<Outcome, 'source'> | null): (value: number) => string {
  return (value) => signed(value, outcome?.source === 'label' ? percent : decimals);
}
