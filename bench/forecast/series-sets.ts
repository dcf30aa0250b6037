/** The published sets of series in `../shared/data`, each with the part that forecasts are judged by. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface HeldSeries {
  readonly past: Float64Array;
  /** What came then. */
  readonly future: Float64Array;
  readonly season: number;
  /** Of the first value, in milliseconds since 1970, where it is known. */
  readonly first?: number;
}

const DATA = process.env.GRADUS_DATA ?? join(import.meta.dirname, '../../../shared/data');

export function requireData(): void {
  if (!existsSync(DATA)) throw new Error(`There are no series in ${DATA}: name their folder in GRADUS_DATA.`);
}

export function m1(period: 'MONTHLY' | 'QUARTERLY' | 'YEARLY'): HeldSeries[] {
  return gunzipped('m1/m1.jsonl.gz')
    .map((line) => JSON.parse(line) as { period: string; season: number; x: number[]; xx: number[] })
    .filter((series) => series.period === period)
    .map(({ season, x, xx }) => ({ past: Float64Array.from(x), future: Float64Array.from(xx), season }));
}

const TOURISM = {
  monthly: { season: 12, head: 3 },
  quarterly: { season: 4, head: 3 },
  yearly: { season: 1, head: 2 },
} as const;

/** A series a column: its name, its length, when it starts (in `head` rows), its values. */
export function tourism(kind: keyof typeof TOURISM): HeldSeries[] {
  const { season, head } = TOURISM[kind];
  const columns = (file: string): Map<string, Float64Array> => {
    const [names = [], lengths = [], ...rows] = table(
      readFileSync(join(DATA, 'tourism-comp', file), 'utf8')
        .trim()
        .split(/\r?\n/),
    );
    return new Map(
      names.map((name, j) => [
        name.toLowerCase(),
        Float64Array.from({ length: Number(lengths[j]) }, (_, i) => Number(rows[head - 1 + i]![j])),
      ]),
    );
  };
  const future = columns(`${kind}_oos.csv`);
  return Array.from(columns(`${kind}_in.csv`), ([name, past]) => ({
    past,
    future: future.get(name)!,
    season,
  }));
}

export function hospital(): HeldSeries[] {
  return held(columnsOf('hospital/hospital.csv.gz'), 12, 12);
}

/** Gaps are filled with the median of the weekday. */
export function nn5(): HeldSeries[] {
  const columns = columnsOf('nn5-daily/nn5.csv.gz').filter(
    (values) => values.filter(Number.isFinite).length > 600,
  );
  return held(
    columns.map((values) =>
      values.map((value, t) => {
        if (Number.isFinite(value)) return value;
        const same = values
          .filter((other, u) => u % 7 === t % 7 && Number.isFinite(other))
          .sort((a, b) => a - b);
        return same[same.length >> 1]!;
      }),
    ),
    7,
    56,
  ).map((series) => ({ ...series, first: Date.UTC(1996, 2, 18) }));
}

/** Monthly demand of spare parts, a series a line; the last six months are held out. */
export function intermittent(file: 'auto' | 'raf'): HeldSeries[] {
  const rows = table(gunzipped(`intermittent/${file}.csv.gz`));
  return held(
    rows.flatMap(([, ...cells]) => {
      const values = cells.map(Number);
      return values.length > 12 && values.every(Number.isFinite) ? [Float64Array.from(values)] : [];
    }),
    1,
    6,
  );
}

function held(all: readonly Float64Array[], season: number, horizon: number): HeldSeries[] {
  return all.map((values) => ({ past: values.slice(0, -horizon), future: values.slice(-horizon), season }));
}

function columnsOf(file: string): Float64Array[] {
  const [names = [], ...rows] = table(gunzipped(file));
  return names.map((_, j) => Float64Array.from(rows, (row) => (row[j] ? Number(row[j]) : Number.NaN)));
}

function gunzipped(file: string): string[] {
  return gunzipSync(readFileSync(join(DATA, file)))
    .toString('utf8')
    .trim()
    .split('\n');
}

function table(lines: readonly string[]): string[][] {
  return lines.map((line) => line.split(',').map((cell) => cell.replaceAll('"', '').trim()));
}
