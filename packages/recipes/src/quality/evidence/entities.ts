/**
 * Entities that were heard in a sentence, against those that were said: right where type and value are. F1 is twice the right ones
 * over the said and the heard ones (Bastianelli et al., "SLURP", 2020, section 5.2, with exact values).
 */
import { speechTokens } from '@gradus/data';
import type { Figure } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import { labelOf } from './values.ts';

const BRACKETS = /\[\s*([^:[\]]+?)\s*:\s*([^[\]]+?)\s*\]/g;

/**
 * The entities in a cell: a list of records of a type and a value, or a sentence with brackets, `wake me at [time : ten am]`.
 *
 * @returns undefined where the cell is neither
 */
function entitiesOf(cell: string): string[] | undefined {
  const text = cell.trim();
  if (text.startsWith('[') && (text === '[]' || text.startsWith('[{'))) {
    try {
      const list = JSON.parse(text) as Record<string, unknown>[];
      return list.map((one) => {
        const type = one.type ?? one.entity ?? one.slot ?? one.name;
        return entity(String(type ?? ''), String(one.filler ?? one.value ?? one.text ?? ''));
      });
    } catch {
      // A sentence may begin with a bracket.
    }
  }
  if (text === '') return undefined;
  return [...text.matchAll(BRACKETS)].map(([, type, value]) => entity(type!, value!));
}

const entity = (type: string, value: string): string =>
  `${labelOf(type)}\u0000${speechTokens(value).join(' ')}`;

/** How many of the heard ones were said; each is used once. */
function rightEntities(said: readonly string[], heard: readonly string[]): number {
  const left = [...said];
  return heard.filter((one) => {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}

export function entityFigure(
  n: number,
  said: (row: number) => string,
  heard: (row: number) => string,
): Figure {
  const [numerator, denominator] = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < n; row++) {
    const expected = entitiesOf(said(row));
    if (!expected) continue;
    const found = entitiesOf(heard(row)) ?? [];
    numerator[row] = 2 * rightEntities(expected, found);
    denominator[row] = expected.length + found.length;
  }
  return {
    id: 'entity_f1',
    title: figureTitle('entity_f1'),
    unit: 'share',
    better: 'more',
    values: { kind: 'ratio', range: 'share', numerator, denominator },
  };
}
