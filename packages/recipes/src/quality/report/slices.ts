/** Slices that are worse than the rest. */
import { count, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { pFigure } from '@gradus/tasks';
import type { Evaluated } from '../evaluate.ts';
import { figureInWords, sliceInWords, VERDICTS } from '../words.ts';

const MOST_ROWS = 20;

export function slicesSection({ slices }: Evaluated): Section | undefined {
  if (slices.length === 0) return undefined;
  const worse = slices.filter(({ isWorse }) => isWorse);
  if (worse.length === 0) {
    return {
      id: 'slices',
      title: { en: 'Slices', zh: '分组' },
      blocks: [
        {
          kind: 'text',
          text: {
            en: 'No slice that was looked at is worse than the rest beyond chance.',
            zh: '所查看的各组中，没有哪一组显著差于其余部分。',
          },
        },
      ],
    };
  }
  return {
    id: 'slices',
    title: { en: 'Slices that are worse', zh: '较差的分组' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'slice', zh: '分组' } },
          { label: { en: 'figure', zh: '指标' } },
          { label: { en: 'here', zh: '该组' }, align: 'right' },
          { label: { en: 'elsewhere', zh: '其余' }, align: 'right' },
          { label: { en: 'rows', zh: '行数' }, align: 'right' },
          { label: { en: 'of the loss', zh: '占损失' }, align: 'right' },
          { label: { en: 'p', zh: 'p' }, align: 'right' },
          { label: { en: 'verdict', zh: '结论' } },
        ],
        rows: worse
          .slice(0, MOST_ROWS)
          .map(({ column, level, title, unit, figure, rest, n, burden, pValue, verdict }) => [
            sliceInWords(column, level),
            title,
            figureInWords(figure, unit),
            figureInWords(rest, unit),
            count(n),
            percent(burden),
            pFigure(pValue),
            verdict === null ? '–' : VERDICTS[verdict],
          ]),
      },
      {
        kind: 'text',
        text: {
          en: '“Of the loss”: how much of all errors would be gone, were the slice as good as the rest. p is adjusted for all slices that were looked at.',
          zh: '“占损失”：若该组与其余一样好，可消除的错误占全部错误的比例。p 已按所查看的全部分组校正。',
        },
      },
    ],
  };
}
