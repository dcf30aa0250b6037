import { count, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';

const MOST = 25;

/** What groups of reviews say more often than the others. */
export function segmentSection({ segments, segmentColumns }: DemandAnalysis): Section | null {
  if (segmentColumns.length === 0) return null;
  const names = segmentColumns.map((name) => `“${name}”`);
  return {
    id: 'segments',
    title: { en: 'Who says it more than others', zh: '哪些群体说得更多' },
    blocks:
      segments.length === 0
        ? [
            {
              kind: 'note',
              tone: 'info',
              text: {
                en: `No complaint differs beyond chance between the groups of ${names.join(', ')}.`,
                zh: `按 ${names.join('、')} 分组，没有哪项抱怨存在显著差异。`,
              },
            },
          ]
        : [
            {
              kind: 'table',
              caption: {
                en: `Groups by ${names.join(', ')} with more of a complaint than all the others together, beyond chance, corrected for the number of comparisons.`,
                zh: `按 ${names.join('、')} 分组：某项抱怨显著多于其余各组之和的群体；已按比较次数校正。`,
              },
              columns: [
                { label: { en: 'Group', zh: '群体' } },
                { label: { en: 'Says', zh: '说法' } },
                { label: { en: 'Of its reviews', zh: '占该群体评价' }, align: 'right' },
                { label: { en: 'Of the others', zh: '占其余评价' }, align: 'right' },
              ],
              rows: segments
                .slice(0, MOST)
                .map(({ column, value, sentence, share, elsewhere, count: n }) => [
                  `${column}: ${value}`,
                  sentence,
                  `${percent(share)} (${count(n)})`,
                  percent(elsewhere),
                ]),
            },
          ],
  };
}
