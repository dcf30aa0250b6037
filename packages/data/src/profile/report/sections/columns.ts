import { count, percent } from '@gradus/base';
import type { Block, Text } from '@gradus/report';
import type { ColumnProfile } from '../../document.ts';
import { TYPE_NAMES } from '../../vocabulary.ts';
import { histograms, isDrawn } from '../charts.ts';
import { COLUMN, COLUMNS } from '../words.ts';
import { type MakeSection, MOST_ROWS } from './section.ts';

const MOST_HISTOGRAMS = 60;
const HISTOGRAMS_A_CHART = 12;
const MOST_VALUES = 4;
const LONGEST_VALUE = 40;

export const eachColumn: MakeSection = ({ columns }) => {
  const drawn = columns.filter(isDrawn).slice(0, MOST_HISTOGRAMS);
  const charts = Array.from({ length: Math.ceil(drawn.length / HISTOGRAMS_A_CHART) }, (_, i) =>
    histograms(
      i === 0 ? COLUMNS.histograms : COLUMNS.moreHistograms,
      drawn.slice(i * HISTOGRAMS_A_CHART, (i + 1) * HISTOGRAMS_A_CHART),
    ),
  );
  const table: Block = {
    kind: 'table',
    ...(columns.length > MOST_ROWS && { caption: COLUMNS.onlyFirst(MOST_ROWS, columns.length) }),
    columns: [
      { label: COLUMN },
      { label: COLUMNS.type },
      { label: COLUMNS.missing, align: 'right' },
      { label: COLUMNS.distinct, align: 'right' },
      { label: COLUMNS.content },
    ],
    rows: columns
      .slice(0, MOST_ROWS)
      .map((column) => [
        column.name,
        TYPE_NAMES[column.type],
        percent(column.missing.share),
        `${column.distinct.exact ? '' : '≈ '}${count(column.distinct.count)}`,
        contentOf(column),
      ]),
  };
  return { id: 'columns', title: COLUMNS.title, blocks: [table, ...charts] };
};

function contentOf({ numbers, dates, values, lengths, personal, type, unique }: ColumnProfile): Text {
  const whole = personal?.kinds.find(({ whole }) => whole);
  if (whole) return COLUMNS.personal(whole.kind);
  if (numbers) return COLUMNS.numbers(numbers);
  if (dates) return COLUMNS.dates(dates.earliest, dates.latest);
  if (type === 'text' && lengths) return COLUMNS.lengths(lengths);
  if (unique) return COLUMNS.unique;
  return (values ?? [])
    .slice(0, MOST_VALUES)
    .map(({ value, share }) => `${value.slice(0, LONGEST_VALUE)} ${percent(share)}`)
    .join(', ');
}
