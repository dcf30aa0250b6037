/**
 * Prices that stand in a column a brand (price1, price2, …) beside the number of the row's own brand: of each row its own is the price, and
 * the others are what competitors asked.
 */
import type { OwnPrices } from '../history.ts';
import { cellsOf, type SampledTable } from './sampled-table.ts';

const NUMBERED_PRICE = /^(.*(?:price|价格|单价|售价))[\s_-]?(\d+)$/i;

/** @param keys columns that tell items apart */
export function ownPrices(table: SampledTable, keys: readonly string[]): OwnPrices | undefined {
  const columns: Record<string, string> = {};
  let stem: string | undefined;
  for (const name of table.columns) {
    const [, own, number] = NUMBERED_PRICE.exec(name.trim()) ?? [];
    if (own === undefined || (stem !== undefined && own !== stem)) continue;
    stem = own;
    columns[String(Number(number))] = name;
  }
  if (stem === undefined || Object.keys(columns).length < 2) return undefined;
  const key = keys.find((name) => cellsOf(table, name).every((cell) => Object.hasOwn(columns, cell)));
  return key === undefined ? undefined : { name: stem, key, columns };
}

/** A covariate's cells, of the own price those of the row's own brand. */
export function cellsOfCovariate(
  name: string,
  prices: OwnPrices | undefined,
  cells: (column: string) => string[],
): string[] {
  if (!prices || name !== prices.name) return cells(name);
  const byNumber = new Map(Object.entries(prices.columns).map(([number, column]) => [number, cells(column)]));
  return cells(prices.key).map((number, row) => byNumber.get(number)?.[row] ?? '');
}
