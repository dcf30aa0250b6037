import type { Block, Localized, Section } from '@gradus/loop';
import type { DataSummary } from './data-summary.ts';
import { count, NOTHING } from './words.ts';

const ROLE: Readonly<Record<DataSummary['columns'][number]['role'], Localized>> = {
  text: { en: 'review text', zh: '评价文本' },
  rating: { en: 'rating', zh: '评分' },
  label: { en: 'label', zh: '标签' },
  time: { en: 'date', zh: '日期' },
  product: { en: 'product', zh: '产品' },
};

/** Which columns were taken for what, and which rows were left out, each with its reason. */
export function dataSection(data: DataSummary): Section {
  const blocks: Block[] = [
    {
      kind: 'text',
      text: {
        en: `${data.file}: ${count(data.rows.read)} rows read, ${count(data.rows.used)} used, ${count(data.rows.setAside)} set aside.`,
        zh: `${data.file}：读取 ${count(data.rows.read)} 行，使用 ${count(data.rows.used)} 行，搁置 ${count(data.rows.setAside)} 行。`,
      },
    },
    {
      kind: 'table',
      columns: [
        { label: { en: 'What', zh: '内容' } },
        { label: { en: 'Column', zh: '列' } },
        { label: { en: 'Why', zh: '依据' } },
      ],
      rows: data.columns.map(({ role, name, why }) => [ROLE[role], name ?? NOTHING, why]),
    },
  ];
  if (data.setAside.length > 0) {
    blocks.push({
      kind: 'table',
      caption: { en: 'Rows set aside', zh: '搁置的行' },
      columns: [
        { label: { en: 'Reason', zh: '原因' } },
        { label: { en: 'Rows', zh: '行数' }, align: 'right' },
        { label: { en: 'Row numbers', zh: '行号' } },
      ],
      rows: data.setAside.map((entry) => [
        entry.reason,
        count(entry.count),
        entry.rows.join(', ') + (entry.rows.length < entry.count ? ', …' : ''),
      ]),
    });
  }
  if (data.notes.length > 0) blocks.push({ kind: 'list', ordered: false, items: data.notes });
  return { id: 'data', title: { en: 'What was read', zh: '读入的数据' }, blocks };
}
