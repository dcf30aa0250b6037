/** A plan: what is known of steps to come (price, promotion, any column that the history has too), by item or for all of them. */
import { count, type Localized, UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import { type Grid, stepOf, timesIn } from './grid.ts';
import { endOf, type ItemHistory, type OwnPrices, type SalesHistory } from './history.ts';
import { rowsByItem } from './read/item-columns.ts';
import { cellsOfCovariate } from './read/own-prices.ts';
import { covariateNumbers } from './read/rows.ts';

export interface Plan {
  /** Columns of the history that it knows ahead. */
  readonly covariates: readonly string[];
  /** A history's column, and after it the plan's; NaN where neither knows. */
  after(item: ItemHistory, covariate: string): Float32Array;
  readonly notes: readonly Localized[];
}

/** Steps of a plan that are looked at. */
const MOST_STEPS = 2000;

/** The columns of a plan. */
export async function planColumns(path: string): Promise<readonly string[]> {
  return (await readTable(path, { maxRows: 10 })).columns;
}

/** @throws UserError where the plan has no dates, or tells nothing that the history has */
export async function readPlan(path: string, file: string, history: SalesHistory): Promise<Plan> {
  const read = await readTable(path, { maxRows: 1_000_000 });
  const { time, keys, prices, byItem } = history.columns;
  const table =
    byItem && !read.columns.includes(byItem.key) ? rowsByItem(read.columns, read.rows, byItem) : read;
  const covariates = history.covariates.filter(
    (name) => table.columns.includes(name) || (name === prices?.name && isPriced(prices, table.columns)),
  );
  if (time === undefined || !table.columns.includes(time)) throw noTime(file, time, table.columns);
  if (covariates.length === 0) throw nothingKnown(file, history.covariates, table.columns);
  const cells = (name: string): string[] => {
    const at = table.columns.indexOf(name);
    return table.rows.map((row) => (row[at] ?? '').trim());
  };
  const times = timesIn(history.grids[0]!, cells(time));
  const own = (name: string) => (table.columns.includes(name) ? undefined : prices);
  const values = covariates.map((name) => covariateNumbers(cellsOfCovariate(name, own(name), cells)));
  const shared = keys.filter((key) => table.columns.includes(key));
  const keyCells = shared.map(cells);
  const rowsOf = Map.groupBy(table.rows.keys(), (row) =>
    JSON.stringify(keyCells.map((column) => column[row])),
  );
  const after = (item: ItemHistory, covariate: string): Float32Array => {
    const past = item.covariates[covariate]!;
    const rows = rowsOf.get(JSON.stringify(shared.map((key) => item.levels[key]))) ?? [];
    const grid: Grid = history.grids[item.grid]!;
    const column = values[covariates.indexOf(covariate)]!;
    const end = endOf(item);
    const steps = rows.flatMap((row) =>
      times[row] === undefined ? [] : [{ at: stepOf(grid, times[row]!) - item.first, value: column[row]! }],
    );
    const longest = Math.min(
      past.length + MOST_STEPS,
      Math.max(past.length, ...steps.map(({ at }) => at + 1)),
    );
    const whole = new Float32Array(longest).fill(Number.NaN);
    whole.set(past);
    for (const { at, value } of steps) if (at >= end - item.first && at < longest) whole[at] = value;
    return whole;
  };
  return { covariates, after, notes: notesOf(file, covariates, history, after) };
}

const isPriced = ({ key, columns }: OwnPrices, names: readonly string[]): boolean =>
  [key, ...Object.values(columns)].every((name) => names.includes(name));

/** What the plan knows, and where it leaves what was ever seen. */
function notesOf(
  file: string,
  covariates: readonly string[],
  { items }: SalesHistory,
  after: Plan['after'],
): Localized[] {
  const outside = new Map<string, string[]>();
  const without: string[] = [];
  for (const item of items.slice(0, 5000)) {
    let isPlanned = false;
    for (const name of covariates) {
      const past = item.covariates[name]!;
      const planned = after(item, name)
        .subarray(past.length)
        .filter((value) => !Number.isNaN(value));
      if (planned.length > 0) isPlanned = true;
      const seen = past.filter((value) => !Number.isNaN(value));
      const [low, high] = [
        seen.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
        seen.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
      ];
      if (planned.some((value) => value < low || value > high))
        outside.set(name, [...(outside.get(name) ?? []), item.item]);
    }
    if (!isPlanned) without.push(item.item);
  }
  const some = (names: readonly string[], comma: string) =>
    names.slice(0, 3).join(comma) + (names.length > 3 ? `${comma}…` : '');
  return [
    {
      en: `${file} tells ahead: ${covariates.join(', ')}.`,
      zh: `${file} 预先给出：${covariates.join('、')}。`,
    },
    ...[...outside].map(([name, own]) => ({
      en: `The plan's ${name} lies outside what was ever seen for ${count(own.length)} ${own.length === 1 ? 'item' : 'items'} (${some(own, ', ')}): forecasts there are guesses from the nearest that was seen.`,
      zh: `计划中的 ${name} 有 ${count(own.length)} 个商品（${some(own, '、')}）超出历史范围：这些预测只是按最接近的历史情况推断。`,
    })),
    ...(without.length > 0
      ? [
          {
            en: `The plan says nothing of ${count(without.length)} ${without.length === 1 ? 'item' : 'items'} (${some(without, ', ')}).`,
            zh: `计划未涉及 ${count(without.length)} 个商品（${some(without, '、')}）。`,
          },
        ]
      : []),
  ];
}

const noTime = (file: string, time: string | undefined, columns: readonly string[]): UserError =>
  new UserError({
    en: `${file} has no column "${time ?? 'date'}", by which the history is dated; its columns are ${columns.slice(0, 30).join(', ')}. Name the plan's columns as the history's are.`,
    zh: `${file} 没有历史数据所用的日期列“${time ?? '日期'}”；现有的列：${columns.slice(0, 30).join('、')}。请让计划的列名与历史数据一致。`,
  });

const nothingKnown = (file: string, known: readonly string[], columns: readonly string[]): UserError =>
  new UserError({
    en: `${file} tells nothing ahead that the history has: expected one of ${known.join(', ') || 'its columns of numbers'}; its columns are ${columns.slice(0, 30).join(', ')}.`,
    zh: `${file} 没有历史数据中也有的列：应含 ${known.join('、') || '历史数据的某个数值列'}；现有的列：${columns.slice(0, 30).join('、')}。`,
  });
