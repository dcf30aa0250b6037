/**
 * Redaction of tables as a step in plain data: fitted once, on a sample of the rows, to say which columns are personal
 * from end to end and which are to be looked through cell by cell; then applied to any rows. The key of pseudonyms is
 * no part of it.
 */

import { parseNumbers } from '../table/numbers.ts';
import type { Table } from '../table/table.ts';
import { parseTimes } from '../table/times.ts';
import { personalColumn } from './column.ts';
import { PERSONAL_KINDS, type PersonalKind } from './kinds.ts';
import { type Replace, redact, tag } from './redact.ts';

export interface RedactionPlan {
  readonly step: 'redact';
  readonly kinds: readonly PersonalKind[];
  /**
   * By column: a kind, where all that is in a cell goes; `text`, where what is found in it goes. Others are left as they
   * are: numbers and dates.
   */
  readonly columns: Readonly<Record<string, PersonalKind | 'text'>>;
}

/** A column of which this fraction are numbers or dates holds no personal data. */
const NEARLY_ALL = 0.99;

/** @param kinds What is to go. Default all. */
export function fitRedaction(
  table: Pick<Table, 'columns' | 'rows'>,
  kinds: readonly PersonalKind[] = PERSONAL_KINDS,
): RedactionPlan {
  const columns = table.columns.flatMap((name, i): [string, PersonalKind | 'text'][] => {
    const cells = table.rows.map((row) => row[i]!).filter((cell) => cell.trim() !== '');
    const whole = personalColumn(name, cells)?.kinds.find(({ whole }) => whole)?.kind;
    if (whole && kinds.includes(whole)) return [[name, whole]];
    return isPlain(cells) ? [] : [[name, 'text']];
  });
  return { step: 'redact', kinds, columns: Object.fromEntries(columns) };
}

function isPlain(cells: readonly string[]): boolean {
  const share = (values: readonly (number | undefined)[]) =>
    values.filter((value) => value !== undefined).length / Math.max(1, cells.length);
  return (
    cells.length > 0 &&
    (share(parseNumbers(cells).numbers) >= NEARLY_ALL || share(parseTimes(cells).times) >= NEARLY_ALL)
  );
}

/** How many cells of a column are remembered: those of categories come again and again. */
const REMEMBERED = 1000;

/** @returns Takes rows, gives them without what the plan says is to go. */
export function applyRedaction(
  plan: RedactionPlan,
  columns: readonly string[],
  replace: Replace = tag,
): (row: readonly string[]) => string[] {
  const rules = columns.map((name) => {
    const what = Object.hasOwn(plan.columns, name) ? plan.columns[name] : undefined;
    const memory = new Map<string, string>();
    return { what, memory };
  });
  return (row) =>
    row.map((cell, i) => {
      const rule = rules[i];
      if (!rule?.what || cell.trim() === '') return cell;
      const { what, memory } = rule;
      const known = memory.get(cell);
      if (known !== undefined) return known;
      const changed =
        what === 'text' ? redact(cell, { kinds: plan.kinds, replace }) : replace(what, cell, cell);
      if (memory.size < REMEMBERED) memory.set(cell, changed);
      return changed;
    });
}
