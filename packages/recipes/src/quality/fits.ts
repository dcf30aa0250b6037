/** How well a table fits: whether its columns are those of a log, a survey or measurements. */
import type { Profile } from '@gradus/data';
import type { Fit } from '@gradus/loop';
import type { EvidenceTable } from './evidence/evidence.ts';
import { TABLE_KINDS } from './evidence/kinds.ts';

/** By the names of columns alone; a demand analysis or a model may want the table as well. */
const BY_NAMES = 0.7;

export function fits({ columns }: Profile): Fit {
  const table: EvidenceTable = { file: '', columns: columns.map(({ name }) => name), rows: [], numbers: [] };
  const found = Object.values(TABLE_KINDS).find(({ is }) => is(table, undefined));
  if (found) {
    return {
      score: BY_NAMES,
      reasons: [{ en: `Its columns are those of a ${found.title.en}.`, zh: `各列符合${found.title.zh}。` }],
      columns: {},
    };
  }
  return {
    score: 0,
    reasons: [
      {
        en: 'No columns of a log, a survey or measurements with tolerances were seen.',
        zh: '未见日志、问卷或带公差测量数据的列。',
      },
    ],
    columns: {},
  };
}
