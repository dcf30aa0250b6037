import { date, decimals, percent, signed } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Since } from '../analysis/since.ts';
import { both, NOTHING } from './words.ts';

/** The themes that have grown, shrunk, appeared or disappeared since the previous run. */
export function sinceSection({ run, at, shares, gone }: Since, { themes }: DemandAnalysis): Section {
  const rows = themes.map(({ id, label, share }) => {
    const before = shares[id];
    // Beyond chance where the earlier share lies outside the interval of the present one.
    const changed = before !== undefined && (before < share.interval[0] || before > share.interval[1]);
    return [
      label,
      before === undefined ? NOTHING : percent(before),
      percent(share.value),
      before === undefined
        ? { en: 'new', zh: '新出现' }
        : changed
          ? both(signed(100 * (share.value - before), (size) => decimals(size, 1)))
          : { en: 'about the same', zh: '基本不变' },
    ];
  });
  return {
    id: 'since',
    title: { en: 'Changes since the previous run', zh: '与上次运行相比的变化' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `Compared with ${run} of ${date(at)}. Themes that were found again keep their ids.`,
          zh: `与 ${date(at)} 的 ${run} 比较。再次出现的主题沿用原有编号。`,
        },
      },
      {
        kind: 'table',
        columns: [
          { label: { en: 'Theme', zh: '主题' } },
          { label: { en: 'Share before', zh: '之前占比' }, align: 'right' },
          { label: { en: 'Share now', zh: '现在占比' }, align: 'right' },
          { label: { en: 'Change, percentage points', zh: '变化（百分点）' }, align: 'right' },
        ],
        rows: [
          ...rows,
          ...gone.map(({ name, share }) => [name, percent(share), NOTHING, { en: 'gone', zh: '已消失' }]),
        ],
      },
    ],
  };
}
