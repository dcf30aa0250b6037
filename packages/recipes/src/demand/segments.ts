/**
 * Segments: groups of reviews that the file itself has in a column of few values (category, department, country, plan). Any such column is
 * taken, but those that are read as something else; what differs between them the analysis tells.
 */
import type { Roles, Table } from '@gradus/data';
import { ROLES } from '@gradus/data';

/** Values with fewer rows are no group to speak of. */
const FEWEST_ROWS = 20;
const MOST_VALUES = 30;
/** This share of the rows, at least, is in groups. */
const GROUPED = 0.5;
const MOST_COLUMNS = 8;
/** Numbers of more values count or measure something. */
const MOST_CODES = 10;
/** Longer values are texts. */
const LONGEST = 60;

export interface SegmentColumn {
  readonly column: string;
  /** By row of the table: its group; undefined in none. */
  readonly groups: readonly (string | undefined)[];
}

export function segmentColumns(table: Table, roles: Roles): SegmentColumn[] {
  const taken = new Set(ROLES.map((role) => roles[role].column));
  return table.columns
    .flatMap((column, at): SegmentColumn[] => {
      if (taken.has(column)) return [];
      const cells = table.rows.map((row) => (row[at] ?? '').trim());
      const counts = new Map<string, number>();
      for (const cell of cells) if (cell !== '') counts.set(cell, (counts.get(cell) ?? 0) + 1);
      const groups = new Set([...counts].flatMap(([value, n]) => (n >= FEWEST_ROWS ? [value] : [])));
      const grouped = cells.filter((cell) => groups.has(cell)).length;
      const isColumn =
        groups.size >= 2 &&
        groups.size <= MOST_VALUES &&
        grouped >= GROUPED * cells.length &&
        [...groups].every((value) => value.length <= LONGEST) &&
        (groups.size <= MOST_CODES || ![...groups].every((value) => Number.isFinite(Number(value))));
      return isColumn ? [{ column, groups: cells.map((cell) => (groups.has(cell) ? cell : undefined)) }] : [];
    })
    .slice(0, MOST_COLUMNS);
}
