/**
 * Feeds the prediction log to a `DriftMonitor` for each version that answers. It reads the log, not the requests: so it holds
 * up none, goes on after a crash where it was, and sees what all servers of one database have answered. It reads in the order in
 * which predictions came into the log; by their times, a clock that is set back would hide what comes until it is where it was.
 *
 * The reference is what the run brought along (reference.json); where it brought none, the version's own first traffic,
 * which cannot show that the traffic was never like the training data, only that it has changed since.
 */

import { type Described, type Features, findRun, readReference } from '@gradus/loop';
import {
  aligned,
  binCounts,
  type Column,
  countsOf,
  type Drift,
  DriftMonitor,
  detectDrift,
  psi,
  quantileEdges,
  type Row,
} from '@gradus/stats';
import { arrival } from '../../database/columns.ts';
import type { Database } from '../../database/tables.ts';
import type { MonitoringOptions } from '../options.ts';
import type { DriftReport, WatchWindow } from '../window.ts';
import { lastWindow, recordWindow } from './windows.ts';

/** A first traffic of so many windows is a reference. */
const REFERENCE_WINDOWS = 5;
/** A run's reference holds so many times the rows of a window at least. */
const REFERENCE_SHARE = 2;
const SMALLEST_WINDOW = 20;
/** Milliseconds until what has come before is all there: several servers write the log, each transaction at its own pace. */
const SETTLED = 1000;
/** A window that ended so many times the pace ago, and longer than this ago, is too old to go on behind it. */
const TOO_LATE = 3;
const TOO_LATE_MS = 60_000;
/** Requests that are read at once. */
const READ = 500;

interface Watched {
  readonly version: string;
  readonly run: string;
  monitor: DriftMonitor | undefined;
  window: number;
  reference: ReadonlyMap<string, Column>;
  source: DriftReport['reference'];
  /** The row that was read last: an id and a number, as the database keeps it. */
  last: string;
  /** Where that prediction stands in the log, and its row's number. */
  place: number;
  row: number;
  /** Those of the window that is being filled. */
  rows: Row[];
  startedAt: string;
  /** How many windows there have been. */
  windows: number;
  skipped: boolean;
  notBefore: number;
}

export interface DriftWatchOptions {
  readonly database: Database;
  readonly runs: string;
  readonly model: string;
  readonly options: Pick<MonitoringOptions, 'window' | 'pace'>;
  /** Done in the transaction that records an alarm. */
  readonly alarmed?: Parameters<typeof recordWindow>[2];
}

export class DriftWatch {
  readonly #settings: DriftWatchOptions;
  readonly #watched = new Map<string, Watched>();
  /** How far versions have been looked for. */
  #seen = 0;
  /** How far the log went at the last looks, the latest last. */
  #ends: { readonly place: number; readonly at: number }[] = [];

  constructor(settings: DriftWatchOptions) {
    this.#settings = settings;
  }

  /**
   * Reads what is new in the log.
   *
   * @param now Milliseconds, of a clock that nobody sets
   * @returns the windows that it completed
   */
  async look(now = performance.now()): Promise<WatchWindow<'drift'>[]> {
    const until = await this.#settled(now);
    await this.#findVersions(until);
    const windows: WatchWindow<'drift'>[] = [];
    for (const watched of this.#watched.values()) {
      if (now < watched.notBefore) continue;
      const window = await this.#follow(watched, until, now);
      if (window) windows.push(window);
    }
    return windows;
  }

  /** How far the log is as it will stay. */
  async #settled(now: number): Promise<number> {
    const { database } = this.#settings;
    const { end } = await database
      .selectFrom('predictions')
      .select(({ fn }) => fn.max<number | null>(arrival(database as never)).as('end'))
      .executeTakeFirstOrThrow();
    const place = Number(end ?? 0);
    // The places have been given anew: the log was emptied, or its file rewritten (VACUUM).
    if (place < (this.#ends.at(-1)?.place ?? 0)) {
      this.#ends = [];
      this.#seen = 0;
      for (const watched of this.#watched.values()) await this.#find(watched);
    }
    this.#ends.push({ place, at: now });
    const settled = this.#ends.findLastIndex(({ at }) => at <= now - SETTLED);
    if (settled > 0) this.#ends.splice(0, settled);
    return settled < 0 ? 0 : this.#ends[0]!.place;
  }

  /** Finds the row that was read last in the log. Where it is forgotten, all that is there is newer. */
  async #find(watched: Watched): Promise<void> {
    const { database } = this.#settings;
    const [id, row] = watched.last.split('.') as [string, string | undefined];
    const found = await database
      .selectFrom('predictions')
      .select(arrival(database as never).as('place'))
      .where('id', '=', id)
      .where('version', '=', watched.version)
      .where('role', '=', 'answer')
      .executeTakeFirst();
    watched.place = Number(found?.place ?? 0);
    watched.row = Number(row ?? 0);
  }

  async #findVersions(until: number): Promise<void> {
    const { database, model } = this.#settings;
    const found = await database
      .selectFrom('predictions')
      .select(['version', 'run'])
      .distinct()
      .where(arrival(database as never), '>', this.#seen)
      .where(arrival(database as never), '<=', until)
      .where('model', '=', model)
      .where('role', '=', 'answer')
      .execute();
    this.#seen = Math.max(this.#seen, until);
    for (const { version, run } of found) {
      if (!this.#watched.has(version)) this.#watched.set(version, await this.#begin(version, run));
    }
  }

  async #begin(version: string, run: string): Promise<Watched> {
    const { database, model } = this.#settings;
    const before = await lastWindow(database, { kind: 'drift', model, version });
    const watched: Watched = {
      version,
      run,
      monitor: undefined,
      window: this.#settings.options.window,
      reference: new Map(),
      source: 'run',
      last: before?.last ?? '',
      place: 0,
      row: 0,
      rows: [],
      startedAt: '',
      windows: before?.window ?? 0,
      skipped: false,
      notBefore: 0,
    };
    const rows = this.#referenceOfRun(run);
    if (rows && rows.length >= REFERENCE_SHARE * SMALLEST_WINDOW) {
      watched.window = Math.min(watched.window, Math.floor(rows.length / REFERENCE_SHARE));
      compareWith(watched, rows, 'run');
      await this.#find(watched);
      return watched;
    }
    const kept = await database
      .selectFrom('driftReferences')
      .select(['rows', 'last'])
      .where('model', '=', model)
      .where('version', '=', version)
      .executeTakeFirst();
    if (kept) {
      compareWith(watched, JSON.parse(kept.rows) as Described[], 'traffic');
      if (watched.last === '') watched.last = kept.last;
    }
    await this.#find(watched);
    return watched;
  }

  #referenceOfRun(run: string): readonly Described[] | undefined {
    // A model that was brought as a file has none.
    if (run.startsWith('file:')) return undefined;
    try {
      return readReference(findRun(this.#settings.runs, run).directory)?.rows;
    } catch (error) {
      console.error(`The reference of ${run} cannot be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  async #follow(watched: Watched, until: number, now: number): Promise<WatchWindow<'drift'> | undefined> {
    for (;;) {
      const requests = await this.#read(watched, until);
      for (const { id, at, features, ...request } of requests) {
        const described = JSON.parse(features) as Described[];
        const place = Number(request.place);
        for (let i = place === watched.place ? watched.row + 1 : 0; i < Math.max(1, described.length); i++) {
          watched.last = `${id}.${i}`;
          watched.place = place;
          watched.row = i;
          if (!described[i]) continue;
          if (watched.rows.length === 0) watched.startedAt = at;
          watched.rows.push(watched.monitor ? flat(described[i]!) : (described[i] as unknown as Row));
          if (!watched.monitor) await this.#gather(watched);
          else if (watched.rows.length === watched.window)
            return this.#complete(watched, { endedAt: at, until, now });
        }
      }
      if (requests.length < READ) return undefined;
    }
  }

  #read({ version, place }: Watched, until: number) {
    const { database, model } = this.#settings;
    return (
      database
        .selectFrom('predictions')
        .select(['id', 'at', 'features', arrival(database as never).as('place')])
        // The last one may have rows that are not read yet.
        .where(arrival(database as never), '>=', place)
        .where(arrival(database as never), '<=', until)
        .where('model', '=', model)
        .where('version', '=', version)
        .where('role', '=', 'answer')
        .orderBy(arrival(database as never))
        .limit(READ)
        .execute()
    );
  }

  /** Makes the first traffic the reference, when there is enough of it. */
  async #gather(watched: Watched): Promise<void> {
    const { database, model, options } = this.#settings;
    const rows = watched.rows as unknown as Described[];
    if (rows.length < REFERENCE_WINDOWS * options.window) return;
    await database
      .insertInto('driftReferences')
      .values({
        model,
        version: watched.version,
        at: new Date().toISOString(),
        last: watched.last,
        rows: JSON.stringify(rows),
      })
      .onConflict((conflict) => conflict.columns(['model', 'version']).doNothing())
      .execute();
    compareWith(watched, rows, 'traffic');
    watched.rows = [];
  }

  async #complete(
    watched: Watched,
    { endedAt, until, now }: { readonly endedAt: string; readonly until: number; readonly now: number },
  ): Promise<WatchWindow<'drift'> | undefined> {
    const { database, model, options, alarmed } = this.#settings;
    const { rows, version } = watched;
    const found = rows.map((row) => watched.monitor!.push(row)).at(-1)!;
    const window: WatchWindow<'drift'> = {
      kind: 'drift',
      model,
      version,
      window: watched.windows + 1,
      startedAt: watched.startedAt,
      endedAt,
      alarm: found.alarm,
      last: watched.last,
      report: {
        rows: rows.length,
        reference: watched.source,
        referenceRows: watched.reference.values().next().value!.values.length,
        threshold: found.threshold,
        skipped: watched.skipped,
        features: found.features.map(({ feature, pValue, drifted }) => ({
          feature,
          pValue,
          drifted,
          ...distancesOf(watched.reference.get(feature)!, rows, feature),
        })),
      },
    };
    watched.rows = [];
    watched.skipped = false;
    watched.notBefore = now + 1000 * options.pace;
    if (!(await recordWindow(database, window, alarmed))) {
      // Another server was faster: what it has found stands, and this one goes on behind it.
      const theirs = await lastWindow(database, window);
      watched.windows = theirs?.window ?? watched.windows;
      watched.last = theirs?.last ?? watched.last;
      await this.#find(watched);
      return undefined;
    }
    watched.windows += 1;
    if (Date.now() - Date.parse(endedAt) > Math.max(1000 * options.pace * TOO_LATE, TOO_LATE_MS)) {
      watched.skipped = until > watched.place;
      if (watched.skipped) watched.place = until + 1;
    }
    return window;
  }
}

function compareWith(watched: Watched, rows: readonly Described[], source: Watched['source']): void {
  const columns = columnsOf(rows.map(flat));
  watched.reference = columns;
  watched.source = source;
  watched.monitor =
    columns.size > 0 ? new DriftMonitor(Object.fromEntries(columns), { window: watched.window }) : undefined;
}

/** Inputs and outputs may have the same names. */
function flat({ inputs, outputs }: Described): Row {
  const row: Record<string, Features[string]> = {};
  for (const [name, value] of Object.entries(inputs)) row[`input ${name}`] = value;
  for (const [name, value] of Object.entries(outputs)) row[`output ${name}`] = value;
  return row;
}

function columnsOf(rows: readonly Row[]): Map<string, Column> {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return new Map(
    [...names].map((name) => {
      const values = rows.map((row) => row[name] ?? null);
      return [name, values.some((value) => typeof value === 'string') ? texts(values) : numbers(values)];
    }),
  );
}

const numbers = (values: readonly unknown[]): Column => ({
  kind: 'numeric',
  values: Float64Array.from(values, (value) => (typeof value === 'number' ? value : Number.NaN)),
});

const texts = (values: readonly unknown[]): Column => ({
  kind: 'categorical',
  values: values.map((value) => (value === null || value === undefined ? null : String(value))),
});

function distancesOf(
  reference: Column,
  rows: readonly Row[],
  feature: string,
): { readonly distance: Drift | null; readonly psi: number | null } {
  const values = rows.map((row) => row[feature]);
  const current = reference.kind === 'numeric' ? numbers(values) : texts(values);
  if (!holdsValues(reference) || !holdsValues(current)) return { distance: null, psi: null };
  return { distance: detectDrift(reference, current), psi: stability(reference, current) };
}

function stability(reference: Column, current: Column): number {
  if (reference.kind === 'numeric' && current.kind === 'numeric') {
    const [before, now] = [reference, current].map(({ values }) =>
      Array.from(values).filter(Number.isFinite),
    );
    const edges = quantileEdges(before!);
    return psi(binCounts(before!, edges), binCounts(now!, edges));
  }
  const [before, now] = [reference, current].map(({ values }) =>
    countsOf((values as readonly (string | null)[]).filter((value) => value !== null)),
  );
  return psi(...aligned(before!, now!));
}

const holdsValues = (column: Column): boolean =>
  column.kind === 'numeric'
    ? Array.from(column.values).some(Number.isFinite)
    : column.values.some((value) => value !== null);
