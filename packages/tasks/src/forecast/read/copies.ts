/** A column that holds the amounts again is a leak: nobody knows it ahead. */
import { parseNumbers } from '@gradus/data';
import { cellsOf, type SampledTable } from './sampled-table.ts';

/** Columns whose numbers are the amounts in nearly all rows. */
export function copiesOf(table: SampledTable, value: string, of: readonly string[]): string[] {
  const numbers = (name: string) => parseNumbers(cellsOf(table, name)).numbers;
  const amounts = numbers(value);
  const known = amounts.filter((amount) => amount !== undefined && amount !== 0).length;
  if (known < FEWEST_COPIED || new Set(amounts).size < 3) return [];
  return of.flatMap((name) => {
    const same = numbers(name).filter(
      (number, i) => number !== 0 && number !== undefined && number === amounts[i],
    );
    return name !== value && same.length >= COPIED * known ? [name] : [];
  });
}
const [COPIED, FEWEST_COPIED] = [0.98, 10];
