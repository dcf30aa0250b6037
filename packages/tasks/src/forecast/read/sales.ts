/** From a sales file to histories: points into steps, gaps by what they mean, and items of which nothing can be forecast by name. */
import { count, type Localized, plural, UserError } from '@gradus/base';
import { findGrid, frequencyOf, type Grid, gridKey, ownGrid, stepOf } from '../grid.ts';
import { endOf, type ItemHistory, type SalesHistory, type SetAsideItem } from '../history.ts';
import { comesNearZero, decideGaps, type GapRule } from './gaps.ts';
import { areMeasures } from './measures.ts';
import { takenNotes, tallyNotes } from './notes.ts';
import { type ReadRows, type ReadRowsOptions, readRows } from './rows.ts';
import { stoppedItem } from './stopped.ts';

export interface ReadSalesOptions extends ReadRowsOptions {
  readonly gaps: GapRule;
}

/** A series of one step and another are many steps apart where a date is wrong. */
const MOST_STEPS = 100_000;
const MOST_VALUES = 100_000_000;
/** In fewer steps than this share several rows is an exception, so that copies are mistakes. */
const SINGLE = 0.05;

/** @throws UserError where the file holds no sales that can be read */
export async function readSales(
  path: string,
  address: string,
  options: ReadSalesOptions,
): Promise<SalesHistory> {
  const read = await readRows(path, address, options);
  if (read.points.length === 0) throw nothingRead(read);
  return histories(read, options.gaps);
}

interface Stepped {
  readonly key: number;
  readonly grid: Grid;
  readonly first: number;
  readonly values: Float64Array;
  /** 1 where there is a row. */
  readonly known: Uint8Array;
  readonly covariates: Float32Array[];
}

export function histories(read: ReadRows, rule: GapRule): SalesHistory {
  const { points, columns, covariates, file } = read;
  const { order, starts } = points.ordered();
  const hasTimes = columns.layout === 'across' || columns.time !== undefined;
  const fileGrid: Grid = columns.numbered
    ? { kind: 'order', ...columns.numbered }
    : hasTimes
      ? findGrid(distinct(points.times.subarray(0, points.length)))
      : { kind: 'order' };
  const tally = { copies: 0, summed: 0, below: 0 };
  const isSingle = singleRows(points.times, order, starts);
  const stepped: Stepped[] = [];
  let total = 0;
  for (let key = 0; key < points.keys.length; key++) {
    const own = order.subarray(starts[key]!, starts[key + 1]!);
    const one = steppedOf(key, own, read, fileGrid, isSingle, tally);
    if (!one) continue;
    total += one.values.length;
    if (one.values.length > MOST_STEPS || total > MOST_VALUES) throw tooLong(file, points.keys[key]!, one);
    stepped.push(one);
  }
  const measures =
    columns.namesMeasures === true ||
    areMeasures(
      stepped.map(({ values }) => values),
      fileGrid,
      columns.namesSales === true,
    );
  const gaps = decideGaps(rule, countGaps(stepped), measures);
  const isRest = daysOfRest(stepped, fileGrid);
  for (const one of stepped) fillGaps(one, gaps.gaps, isRest);
  const grids = [...new Map(stepped.map(({ grid }) => [gridKey(grid), grid])).values()];
  const gridPlace = new Map(grids.map((grid, i) => [gridKey(grid), i]));
  const names = namesOf(points.keys, columns.keys);
  const all = stepped.map(
    (one): ItemHistory => ({
      item: names.of(one.key),
      levels: names.levels(one.key),
      grid: gridPlace.get(gridKey(one.grid))!,
      first: one.first,
      values: one.values,
      covariates: Object.fromEntries(covariates.map((name, k) => [name, one.covariates[k]!])),
    }),
  );
  // Rows in order, and numbered headers, end where each item does; what shares a column of steps ends together.
  const endsTogether =
    columns.layout === 'wide' || columns.time !== undefined || (hasTimes && !columns.numbered);
  const { items, setAside } = usable(all, grids, gaps.gaps, endsTogether);
  if (items.length === 0) throw nothingToForecast(file, setAside);
  return {
    file,
    columns: {
      layout: columns.layout,
      ...(columns.time !== undefined && { time: columns.time }),
      ...(columns.layout === 'long' && { value: columns.values[0]! }),
      keys: columns.keys,
      ...(measures && { measures: true as const }),
      ...(read.byItem && { byItem: read.byItem }),
      ...(columns.price !== undefined && { price: columns.price }),
      ...(columns.prices && { prices: columns.prices }),
      ...(columns.promotion !== undefined && { promotion: columns.promotion }),
      ...(columns.otherPromotions.length > 0 && { otherPromotions: columns.otherPromotions }),
      ...(columns.spends.length > 0 && { spends: columns.spends }),
    },
    grids,
    items,
    covariates,
    setAside,
    rows: { read: read.read, used: read.read - read.setAside, setAside: read.setAside },
    notes: [
      ...takenNotes(read, grids, items, measures),
      ...(gaps.note ? [gaps.note] : []),
      ...(isRest.note ? [isRest.note] : []),
      ...tallyNotes(tally, measures),
      ...read.notes,
    ],
  };
}

function distinct(times: Float64Array): Float64Array {
  return Float64Array.from(new Set(times)).sort();
}

/** Whether the file has one row an item and moment, but for mistakes. */
function singleRows(times: Float64Array, order: Int32Array, starts: Int32Array): boolean {
  let repeats = 0;
  for (let s = 0; s + 1 < starts.length; s++)
    for (let i = starts[s]! + 1; i < starts[s + 1]!; i++)
      if (times[order[i]!] === times[order[i - 1]!]) repeats += 1;
  return repeats <= SINGLE * order.length;
}

function steppedOf(
  key: number,
  own: Int32Array,
  { points, covariates, columns }: ReadRows,
  fileGrid: Grid,
  isSingle: boolean,
  tally: { copies: number; summed: number; below: number },
): Stepped | undefined {
  if (!own.some((i) => !Number.isNaN(points.values[i]!))) return undefined;
  const grid = ownGrid(distinct(Float64Array.from(own, (i) => points.times[i]!)), fileGrid);
  const step = (i: number) => stepOf(grid, points.times[i]!);
  const first = step(own[0]!);
  const length = step(own.at(-1)!) - first + 1;
  if (length > MOST_STEPS)
    return {
      key,
      grid,
      first,
      values: new Float64Array(MOST_STEPS + 1),
      known: new Uint8Array(0),
      covariates: [],
    };
  const values = new Float64Array(length).fill(Number.NaN);
  const known = new Uint8Array(length);
  const size = covariates.length;
  const sums = covariates.map(() => new Float32Array(length).fill(Number.NaN));
  const weights = covariates.map(() => new Float32Array(length));
  let before = -1;
  for (const i of own) {
    const at = step(i) - first;
    const value = points.values[i]!;
    if (
      isSingle &&
      before >= 0 &&
      points.times[i] === points.times[before] &&
      Object.is(value, points.values[before])
    ) {
      tally.copies += 1;
      continue;
    }
    before = i;
    if (known[at] === 1) tally.summed += 1;
    if (value < 0) tally.below += 1;
    known[at] = 1;
    if (!Number.isNaN(value)) values[at] = (Number.isNaN(values[at]!) ? 0 : values[at]!) + value;
    for (let k = 0; k < size; k++) {
      const x = points.covariates[i * size + k]!;
      if (Number.isNaN(x)) continue;
      // Prices of a step are averaged by what was sold at them.
      const weight = covariates[k] === columns.price ? Math.max(Math.abs(value) || 0, 1e-6) : 1;
      const sum = weights[k]![at]!;
      sums[k]![at] = sum === 0 ? x : (sums[k]![at]! * sum + x * weight) / (sum + weight);
      weights[k]![at] = sum + weight;
    }
  }
  return { key, grid, first, values, known, covariates: sums };
}

function countGaps(stepped: readonly Stepped[]) {
  const counts = { steps: 0, gaps: 0, zeros: 0, nearZero: 0, items: stepped.length };
  for (const { values, known } of stepped) {
    counts.steps += values.length;
    for (let t = 0; t < values.length; t++) {
      if (known[t] === 0) counts.gaps += 1;
      else if (values[t] === 0) counts.zeros += 1;
    }
    if (comesNearZero(values)) counts.nearZero += 1;
  }
  return counts;
}

/** Weekdays on which hardly an item has a row. */
const REST = 0.1;
function daysOfRest(
  stepped: readonly Stepped[],
  grid: Grid,
): { has(step: number): boolean; note?: Localized } {
  if (grid.kind !== 'even' || frequencyOf(grid).seasons[0] !== 7) return { has: () => false };
  const rows = new Float64Array(7);
  const steps = new Float64Array(7);
  const weekday = (step: number) => (((step + Math.floor(grid.phase / grid.length)) % 7) + 7 + 4) % 7;
  for (const { grid: own, first, values, known } of stepped) {
    if (gridKey(own) !== gridKey(grid)) continue;
    for (let t = 0; t < values.length; t++) {
      steps[weekday(first + t)]! += 1;
      rows[weekday(first + t)]! += known[t]!;
    }
  }
  const rest = [...rows.keys()].filter((day) => steps[day]! > 3 && rows[day]! < REST * steps[day]!);
  if (rest.length === 0 || rest.length > 3) return { has: () => false };
  const names = (language: string) =>
    rest.map((day) =>
      new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(
        Date.UTC(2023, 0, 1 + day),
      ),
    );
  return {
    has: (step) => rest.includes(weekday(step)),
    note: {
      en: `Hardly a row is dated ${names('en').join(' or ')}: taken as days of rest, without sales.`,
      zh: `几乎没有${names('zh').join('、')}的数据：视为休息日，没有销售。`,
    },
  };
}

function fillGaps(
  { values, known, first }: Stepped,
  gaps: 'zero' | 'unknown',
  isRest: { has(step: number): boolean },
): void {
  for (let t = 0; t < values.length; t++) {
    if (known[t] === 0 && (gaps === 'zero' || isRest.has(first + t))) values[t] = 0;
  }
}

/** Names of series: key columns that tell nothing beside the first, or that are the same everywhere, are left out of them. */
function namesOf(keys: readonly (readonly string[])[], columns: readonly string[]) {
  const telling =
    columns.length < 2 ? [0] : [...columns.keys()].filter((k) => keys.some((key) => key[k] !== keys[0]![k]));
  const isUnique = new Set(keys.map((key) => key[0]!)).size === keys.length;
  return {
    of: (key: number): string =>
      isUnique
        ? keys[key]![0]!
        : telling
            .map((k) => keys[key]![k]!)
            .filter(Boolean)
            .join(' / '),
    levels: (key: number): Record<string, string> =>
      columns.length === 0 ? {} : Object.fromEntries(columns.map((column, k) => [column, keys[key]![k]!])),
  };
}

function usable(
  all: readonly ItemHistory[],
  grids: readonly Grid[],
  gaps: 'zero' | 'unknown',
  endsTogether: boolean,
): { items: ItemHistory[]; setAside: SetAsideItem[] } {
  const ends = grids.map((_, g) => latestEnd(all, g));
  const atEnd = grids.map((_, g) => {
    if (!endsTogether) return false;
    const own = all.filter(({ grid }) => grid === g);
    return own.filter((item) => endOf(item) >= ends[g]! - 1).length >= own.length / 2;
  });
  const launches = new Map(grids.map((_, g) => [g, launchesOf(all.filter(({ grid }) => grid === g))]));
  const items: ItemHistory[] = [];
  const setAside: SetAsideItem[] = [];
  for (const history of all) {
    const end = atEnd[history.grid]! ? ends[history.grid]! : endOf(history);
    const whole = extended(history, end, gaps);
    const reason =
      unusable(history, launches.get(history.grid)! >= FEWEST_LAUNCHES && history.first >= end - 2) ??
      stoppedItem(whole, grids[history.grid]!);
    if (reason) setAside.push({ item: history.item, reason });
    else items.push(whole);
  }
  return { items, setAside };
}

const latestEnd = (all: readonly ItemHistory[], grid: number): number =>
  all.reduce(
    (most, item) => (item.grid === grid ? Math.max(most, endOf(item)) : most),
    Number.NEGATIVE_INFINITY,
  );

/** Up to the file's last step: what has no rows there is a gap like others. */
function extended(history: ItemHistory, end: number, gaps: 'zero' | 'unknown'): ItemHistory {
  const missing = end - endOf(history);
  if (missing <= 0) return history;
  const values = new Float64Array(history.values.length + missing).fill(gaps === 'zero' ? 0 : Number.NaN);
  values.set(history.values);
  const covariates = Object.fromEntries(
    Object.entries(history.covariates).map(([name, own]) => {
      const longer = new Float32Array(values.length).fill(Number.NaN);
      longer.set(own);
      return [name, longer];
    }),
  );
  return { ...history, values, covariates };
}

/** Past launches that a new item can be told by, and what is long enough to be one. */
const [FEWEST_LAUNCHES, LAUNCH_STEPS] = [6, 8];

function launchesOf(all: readonly ItemHistory[]): number {
  const start = all.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY);
  return all.filter(({ first, values }) => first > start + 2 && values.length >= LAUNCH_STEPS).length;
}

/** @param isNew it began in the last steps of a file that has seen others begin, so that a single amount can be enough */
function unusable({ values }: ItemHistory, isNew: boolean): Localized | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 2 && !isNew)
    return { en: 'it has a single amount, from which nothing can be told', zh: '只有一个数据，无法判断' };
  if (known.every((value) => value === 0)) return { en: 'all of its amounts are zero', zh: '所有数量都是 0' };
  return undefined;
}

const nothingRead = ({ file, notes }: ReadRows): UserError =>
  new UserError({
    en: `${file} has no row with a date and an amount.${notes.map(({ en }) => ` ${en}`).join('')}`,
    zh: `${file} 没有同时具备日期和数量的行。${notes.map(({ zh }) => zh).join('')}`,
  });

const nothingToForecast = (file: string, setAside: readonly SetAsideItem[]): UserError => {
  const { item, reason } = setAside[0]!;
  return new UserError({
    en: `Nothing of ${file} can be forecast: ${plural(setAside.length, 'item')} set aside; of "${item}" ${reason.en}.`,
    zh: `${file} 没有可以预测的商品：搁置 ${count(setAside.length)} 个；“${item}”${reason.zh}。`,
  });
};

function tooLong(file: string, key: readonly string[], { grid }: Stepped): UserError {
  const { en, zh } = frequencyOf(grid).name;
  return new UserError({
    en: `${file}: the history of "${key.join(' / ')}" is too long in ${en} steps; is a date wrong? Else add the amounts up by day, week or month first.`,
    zh: `${file}：“${key.join(' / ')}”的历史按${zh}计过长；是否有日期错误？否则请先按日、周或月汇总。`,
  });
}
