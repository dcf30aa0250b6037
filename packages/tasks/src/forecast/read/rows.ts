/** The rows of a sales file as points: streamed, so that a file of any length fits, with cells read by the forms that a sample showed. */
import { basename } from 'node:path';
import { count, type Localized } from '@gradus/base';
import { parseNumbers, readTable, seriesTimes, streamTable } from '@gradus/data';
import { numberedStep } from '../grid.ts';
import type { ItemColumns } from '../history.ts';
import { type NamedColumns, type SalesColumns, salesColumns } from './columns.ts';
import { itemColumns, rowsByItem } from './item-columns.ts';
import { cellsOfCovariate } from './own-prices.ts';
import { Points } from './points.ts';
import type { SampledTable } from './sampled-table.ts';

export interface ReadRows {
  readonly file: string;
  readonly columns: SalesColumns;
  /** Where the file has a column an item and role. */
  readonly byItem?: ItemColumns;
  readonly covariates: readonly string[];
  readonly points: Points;
  readonly read: number;
  readonly setAside: number;
  readonly notes: readonly Localized[];
}

export interface ReadRowsOptions {
  readonly named: NamedColumns;
  /** Columns of a plan: what the history has of them is known ahead. */
  readonly planned?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  onProgress?(done: number, total: number): void;
}

/** Rows by which columns and their forms are told. */
const SAMPLED = 20_000;
const BLANK = /^(?:|-|—|\.|n\/?a|nan|null|none|空|无|缺失)$/i;
const FLAGS: Readonly<Record<string, number>> = {
  yes: 1,
  y: 1,
  true: 1,
  t: 1,
  是: 1,
  有: 1,
  促销: 1,
  no: 0,
  n: 0,
  false: 0,
  f: 0,
  否: 0,
  无: 0,
  正常: 0,
};
/** Future dates may be so far ahead by clocks of other zones. */
const ZONES = 86_400_000;

export async function readRows(path: string, address: string, options: ReadRowsOptions): Promise<ReadRows> {
  const file = basename(address);
  const sample = await readTable(path, {
    maxRows: SAMPLED,
    ...(options.signal && { signal: options.signal }),
  });
  const named = Object.values(options.named).filter((name) => sample.columns.includes(name));
  const found = itemColumns(sample);
  // Whoever names one of those columns wants it as it stands.
  const isWished = found?.roles.some((role) =>
    named.some((name) => Object.values(role.columns).includes(name)),
  );
  const byItem = isWished ? undefined : found;
  const columns = salesColumns(byItem ? sampledByItem(sample, byItem) : sample, options.named, file);
  const { price, promotion, otherPromotions, spends, others } = columns;
  const covariates = [
    ...[price, promotion].filter((name) => name !== undefined),
    ...otherPromotions,
    ...spends,
    ...others.filter(
      (name) =>
        options.planned?.includes(name) ||
        byItem?.roles.some(
          (role) =>
            role.name === name && Object.values(role.columns).every((own) => options.planned?.includes(own)),
        ),
    ),
  ];
  const points = new Points(covariates.length);
  const reasons = new Map<string, { reason: Localized; count: number; row: number }>();
  let read = 0;
  const aside = (row: number, id: string, reason: Localized) => {
    const known = reasons.get(id);
    if (known) known.count += 1;
    else reasons.set(id, { reason, count: 1, row });
  };
  const reader = rowReader(columns, covariates, points, file, aside);
  for await (const batch of streamTable(path, options.signal)) {
    const rows = batch.rows.filter(({ row, reason }) => {
      if (reason) aside(row, reason.en, reason);
      return !reason;
    });
    read += batch.rows.length;
    const cells = rows.map((row) => row.cells);
    const split = byItem && rowsByItem(batch.columns, cells, byItem);
    reader(
      split?.columns ?? batch.columns,
      split?.rows ?? cells,
      split ? split.from.map((at) => rows[at]!.row) : rows.map(({ row }) => row),
    );
    options.onProgress?.(batch.done, batch.total);
  }
  const all = [...reasons.values()].sort((a, b) => b.count - a.count);
  return {
    file,
    columns,
    ...(byItem && { byItem }),
    covariates,
    points,
    read,
    setAside: all.reduce((sum, one) => sum + one.count, 0),
    notes: all.slice(0, 8).map((one) => ({
      en: `${count(one.count)} ${one.count === 1 ? 'row' : 'rows'} set aside, the first of them row ${one.row}: ${one.reason.en}.`,
      zh: `搁置 ${count(one.count)} 行（首个为第 ${one.row} 行）：${one.reason.zh}。`,
    })),
  };
}

function sampledByItem(sample: SampledTable, byItem: ItemColumns): SampledTable {
  const { columns, rows } = rowsByItem(sample.columns, sample.rows, byItem);
  const rowsRead = (sample.rowsRead ?? sample.rows.length) * byItem.items.length;
  return { columns, rows, rowsRead };
}

type Aside = (row: number, id: string, reason: Localized) => void;
type Reader = (
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
) => void;

function rowReader(
  found: SalesColumns,
  covariates: readonly string[],
  points: Points,
  file: string,
  aside: Aside,
): Reader {
  const latest = Date.now() + ZONES;
  const placeOf = new Map<string, number>();
  const inOrder = new Map<number, number>();
  const header =
    found.layout !== 'across'
      ? []
      : found.numbered
        ? [...found.values.keys()]
        : seriesTimes([...found.values], found.order).times;
  return (columns, rows, numbers) => {
    const cells = (name: string): string[] => {
      const at = columns.indexOf(name);
      return rows.map((row) => (row[at] ?? '').trim());
    };
    const keys = found.keys.map(cells);
    const times = found.time === undefined ? undefined : timesOf(cells(found.time), found, placeOf);
    const extra = covariates.map((name) => covariateNumbers(cellsOfCovariate(name, found.prices, cells)));
    // Of numbered steps the shorter histories end in blanks.
    const lengths =
      found.layout === 'across' && found.numbered
        ? lastFilled(
            rows,
            found.values.map((name) => columns.indexOf(name)),
          )
        : undefined;
    for (const [k, name] of found.values.entries()) {
      const own = cells(name);
      const parsed = parseNumbers(own, found.decimal).numbers;
      for (let i = 0; i < rows.length; i++) {
        const key =
          found.layout === 'wide' ? [name] : keys.length > 0 ? keys.map((column) => column[i]!) : [name];
        const text = own[i]!;
        const isBlank = BLANK.test(text);
        if (lengths && k > lengths[i]!) continue;
        const amount = parsed[i];
        const value = found.logs && amount !== undefined ? Math.exp(amount) : amount;
        if (!isBlank && value === undefined) {
          aside(numbers[i]!, 'number', {
            en: `"${text.slice(0, 40)}" in "${name}" is no number`,
            zh: `“${name}”列的“${text.slice(0, 40)}”不是数字`,
          });
          continue;
        }
        if (found.layout === 'long' && keys.length > 0 && key[0] === '') {
          aside(numbers[i]!, 'item', { en: `it has no ${found.keys[0]}`, zh: `没有${found.keys[0]}` });
          continue;
        }
        const series = points.seriesOf(key, file);
        let time: number | undefined;
        if (found.layout === 'across') time = header[k];
        else if (times) time = times[i];
        else {
          time = inOrder.get(series) ?? 0;
          inOrder.set(series, time + 1);
        }
        if (time === undefined) {
          const given = cells(found.time!)[i]!.slice(0, 40);
          aside(numbers[i]!, 'date', {
            en: `"${given}" in "${found.time}" is no date`,
            zh: `“${found.time}”列的“${given}”不是日期`,
          });
          continue;
        }
        if (times && time > latest) {
          // A date to come without an amount is a plan, no mistake.
          if (!isBlank)
            aside(numbers[i]!, 'future', {
              en: 'its date lies in the future, so its amount cannot have been sold',
              zh: '日期在未来，这一数量不可能已经售出',
            });
          continue;
        }
        points.add(
          series,
          time,
          isBlank ? Number.NaN : value!,
          extra.map((column) => column[i]!),
          file,
        );
      }
    }
  };
}

/** By row: the last of the columns that is not blank. */
const lastFilled = (rows: readonly (readonly string[])[], places: readonly number[]): number[] =>
  rows.map((row) => places.findLastIndex((at) => !BLANK.test((row[at] ?? '').trim())));

/** Dates repeat from series to series, so each is read once. */
const MOST_KEPT = 100_000;
function timesOf(
  cells: readonly string[],
  { order, numbered }: SalesColumns,
  known: Map<string, number>,
): (number | undefined)[] {
  if (numbered) return cells.map(numberedStep);
  const fresh = [...new Set(cells.filter((cell) => !known.has(cell)))];
  const { times } = seriesTimes(fresh, order);
  const own = new Map(fresh.map((cell, i) => [cell, times[i]]));
  const found = cells.map((cell) => known.get(cell) ?? own.get(cell));
  if (known.size > MOST_KEPT) known.clear();
  for (const [cell, time] of own) if (time !== undefined) known.set(cell, time);
  return found;
}

/** Numbers, and flags in words as 1 and 0; NaN where there is neither. */
export function covariateNumbers(cells: readonly string[]): number[] {
  const { numbers } = parseNumbers(cells);
  return cells.map((cell, i) => FLAGS[cell.toLowerCase()] ?? numbers[i] ?? Number.NaN);
}
