/**
 * What a model of all items knows of one step of one item, told from an origin before it: how far ahead, what the same place of earlier
 * seasons was, how the item has gone of late, the date, and what is known ahead (price, promotion, columns of a plan). All amounts
 * are divided by the item's size at the origin, so that large and small items learn from each other.
 */
import type { TreeColumn } from '@gradus/classical';
import type { CalendarEvent } from '@gradus/data';
import type { Grid } from '../grid.ts';
import { type CalendarFeature, calendarFeatures } from './calendar-features.ts';
import { eventFeatures, metEvents, type StepRange } from './event-features.ts';

export interface GlobalItem {
  readonly grid: Grid;
  readonly first: number;
  readonly season: number;
  /** Without holes. */
  readonly values: Float64Array;
  /** NaN where the file does not know. */
  readonly known: Float64Array;
  /** By covariate that is known ahead: the history's steps, then the plan's; NaN where not known. */
  readonly ahead: readonly Float32Array[];
  /** Codes of levels, by level. */
  readonly codes: readonly number[];
}

/** The grids of the histories, and what is on the calendar in their steps. */
export interface Dates {
  readonly grids: readonly Grid[];
  /** By grid. */
  readonly ranges: readonly StepRange[];
  readonly events: readonly CalendarEvent[];
}

export interface FeatureSpec {
  readonly names: readonly string[];
  readonly categories: readonly number[];
  /** By group, for "what moved this forecast". */
  readonly groups: readonly FeatureGroup[];
}

export type FeatureGroup =
  | 'level'
  | 'trend'
  | 'season'
  | 'calendar'
  | 'item'
  | { readonly column: string }
  | { readonly event: string };

/** Steps of the last year: of days the same weekday. */
const YEAR: Readonly<Record<number, number>> = { 7: 364, 52: 52, 24: 168 };
const SMALL = 1e-9;

export class Features {
  readonly spec: FeatureSpec;
  readonly #calendars = new Map<Grid, readonly CalendarFeature[]>();
  readonly #events = new Map<Grid, readonly CalendarFeature[]>();
  readonly #eventSize: number;
  readonly #calendarSize: number;
  /** Rows of one origin follow each other. */
  #told: Told | undefined;

  constructor(
    { grids, ranges, events }: Dates,
    levels: readonly { readonly name: string; readonly codes: number }[],
    covariates: readonly string[],
  ) {
    const codes = [...new Set(grids.flatMap((grid, g) => metEvents(grid, ranges[g]!, events)))];
    for (const [g, grid] of grids.entries()) {
      this.#calendars.set(grid, calendarFeatures(grid));
      this.#events.set(grid, eventFeatures(grid, ranges[g]!, events, codes));
    }
    const ofEvents = [...this.#events.values()][0] ?? [];
    this.#eventSize = ofEvents.length;
    const calendars = [...this.#calendars.values()];
    const longest = calendars.reduce((a, b) => (b.length > a.length ? b : a), []);
    this.#calendarSize = longest.length;
    const own: readonly (readonly [string, FeatureGroup])[] = [
      ['steps ahead', 'trend'],
      ['last value', 'level'],
      ['last season', 'level'],
      ['last four seasons', 'level'],
      ['change of the last season', 'trend'],
      ['same place a season ago', 'season'],
      ['same place two seasons ago', 'season'],
      ['same place of four seasons', 'season'],
      ['a year ago', 'season'],
      ['share of zeros', 'level'],
      ['size', 'item'],
      ['place in the season', 'season'],
      ...longest.map(({ name }) => [name, 'calendar'] as const),
      ...ofEvents.map(({ name }) => [name, { event: name }] as const),
      ...covariates.flatMap((column) => [
        [column, { column }] as const,
        [`${column} beside its past`, { column }] as const,
      ]),
      ...levels.map(({ name }) => [name, 'item'] as const),
    ];
    this.spec = {
      names: own.map(([name]) => name),
      groups: own.map(([, group]) => group),
      categories: levels.map(({ codes }) => codes),
    };
  }

  get width(): number {
    return this.spec.names.length;
  }

  /** Writes the features of step `origin + ahead` (1 is the next) as told from `origin`, at a row's place. @returns the item's size */
  write(item: GlobalItem, origin: number, ahead: number, into: Float32Array, at: number): number {
    const { values, season, grid, first } = item;
    const target = origin + ahead - 1;
    if (this.#told?.item !== item || this.#told.origin !== origin) this.#told = toldFrom(item, origin);
    const { scale, level, zeros, pasts } = this.#told;
    const seasonal = (back: number): number => {
      const place = target - season * (Math.ceil(ahead / season) - 1 + back);
      return place >= 0 && place < origin ? values[place]! / scale : Number.NaN;
    };
    let next = at;
    const put = (value: number) => {
      into[next++] = value;
    };
    put(ahead);
    for (let i = 0; i < level.length; i++) put(level[i]!);
    const seasons = [seasonal(1), seasonal(2), seasonal(3), seasonal(4)];
    put(seasons[0]!);
    put(seasons[1]!);
    put(meanOf(seasons));
    put(yearAgo(values, target, origin, season, scale));
    put(zeros);
    put(Math.log(scale + SMALL));
    put((((first + target) % season) + season) % season);
    const calendar = this.#calendars.get(grid)!;
    for (let c = 0; c < this.#calendarSize; c++) put(calendar[c]?.at(first + target) ?? Number.NaN);
    const events = this.#events.get(grid)!;
    for (let e = 0; e < this.#eventSize; e++) put(events[e]!.at(first + target));
    for (let c = 0; c < pasts.length; c++) {
      const value = item.ahead[c]![target] ?? Number.NaN;
      put(value);
      put(value - pasts[c]!);
    }
    for (const code of item.codes) put(code);
    return scale;
  }

  /** Rows, one after another, as columns of trees. */
  columns(rows: Float32Array, count: number): TreeColumn[] {
    const { width } = this;
    const numbers = width - this.spec.categories.length;
    return this.spec.names.map((_, column): TreeColumn => {
      const values = new Float32Array(count);
      for (let row = 0; row < count; row++) values[row] = rows[row * width + column]!;
      return column < numbers
        ? { kind: 'number', values }
        : {
            kind: 'category',
            codes: Int32Array.from(values),
            categories: this.spec.categories[column - numbers]!,
          };
    });
  }
}

/** What is the same of all steps that are told from an origin. */
interface Told {
  readonly item: GlobalItem;
  readonly origin: number;
  readonly scale: number;
  /** The last value, the last season, the last four, and the change of the last. */
  readonly level: readonly number[];
  readonly zeros: number;
  /** By covariate: the mean of its last seasons. */
  readonly pasts: readonly number[];
}

function toldFrom(item: GlobalItem, origin: number): Told {
  const { values, season, ahead } = item;
  const m = season > 1 ? season : 4;
  const scale = scaleAt(values, origin, season);
  const mean = (from: number, to: number): number => {
    const start = Math.max(0, from);
    if (to <= start) return Number.NaN;
    let sum = 0;
    for (let t = start; t < to; t++) sum += values[t]!;
    return sum / (to - start) / scale;
  };
  const last = mean(origin - m, origin);
  return {
    item,
    origin,
    scale,
    level: [
      values[origin - 1]! / scale,
      last,
      mean(origin - 4 * m, origin),
      last - mean(origin - 2 * m, origin - m),
    ],
    zeros: zeros(values, origin - 4 * m, origin),
    pasts: ahead.map((own) => past(own, origin, 4 * m)),
  };
}

/** An item's size at an origin: the mean of what it had in its last seasons. */
export function scaleAt(values: Float64Array, origin: number, season: number): number {
  const from = Math.max(0, origin - Math.max(2 * season, 8));
  let sum = 0;
  for (let t = from; t < origin; t++) sum += Math.abs(values[t]!);
  const recent = sum / (origin - from);
  if (recent > 0) return recent;
  let all = 0;
  for (let t = 0; t < origin; t++) all += Math.abs(values[t]!);
  return all > 0 ? all / origin : 1;
}

const meanOf = (values: readonly number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((a, b) => a + b, 0) / known.length;
};

/** What it was a year before, for days the mean of the three around it. */
function yearAgo(
  values: Float64Array,
  target: number,
  origin: number,
  season: number,
  scale: number,
): number {
  const year = YEAR[season];
  if (year === undefined || year === season) return Number.NaN;
  const at = target - year;
  return meanOf([at - 1, at, at + 1].map((t) => (t >= 0 && t < origin ? values[t]! / scale : Number.NaN)));
}

function zeros(values: Float64Array, from: number, to: number): number {
  let [zero, all] = [0, 0];
  for (let t = Math.max(0, from); t < to; t++) {
    all += 1;
    if (values[t] === 0) zero += 1;
  }
  return zero / all;
}

function past(own: Float32Array, origin: number, steps: number): number {
  let [sum, n] = [0, 0];
  for (let t = Math.max(0, origin - steps); t < origin; t++) {
    if (Number.isNaN(own[t]!)) continue;
    sum += own[t]!;
    n += 1;
  }
  return n === 0 ? Number.NaN : sum / n;
}
