/** Figures against their limits, and the rows that prove what is said. */
import { count, percent } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { Evaluated } from '../evaluate.ts';
import { figureInWords, limitInWords, rangeInWords, verdictInWords } from '../words.ts';

export function itemsSection({ items }: Evaluated): Section {
  return {
    id: 'verdicts',
    title: { en: 'Verdicts', zh: '各项结论' },
    blocks: [
      ...(items.length === 0
        ? [
            {
              kind: 'note' as const,
              tone: 'warning' as const,
              text: {
                en: 'The evidence measures nothing that the standard asks for.',
                zh: '这些证据没有测量标准所要求的任何指标。',
              },
            },
          ]
        : []),
      {
        kind: 'table',
        columns: [
          { label: { en: 'characteristic', zh: '质量特性' } },
          { label: { en: 'figure', zh: '指标' } },
          // On a phone what stands further right is scrolled to.
          { label: { en: 'verdict', zh: '结论' } },
          { label: { en: 'value', zh: '数值' }, align: 'right' },
          { label: { en: '95% interval', zh: '95% 区间' }, align: 'right' },
          { label: { en: 'limit', zh: '限值' }, align: 'right' },
          { label: { en: 'rows', zh: '行数' }, align: 'right' },
          { label: { en: 'weight', zh: '权重' }, align: 'right' },
        ],
        rows: items.map((item) => [
          item.characteristicName,
          item.title,
          verdictInWords(item),
          item.figure === null ? '–' : figureInWords(item.figure, item.unit),
          item.figure === null ? '–' : rangeInWords(item.low, item.high, item.unit),
          limitInWords(item),
          item.pieces > 0 && item.pieces < item.n
            ? `${count(item.n)} / ${count(item.pieces)}`
            : count(item.n),
          percent(item.weight),
        ]),
      },
      {
        kind: 'text',
        text: {
          en: 'A figure meets its limit where its whole interval does, and fails where none of it does. Rows of one user or sentence are taken together: “rows / independent”.',
          zh: '整个区间都在限值之内为达标，全在限值之外为不达标。同一用户或同一句子的行合并计算：“行数 / 独立单元数”。',
        },
      },
    ],
  };
}

const MOST_ITEMS = 12;

/** Word for word, with where it stands. */
export function proofSection({ items }: Evaluated): Section | undefined {
  const proven = items
    .filter(({ verdict, evidence }) => verdict !== 'meets' && evidence.length > 0)
    .slice(0, MOST_ITEMS);
  if (proven.length === 0) return undefined;
  return {
    id: 'proof',
    title: { en: 'Rows that prove it', zh: '作为依据的行' },
    blocks: proven.flatMap(({ title, evidence }): Block[] => [
      { kind: 'text', text: title },
      { kind: 'quotes', items: evidence.map(({ row, text }) => ({ row, text })) },
    ]),
  };
}
