/**
 * Files of a column an item and role: `MOVE1, MOVE2, …, LPRICE1, LPRICE2, …`, or `sales_tea, price_tea, sales_milk, price_milk`. They are
 * read as a row an item and date, so that each item has its own price and promotion.
 */
import { parseNumbers } from '@gradus/data';
import type { ItemColumns, ItemRole } from '../history.ts';
import { LOG, PRICE, PROMOTION, VALUE } from './column-names.ts';

/** Role and item in a column's name, one way after the other. */
const SPLITS: readonly ((name: string) => { role: string; item: string } | undefined)[] = [
  (name) => parts(/^(?<role>.*?[^\d\s_-])[\s_-]?(?<item>\d{1,3})$/, name),
  (name) => parts(/^(?<role>[^\s_-]+)[\s_-](?<item>.+)$/, name),
  (name) => parts(/^(?<item>.+)[\s_-](?<role>[^\s_-]+)$/, name),
];
function parts(pattern: RegExp, name: string): { role: string; item: string } | undefined {
  const { role, item } = pattern.exec(name.trim())?.groups ?? {};
  return role === undefined || item === undefined ? undefined : { role, item };
}

const LOG_PRICE = /^(?:l|ln|log)[\s_.]?(price|p)$/i;

/** @returns undefined where a column's name tells no item and role */
export function itemColumns(table: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}): ItemColumns | undefined {
  for (const split of SPLITS) {
    const byRole = Map.groupBy(
      table.columns.flatMap((column) => {
        const found = split(column);
        return found ? [{ column, ...found }] : [];
      }),
      ({ role }) => role,
    );
    const isAmount = (role: string) => VALUE.some((pattern) => pattern.test(role.replace(LOG, '')));
    const isBeside = (role: string) => LOG_PRICE.test(role) || PRICE.test(role) || PROMOTION.test(role);
    const [amounts, ...others] = [...byRole].filter(([role]) => isAmount(role) && !isBeside(role));
    if (!amounts || others.length > 0) continue;
    const items = amounts[1].map(({ item }) => item);
    const whole = [...byRole].filter(([, own]) =>
      sameItems(
        items,
        own.map(({ item }) => item),
      ),
    );
    if (items.length < 2 || !whole.some(([role]) => isBeside(role))) continue;
    return {
      key: table.columns.includes('item') ? 'item of column' : 'item',
      items,
      roles: whole.map(([role, own]): ItemRole => {
        const columns = Object.fromEntries(own.map(({ item, column }) => [item, column]));
        const isLog = LOG_PRICE.test(role) && own.some(({ column }) => hasNegative(table, column));
        return isLog ? { name: 'price', columns, isLog } : { name: role, columns };
      }),
    };
  }
  return undefined;
}

const sameItems = (items: readonly string[], others: readonly string[]): boolean =>
  items.length === others.length && items.every((item) => others.includes(item));

function hasNegative({ columns, rows }: Parameters<typeof itemColumns>[0], column: string): boolean {
  const at = columns.indexOf(column);
  return parseNumbers(rows.map((row) => row[at] ?? '')).numbers.some(
    (value) => value !== undefined && value < 0,
  );
}

/** The same table with a row an item. Roles of which the table has no column are left out, as of amounts in a plan. */
export function rowsByItem<Row extends readonly string[]>(
  columns: readonly string[],
  rows: readonly Row[],
  { key, items, roles }: ItemColumns,
): { columns: string[]; rows: string[][] /** Of each row the one that it comes from. */; from: number[] } {
  const there = roles.filter((role) => items.every((item) => columns.includes(role.columns[item]!)));
  const split = new Set(there.flatMap((role) => Object.values(role.columns)));
  const rest = [...columns.keys()].filter((at) => !split.has(columns[at]!));
  const places = items.map((item) => there.map((role) => columns.indexOf(role.columns[item]!)));
  const cell = (text: string, isLog: true | undefined) =>
    isLog && text.trim() !== '' && Number.isFinite(Number(text)) ? String(Math.exp(Number(text))) : text;
  return {
    columns: [...rest.map((at) => columns[at]!), key, ...there.map(({ name }) => name)],
    rows: rows.flatMap((row) =>
      items.map((item, i) => [
        ...rest.map((at) => row[at] ?? ''),
        item,
        ...there.map(({ isLog }, r) => cell(row[places[i]![r]!] ?? '', isLog)),
      ]),
    ),
    from: rows.flatMap((_, row) => items.map(() => row)),
  };
}
