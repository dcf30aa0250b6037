import { count, type Localized, plural } from '@gradus/base';
import { ROLES, type Role } from '@gradus/data';
import type { Block, Section, SimpleBlock, Text } from '@gradus/report';
import type { DataSummary } from './data-summary.ts';
import { NOTHING } from './words.ts';

export const ROLE: Readonly<Record<Role, Localized>> = {
  text: { en: 'text', zh: '文本' },
  rating: { en: 'rating', zh: '评分' },
  label: { en: 'label', zh: '标签' },
  time: { en: 'date', zh: '日期' },
  product: { en: 'product', zh: '产品' },
};

const MOST_ROW_NUMBERS = 12;
/** Copies have a reason each: that they repeat a certain row. */
const MOST_REASONS = 5;

/** The role of each column and the rows set aside, each with its reason. */
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
        { label: { en: 'Role', zh: '用途' } },
        { label: { en: 'Column', zh: '列' } },
        { label: { en: 'Reason', zh: '依据' } },
      ],
      rows: ROLES.map((role) => [
        ROLE[role],
        data.columns[role].column ?? NOTHING,
        data.columns[role].reason,
      ]),
    },
  ];
  if (data.setAside.length > 0) {
    const all = data.setAside.length === data.rows.setAside;
    const reasons = byReason(data.setAside);
    const table = (of: typeof reasons, caption: Localized): SimpleBlock => ({
      kind: 'table',
      caption,
      columns: [
        { label: { en: 'Reason', zh: '原因' } },
        { label: { en: 'Rows', zh: '行数' }, align: 'right' },
        { label: { en: 'Row numbers', zh: '行号' } },
      ],
      rows: of.map(({ reason, rows }) => [
        reason,
        count(rows.length),
        rows.slice(0, MOST_ROW_NUMBERS).join(', ') + (rows.length > MOST_ROW_NUMBERS ? ', …' : ''),
      ]),
    });
    const caption: Localized = all
      ? { en: 'Rows set aside', zh: '搁置的行' }
      : {
          en: `The first ${count(data.setAside.length)} rows set aside`,
          zh: `最先搁置的 ${count(data.setAside.length)} 行`,
        };
    blocks.push(table(reasons.slice(0, MOST_REASONS), caption));
    const others = reasons.slice(MOST_REASONS);
    if (others.length > 0) {
      const summary = {
        en: plural(others.length, 'more reason'),
        zh: `另外 ${count(others.length)} 种原因`,
      };
      blocks.push({ kind: 'details', summary, blocks: [table(others, summary)] });
    }
  }
  if (data.notes.length > 0) blocks.push({ kind: 'list', ordered: false, items: data.notes });
  return { id: 'data', title: { en: 'Data', zh: '数据' }, blocks };
}

/** The commonest reason first. */
function byReason(setAside: DataSummary['setAside']): { reason: Text; rows: number[] }[] {
  const groups = new Map<string, { reason: Text; rows: number[] }>();
  for (const { row, reason } of setAside) {
    const key = typeof reason === 'string' ? reason : reason.en;
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { reason, rows: [row] });
  }
  return [...groups.values()].sort((a, b) => b.rows.length - a.rows.length);
}
