/** What the verdict rests on: files, columns, what was left out and why. */
import { count } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import type { Evidence } from '../evidence/evidence.ts';
import { KINDS } from '../evidence/kinds.ts';
import type { Prepared } from '../prepare.ts';
import { togetherInWords } from '../words.ts';
import { rowsInWords } from './rows-in-words.ts';

export function dataSection(prepared: Prepared, evidence: readonly Evidence[]): Section {
  const leftOut = [...prepared.leftOut, ...evidence.flatMap((of) => of.leftOut)];
  const notes = [...prepared.notes, ...evidence.flatMap((of) => of.notes)];
  return {
    id: 'data',
    title: { en: 'Evidence', zh: '证据' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'file', zh: '文件' } },
          { label: { en: 'kind', zh: '类型' } },
          { label: { en: 'rows', zh: '行数' }, align: 'right' },
          { label: { en: 'rows that belong together', zh: '合并计算的行' } },
          { label: { en: 'columns', zh: '列' } },
        ],
        rows: evidence.map(({ file, kind, rows, clusteredBy, columns }) => [
          file,
          KINDS[kind].title,
          count(rows.length),
          clusteredBy === undefined ? '–' : togetherInWords(clusteredBy),
          Object.entries(columns)
            .map(([role, column]) => (role === column ? column : `${role}: ${column}`))
            .join(', '),
        ]),
      },
      ...(leftOut.length === 0
        ? []
        : [
            {
              kind: 'list' as const,
              ordered: false,
              items: leftOut.map(({ reason, count: rows, rows: named }) => ({
                en: `${count(rows)} left out: ${reason.en}${rowsInWords(named, rows)}`,
                zh: `搁置 ${count(rows)} 行：${reason.zh}${rowsInWords(named, rows)}`,
              })),
            },
          ]),
      ...notes.map((text): Block => ({ kind: 'note', tone: 'info', text })),
    ],
  };
}
