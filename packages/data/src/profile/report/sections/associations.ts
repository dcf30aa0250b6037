import { heatMap } from '../charts.ts';
import { ASSOCIATIONS, COLUMN } from '../words.ts';
import type { MakeSection } from './section.ts';

const MOST_PAIRS = 20;

export const associations: MakeSection = ({ associations }) => {
  const { pairs, columns, leftOut } = associations;
  if (pairs.length === 0) return undefined;
  return {
    id: 'associations',
    title: ASSOCIATIONS.title,
    blocks: [
      { kind: 'text', text: ASSOCIATIONS.about(columns.length, leftOut) },
      heatMap(ASSOCIATIONS.chart, associations),
      {
        kind: 'table',
        columns: [
          { label: COLUMN },
          { label: COLUMN },
          { label: ASSOCIATIONS.measure },
          { label: ASSOCIATIONS.value, align: 'right' },
        ],
        rows: pairs
          .slice(0, MOST_PAIRS)
          .map(({ columns: [a, b], measure, value, spearman }) => [
            a,
            b,
            ASSOCIATIONS.measures[measure],
            `${value.toFixed(3)}${spearman === undefined ? '' : ` (${spearman.toFixed(3)})`}`,
          ]),
      },
    ],
  };
};
