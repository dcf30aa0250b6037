import { percent, signed } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Since } from '../analysis/since.ts';
import { both, NOTHING } from './words.ts';

/** Which themes have grown, shrunk, come and gone since the earlier run. */
export function sinceSection({ run, at, shares, gone }: Since, { themes }: DemandAnalysis): Section {
  const rows = themes.map(({ id, name, share }) => {
    const before = shares[id];
    // Beyond chance where the earlier share lies outside the interval of the present one.
    const changed = before !== undefined && (before < share.interval[0] || before > share.interval[1]);
    return [
      name,
      before === undefined ? NOTHING : percent(before),
      percent(share.value),
      before === undefined
        ? { en: 'new', zh: '新出现' }
        : changed
          ? both(signed(share.value - before, percent))
          : { en: 'about the same', zh: '基本不变' },
    ];
  });
  return {
    id: 'since',
    title: { en: 'Since the earlier run', zh: '与上次相比' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `Compared with ${run} of ${at.slice(0, 10)}: themes that were found again keep their ids.`,
          zh: `与 ${at.slice(0, 10)} 的 ${run} 比较：再次出现的主题沿用原有编号。`,
        },
      },
      {
        kind: 'table',
        columns: [
          { label: { en: 'Theme', zh: '主题' } },
          { label: { en: 'Share then', zh: '当时占比' }, align: 'right' },
          { label: { en: 'Share now', zh: '现在占比' }, align: 'right' },
          { label: { en: 'Change', zh: '变化' }, align: 'right' },
        ],
        rows: [
          ...rows,
          ...gone.map(({ name, share }) => [name, percent(share), NOTHING, { en: 'gone', zh: '已消失' }]),
        ],
      },
    ],
  };
}
