import { date, decimals, type Localized, percent, signed } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { type PointChange, pointChanges, type Since } from '../analysis/since.ts';
import { both, NOTHING } from './words.ts';

/** The complaints that more or fewer make than in the previous run; the themes that have grown, shrunk, appeared or disappeared. */
export function sinceSection(
  { run, at, shares, gone, complaints }: Since,
  { themes, points, reviews }: DemandAnalysis,
): Section {
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
      ...(complaints ? changesOf(pointChanges(complaints, points, reviews)) : []),
      {
        kind: 'details',
        summary: { en: 'Every theme, before and now', zh: '各主题前后对比' },
        blocks: [
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
      },
    ],
  };
}

const MOST_CHANGES = 10;

function changesOf(changes: readonly PointChange[]): Block[] {
  if (changes.length === 0)
    return [
      {
        kind: 'text',
        text: {
          en: 'No complaint is made more or less often than then, beyond chance.',
          zh: '没有哪项抱怨的频率与当时相比有显著变化。',
        },
      },
    ];
  return [{ kind: 'list', ordered: false, items: changes.slice(0, MOST_CHANGES).map(told) }];
}

function told({ sentence, before, now }: PointChange): Localized {
  const [from, to] = [percent(before), percent(now)];
  if (before === 0)
    return { en: `New: ${sentence.en} (${to} of reviews).`, zh: `新出现：${sentence.zh}（${to} 的评价）。` };
  if (now === 0)
    return { en: `Gone: ${sentence.en} (before ${from}).`, zh: `不再出现：${sentence.zh}（之前 ${from}）。` };
  return now > before
    ? {
        en: `More often: ${sentence.en} (${to} of reviews, before ${from}).`,
        zh: `增多：${sentence.zh}（${to} 的评价，之前 ${from}）。`,
      }
    : {
        en: `Less often: ${sentence.en} (${to} of reviews, before ${from}).`,
        zh: `减少：${sentence.zh}（${to} 的评价，之前 ${from}）。`,
      };
}
