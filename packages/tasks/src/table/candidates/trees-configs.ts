/** Which options of boosted trees are tried, and in which order. */
import type { Random } from '@gradus/base';
import type { TreesConfig } from './trees.ts';

/**
 * The first are what is right most often: many rows bear larger trees, few rows smaller and smoother ones. With more time others follow,
 * drawn log-uniformly around them.
 */
export function treesConfigs(
  rows: number,
  count: number,
  { isCount, random }: { readonly isCount: boolean; readonly random: Random },
): TreesConfig[] {
  const base = {
    learningRate: rows > 200_000 ? 0.15 : 0.06,
    l2: 1,
    rowShare: 0.8,
    columnShare: 0.7,
    minRows: 20,
    leaves: 31,
  };
  const few: readonly Partial<TreesConfig>[] = [
    { leaves: 8, minRows: 5 },
    { leaves: 16, minRows: 10 },
    { leaves: 4, minRows: 5, columnShare: 0.5 },
    { leaves: 31, minRows: 10, columnShare: 0.5 },
    { leaves: 8, minRows: 10, l2: 10, columnShare: 1 },
    { leaves: 31, minRows: 20, columnShare: 1, rowShare: 1 },
  ];
  const many: readonly Partial<TreesConfig>[] = [
    {},
    { leaves: 12 },
    { leaves: 63, minRows: 40, columnShare: 0.5 },
    { leaves: 24, minRows: 60, columnShare: 0.4, l2: 5 },
    { leaves: 6 },
    { leaves: 31, columnShare: 1, rowShare: 1, l2: 0 },
  ];
  const fixed = (rows < 3000 ? few : many).map((config) => ({ ...base, ...config }));
  const drawn = Array.from({ length: Math.max(0, count - fixed.length) }, () => {
    const between = (low: number, high: number) => Math.exp(random.uniform(Math.log(low), Math.log(high)));
    return {
      learningRate: between(base.learningRate / 3, base.learningRate * 1.5),
      leaves: Math.round(between(4, rows < 3000 ? 32 : 128)),
      minRows: Math.round(between(rows < 3000 ? 3 : 10, rows < 3000 ? 30 : 150)),
      l2: between(0.1, 30),
      rowShare: random.uniform(0.6, 1),
      columnShare: random.uniform(0.3, 1),
    };
  });
  const chosen = [...fixed, ...drawn].slice(0, count);
  // A count of large numbers is as well modelled as any other number.
  return isCount && count > 1 ? [...chosen, { ...chosen[0]!, isCount: true }] : chosen;
}
