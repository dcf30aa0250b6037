/**
 * Redaction of tables as a step in plain data: fitted once, on a sample of the rows, to say which columns are personal
 * from end to end and which are to be looked through cell by cell; then applied to any rows. The key of pseudonyms is
 * no part of it.
 */

import { parseNumbers } from '../table/numbers.ts';
import type { Table } from '../table/table.ts';
import { parseTimes } from '../table/times.ts';
import { namedKinds, personalColumn } from './column.ts';
import { PERSONAL_KINDS, type PersonalKind } from './kinds.ts';
import { fitNumbers, type NumberRule, numberCell } from './number-columns.ts';
import { type Replace, redact, tag } from './redact.ts';

export interface RedactionPlan {
  readonly step: 'redact';
  readonly kinds: readonly PersonalKind[];
  /**
   * By column: a kind, where all that is in a cell goes; `text`, where what is found in it goes; in a column of numbers or dates,
   * which of them go. Others are left as they are.
   */
  readonly columns: Readonly<Record<string, ColumnRule>>;
}

export type ColumnRule = PersonalKind | 'text' | NumberRule;

/** A column of which this fraction are numbers or dates is one of those. */
const NEARLY_ALL = 0.99;

/** @param kinds What is to go. Default all. */
export function fitRedaction(
  table: Pick<Table, 'columns' | 'rows'>,
  kinds: readonly PersonalKind[] = PERSONAL_KINDS,
): RedactionPlan {
  const columns = table.columns.flatMap((name, i): [string, ColumnRule][] => {
    const cells = table.rows.map((row) => row[i]!).filter((cell) => cell.trim() !== '');
    const whole = personalColumn(name, cells, table.columns)?.kinds.find(({ whole }) => whole)?.kind;
    if (whole && kinds.includes(whole)) return [[name, whole]];
    if (!isPlain(cells)) return [[name, 'text']];
    const rule = fitNumbers(name, cells, numberKind(name, cells));
    return rule ? [[name, rule]] : [];
  });
  return { step: 'redact', kinds, columns: Object.fromEntries(columns) };
}

/** Kinds that are numbers of seven digits or more. */
const NUMBER_KINDS = ['phone', 'id', 'card', 'passport', 'account'] as const;
/** Of the long numbers of a column that is called so, how many there must be for its name to be believed. */
const LONG = 0.05;

/** What the column's name says that its long numbers are, where it has some. */
function numberKind(name: string, cells: readonly string[]): NumberRule['named'] {
  const long = cells.filter((cell) => cell.replace(/\D/g, '').length >= 7).length;
  if (long / cells.length < LONG) return undefined;
  return NUMBER_KINDS.find((kind) => namedKinds(name).includes(kind));
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

/**
 * @param tally Told the kind of everything that is replaced.
 * @returns Takes rows, gives them without what the plan says is to go.
 */
export function applyRedaction(
  plan: RedactionPlan,
  columns: readonly string[],
  replace: Replace = tag,
  tally: (kind: PersonalKind) => void = () => undefined,
): (row: readonly string[]) => string[] {
  const rules = columns.map((name) => {
    const what = Object.hasOwn(plan.columns, name) ? plan.columns[name] : undefined;
    const memory = new Map<string, Changed>();
    return { what, memory };
  });
  return (row) =>
    row.map((cell, i) => {
      const rule = rules[i];
      if (!rule?.what || cell.trim() === '') return cell;
      const { what, memory } = rule;
      const known = memory.get(cell) ?? changed(cell, what);
      if (memory.size < REMEMBERED) memory.set(cell, known);
      known.kinds.forEach(tally);
      return known.cell;
    });

  function changed(cell: string, what: ColumnRule): Changed {
    const kind = typeof what === 'object' ? numberCell(cell, what) : what;
    if (kind === undefined || (kind !== 'text' && !plan.kinds.includes(kind))) return { cell, kinds: [] };
    if (kind !== 'text') return { cell: replace(kind, cell, cell), kinds: [kind] };
    const kinds: PersonalKind[] = [];
    const noted: Replace = (found, ...rest) => {
      kinds.push(found);
      return replace(found, ...rest);
    };
    return { cell: redact(cell, { kinds: plan.kinds, replace: noted }), kinds };
  }
}

/** A cell as it is written, and what was replaced in it. */
interface Changed {
  readonly cell: string;
  readonly kinds: readonly PersonalKind[];
}
