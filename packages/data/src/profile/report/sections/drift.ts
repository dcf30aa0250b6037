import type { Block } from '@gradus/report';
import { DRIFT_LEVEL_NAMES } from '../../vocabulary.ts';
import { courses } from '../charts.ts';
import { COLUMN, DRIFT } from '../words.ts';
import { type MakeSection, MOST_BARS } from './section.ts';

const MOST_COURSES = 6;

export const drift: MakeSection = ({ drift }) => {
  if (!drift) return undefined;
  const { columns } = drift;
  const shifted = columns.filter(({ level }) => level !== 'stable');
  const drawn = (shifted.length > 0 ? shifted : columns).slice(0, MOST_COURSES);
  const blocks: Block[] = [{ kind: 'text', text: DRIFT.about(drift) }];
  if (drawn.length > 0) blocks.push(courses(DRIFT.chart, drawn));
  blocks.push({
    kind: 'table',
    columns: [
      { label: COLUMN },
      { label: DRIFT.psi, align: 'right' },
      { label: DRIFT.chance, align: 'right' },
      { label: DRIFT.ks, align: 'right' },
      { label: DRIFT.level },
    ],
    rows: columns
      .slice(0, MOST_BARS)
      .map(({ column, psi, chance, ks, level }) => [
        column,
        psi.toFixed(3),
        chance.toFixed(4),
        ks === undefined ? '–' : ks.toFixed(3),
        DRIFT_LEVEL_NAMES[level],
      ]),
  });
  return { id: 'drift', title: DRIFT.title, blocks };
};
