/** Figures that are a column of the founder's own: the standard names it, and its cells are yes and no, or numbers. */
import { yesOrNo } from '@gradus/data';
import type { Figure } from '@gradus/tasks';
import type { Standard } from '../standard/standard.ts';
import { cellsOf, plainName } from './columns.ts';
import type { Evidence, EvidenceTable } from './evidence.ts';
import { numberOf } from './values.ts';

/** Fewer cells than this share that can be read are no figure. */
const FEWEST_READ = 0.9;

export function columnFigures(table: EvidenceTable, evidence: Evidence, standard: Standard): Figure[] {
  const known = new Set(evidence.figures.map(({ id }) => id));
  const wanted = standard.characteristics.flatMap(({ figures }) => figures);
  const seen = new Set<string>();
  // A survey judges its questions by their scales, or says why it cannot; the mean of their cells would be another thing.
  const questions = new Set(evidence.kind === 'survey' ? Object.values(evidence.columns) : []);
  return wanted.flatMap(({ figure, limit }) => {
    const column = table.columns.find((name) => plainName(name) === plainName(figure));
    if (known.has(figure) || seen.has(figure) || column === undefined || questions.has(column)) return [];
    seen.add(figure);
    const better = 'atLeast' in limit ? ('more' as const) : ('less' as const);
    return figureOf(table, evidence.rows, { figure, column, better }) ?? [];
  });
}

function figureOf(
  table: EvidenceTable,
  rows: Int32Array,
  {
    figure,
    column,
    better,
  }: { readonly figure: string; readonly column: string; readonly better: Figure['better'] },
): Figure | undefined {
  const cell = cellsOf(table, column);
  const placeOf = new Map(table.numbers.map((number, i) => [number, i]));
  const cells = Array.from(rows, (number) => cell(placeOf.get(number)!));
  const filled = cells.filter((text) => text.trim() !== '').length;
  for (const [read, range, unit] of READINGS) {
    const values = cells.map(read);
    const count = values.filter((value) => !Number.isNaN(value)).length;
    if (count === 0 || count < FEWEST_READ * filled) continue;
    return {
      id: figure,
      title: { en: `"${column}"`, zh: `“${column}”` },
      unit,
      better,
      values: {
        kind: 'ratio',
        range,
        numerator: Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : value)),
        denominator: Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
      },
    };
  }
  return undefined;
}

const READINGS = [
  [yesOrNo, 'share', 'share'],
  [numberOf, 'any', 'number'],
] as const;
