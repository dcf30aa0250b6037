/**
 * Columns that say much the same. Shuffling one of them does little, since the others stand in for it: they hide each other.
 */
import { associations, categoryFeature, type Feature } from '@gradus/data';
import type { TableColumn } from '../columns.ts';

export interface AssociatedColumns {
  readonly columns: readonly string[];
  /** The strongest of two of them, from 0 to 1: Spearman's ρ without its sign, Cramér's V, or the correlation ratio. */
  readonly association: number;
}

const STRONG = 0.8;

/** Sets of columns of which each is strongly associated with another, in the columns' order. Texts are none of them. */
export function associatedColumns(columns: readonly TableColumn[]): AssociatedColumns[] {
  const features = columns.flatMap(featureOf);
  const levels = new Map(
    features.map((feature) => [feature.name, feature.kind === 'category' ? feature.levels.length : 1]),
  );
  const strong = associations(features).pairs.flatMap(
    ({ columns: [a, b], measure, value, spearman, rows }) => {
      const strength =
        measure === 'correlation ratio'
          ? correctedRatio(value, rows, Math.max(levels.get(a)!, levels.get(b)!))
          : Math.abs(spearman ?? value);
      return strength > STRONG ? [{ a, b, strength }] : [];
    },
  );
  const setOf = new Map<string, Set<string>>();
  for (const { a, b } of strong) {
    const union = new Set([...(setOf.get(a) ?? [a]), ...(setOf.get(b) ?? [b])]);
    for (const name of union) setOf.set(name, union);
  }
  return [...new Set(columns.flatMap(({ name }) => setOf.get(name) ?? []))].map((set) => ({
    columns: columns.flatMap(({ name }) => (set.has(name) ? [name] : [])),
    association: Math.max(...strong.flatMap(({ a, strength }) => (set.has(a) ? [strength] : []))),
  }));
}

/** Many levels over few rows look associated by chance: ε² in place of η² (Kelley, 1935). */
function correctedRatio(ratio: number, rows: number, levels: number): number {
  if (rows <= levels) return 0;
  return Math.sqrt(Math.max(0, 1 - ((1 - ratio ** 2) * (rows - 1)) / (rows - levels)));
}

function featureOf({ name, cells }: TableColumn): Feature[] {
  switch (cells.kind) {
    case 'number':
      return [{ kind: 'number', name, type: 'number', numbers: cells.values }];
    case 'time':
      return [{ kind: 'number', name, type: 'date', numbers: cells.values }];
    case 'category': {
      const values = Array.from(cells.codes, (code) => (code < 0 ? '' : cells.levels[code]!));
      const counts = new Map<string, number>();
      for (const value of values) if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
      return [categoryFeature(name, 'category', values, counts)];
    }
    case 'text':
    case 'image':
      return [];
  }
}
