/** Kano's classes of features, from pairs of questions. */
import type { Section } from '@gradus/report';
import { type KanoClass, kanoClass, kanoFeature, wilsonInterval } from '@gradus/stats';
import { cellsOf, plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';

const WITH = /(functional|with|有|正向)$/;
const WITHOUT = ['dysfunctional', 'without', '无', '没有', '反向'];

/** Steps of the answers, by their number or their words. */
const STEPS: readonly (readonly string[])[] = [
  ['1', 'like', 'ilikeit', '喜欢', '满意'],
  ['2', 'mustbe', 'expect', 'iexpectit', '理应如此', '必须'],
  ['3', 'neutral', 'iamneutral', '无所谓', '中立'],
  ['4', 'livewith', 'icanlivewithit', '勉强接受', '能忍受'],
  ['5', 'dislike', 'idislikeit', '不喜欢', '不满意'],
];

const stepOf = (cell: string): number => STEPS.findIndex((words) => words.includes(plainName(cell.trim())));

const NAMES: Readonly<Record<KanoClass, { readonly en: string; readonly zh: string }>> = {
  attractive: { en: 'attractive: delights, is not missed', zh: '魅力型：有则惊喜，无亦可' },
  performance: { en: 'performance: the more the better', zh: '期望型：越多越好' },
  'must-be': { en: 'must: taken for granted', zh: '必备型：理所当然' },
  indifferent: { en: 'indifferent', zh: '无差异型' },
  reverse: { en: 'unwanted', zh: '反向型' },
  questionable: { en: 'answers contradict each other', zh: '回答自相矛盾' },
};

export function kanoSection(table: EvidenceTable): Section | undefined {
  const features = table.columns.flatMap((name) => {
    const plain = plainName(name);
    if (!WITH.test(plain) || WITHOUT.some((end) => plain.endsWith(end))) return [];
    const base = plain.replace(WITH, '');
    const without = table.columns.find((other) => WITHOUT.some((end) => plainName(other) === base + end));
    return without === undefined
      ? []
      : [{ name: name.replace(/[_\-. ]?(functional|with|有|正向)$/i, ''), withIt: name, without }];
  });
  const rows = features.flatMap(({ name, withIt, without }) => {
    const [own, other] = [cellsOf(table, withIt), cellsOf(table, without)];
    const classes = table.rows.flatMap((_, row) => {
      const [a, b] = [stepOf(own(row)), stepOf(other(row))];
      return a < 0 || b < 0 ? [] : [kanoClass(a, b)];
    });
    if (classes.length === 0) return [];
    const found = kanoFeature(classes);
    const [low, high] = wilsonInterval(found.counts[found.is], classes.length);
    return [{ name, ...found, n: classes.length, low, high }];
  });
  if (rows.length === 0) return undefined;
  return {
    id: 'kano',
    title: { en: 'Kano: what features are to people', zh: 'Kano：各功能对用户意味着什么' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'feature', zh: '功能' } },
          { label: { en: 'class', zh: '类别' } },
          { label: { en: 'share of this class', zh: '该类别占比' }, align: 'right' },
          { label: { en: 'better', zh: 'Better' }, align: 'right' },
          { label: { en: 'worse', zh: 'Worse' }, align: 'right' },
          { label: { en: 'answers', zh: '回答数' }, align: 'right' },
        ],
        rows: rows.map(({ name, is, better, worse, counts, n, low, high }) => [
          name,
          NAMES[is],
          `${((100 * counts[is]) / n).toFixed(0)}% (${(100 * low).toFixed(0)} – ${(100 * high).toFixed(0)})`,
          better.toFixed(2),
          worse.toFixed(2),
          String(n),
        ]),
      },
    ],
  };
}
