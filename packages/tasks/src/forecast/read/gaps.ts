/**
 * What it means that a step of an item has no row: nothing was sold, or nobody wrote it down. A file that writes zeros would have
 * written one, so its gaps are not known; a file without a zero, whose amounts come near it, left the zeros out. A day that no item has
 * is a day of rest where it is one weekday, else lost.
 */
import { type Localized, percent } from '@gradus/base';

export const GAPS = ['auto', 'zero', 'unknown'] as const;
export type GapRule = (typeof GAPS)[number];

/** Fewer gaps than this share are slips of the pen. */
const FEW = 0.02;
/** So many gaps are no slips, whatever the amounts. */
const MANY = 0.3;
/** The smallest tenth of an item's amounts is this share of its median at most where zero is near. */
const NEAR_ZERO = 0.35;

export interface GapCounts {
  readonly steps: number;
  readonly gaps: number;
  readonly zeros: number;
  /** Items whose amounts come near zero, and all. */
  readonly nearZero: number;
  readonly items: number;
}

export interface GapDecision {
  readonly gaps: 'zero' | 'unknown';
  readonly note?: Localized;
}

/** @param measures Not sold but measured: what was not measured is not zero */
export function decideGaps(
  rule: GapRule,
  { steps, gaps, zeros, nearZero, items }: GapCounts,
  measures = false,
): GapDecision {
  const share = gaps / Math.max(1, steps);
  const decided =
    rule === 'auto'
      ? !measures && zeros === 0 && share > FEW && (share > MANY || nearZero > items / 2)
        ? 'zero'
        : 'unknown'
      : rule;
  if (gaps === 0) return { gaps: decided };
  const other = decided === 'zero' ? 'unknown' : 'zero';
  const why: Localized =
    rule !== 'auto'
      ? { en: 'as asked', zh: '按要求' }
      : measures
        ? { en: 'the file holds measurements', zh: '文件中是测量值' }
        : decided === 'zero'
          ? { en: 'the file never writes a zero', zh: '文件中从不写 0' }
          : zeros > 0
            ? { en: 'the file writes zeros where nothing was sold', zh: '文件在没有销售时会写 0' }
            : { en: 'they are few, or the amounts never come near zero', zh: '空缺很少，或数量从不接近 0' };
  const [en, zh] = decided === 'zero' ? ['nothing sold', '没有售出'] : ['not known', '未知'];
  return {
    gaps: decided,
    note: {
      en: `${percent(share)} of the steps between an item's first and last have no row. They were taken as ${en}: ${why.en}. To change it: --gaps ${other}.`,
      zh: `各商品首末之间有 ${percent(share)} 的时间步没有数据，按“${zh}”处理：${why.zh}。如需更改：--gaps ${other}。`,
    },
  };
}

/** Whether an item's amounts come near zero. `values` without gaps. */
export function comesNearZero(values: Float64Array): boolean {
  const sorted = values.filter((value) => value > 0).sort();
  if (sorted.length < 5) return true;
  return sorted[Math.floor(sorted.length / 10)]! <= NEAR_ZERO * sorted[sorted.length >> 1]!;
}
