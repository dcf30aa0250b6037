/** How well a table fits: whether its columns are those of a log, a survey or measurements. */
import type { Profile } from '@gradus/data';
import type { Fit } from '@gradus/loop';
import type { EvidenceTable, TableKind } from './evidence/evidence.ts';
import { recognizedKind, TABLE_KINDS } from './evidence/kinds.ts';

/** By the names of columns alone: nothing else has those of a log; a demand analysis or a model may want a survey or measurements as well. */
const BY_NAMES: Readonly<Record<TableKind, number>> = {
  voice: 1,
  answers: 1,
  survey: 0.7,
  measurements: 0.7,
};

export function fits({ columns }: Profile): Fit {
  const table: EvidenceTable = { file: '', columns: columns.map(({ name }) => name), rows: [], numbers: [] };
  const kind = recognizedKind(table, undefined);
  if (kind) {
    const { en, zh } = TABLE_KINDS[kind].title;
    return {
      score: BY_NAMES[kind],
      reasons: [{ en: `Its columns say: ${en}.`, zh: `各列符合${zh}。` }],
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
