import { percent } from '@gradus/base';
import type { Text } from '@gradus/report';
import { KIND_NAMES } from '../../../personal/kinds.ts';
import { COLUMN, PERSONAL } from '../words.ts';
import { type MakeSection, MOST_ROWS } from './section.ts';

export const personal: MakeSection = ({ columns }) => {
  const rows = columns.flatMap(({ name, personal }) =>
    (personal?.kinds ?? []).map(({ kind, share, whole }): Text[] => [
      name,
      KIND_NAMES[kind],
      percent(share),
      whole ? PERSONAL.wholeCell : PERSONAL.insideText,
    ]),
  );
  if (rows.length === 0) return undefined;
  return {
    id: 'personal',
    title: PERSONAL.title,
    blocks: [
      { kind: 'note', tone: 'warning', text: PERSONAL.warning },
      {
        kind: 'table',
        columns: [
          { label: COLUMN },
          { label: PERSONAL.kind },
          { label: PERSONAL.share, align: 'right' },
          { label: PERSONAL.where },
        ],
        rows: rows.slice(0, MOST_ROWS),
      },
    ],
  };
};
