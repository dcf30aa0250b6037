/** Numbers of the target that are computed from two columns: a total of its parts, a price of number and price each. */
import type { NumberCells, NumberTarget, TableColumn } from '../columns.ts';

/** Rows that a formula is tried on, and those it has to hold for at least. */
const MOST_ROWS = 1000;
const FEWEST_ROWS = 50;
/** Of more columns there are too many pairs. */
const MOST_COLUMNS = 200;
/** Of the target's range, what rounding may leave. */
const ROUNDING = 1e-3;
const MOST_DIGITS = 6;

const FORMULAS = [
  { sign: '+', of: (a: number, b: number) => a + b },
  { sign: '−', of: (a: number, b: number) => a - b },
  { sign: '×', of: (a: number, b: number) => a * b },
  { sign: '÷', of: (a: number, b: number) => a / b },
] as const;

export interface Formula {
  readonly a: string;
  readonly b: string;
  readonly sign: (typeof FORMULAS)[number]['sign'];
}

interface Numbers {
  readonly name: string;
  readonly cells: NumberCells;
}

/** The first formula that gives the target in all rows that are tried and have both columns, up to the target's last digit. */
export function formulaOf(
  columns: readonly TableColumn[],
  target: NumberTarget,
  train: Int32Array,
): Formula | undefined {
  const numbers = columns.flatMap(({ name, cells }): Numbers[] =>
    cells.kind === 'number' ? [{ name, cells }] : [],
  );
  if (numbers.length > MOST_COLUMNS) return undefined;
  const step = Math.max(1, Math.floor(train.length / MOST_ROWS));
  const places = train.filter((_, i) => i % step === 0);
  const allowed = roundingOf(Float64Array.from(places, (place) => target.values[place]!));
  for (const a of numbers)
    for (const b of numbers)
      for (const { sign, of } of FORMULAS) {
        const isTwice = (sign === '+' || sign === '×') && a.name > b.name;
        if (a === b || isTwice) continue;
        if (holds(a.cells.values, b.cells.values, of, target.values, places, allowed))
          return { a: a.name, b: b.name, sign };
      }
  return undefined;
}

function holds(
  a: Float64Array,
  b: Float64Array,
  of: (a: number, b: number) => number,
  target: Float64Array,
  places: Int32Array,
  allowed: number,
): boolean {
  let rows = 0;
  for (const place of places) {
    const value = of(a[place]!, b[place]!);
    if (Number.isNaN(value)) continue;
    if (!(Math.abs(value - target[place]!) <= allowed)) return false;
    rows += 1;
  }
  return rows >= FEWEST_ROWS;
}

/** Half of the last digit that the values have. */
function roundingOf(values: Float64Array): number {
  let digits = 0;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    while (digits < MOST_DIGITS && Number(value.toFixed(digits)) !== value) digits += 1;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return Math.min(0.5000001 * 10 ** -digits, ROUNDING * (most - least));
}
