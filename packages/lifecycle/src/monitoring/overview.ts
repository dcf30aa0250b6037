/** What monitoring knows about a model, for programs and for the page. The watch's thread reads it, since logs may be long. */

import type { Described } from '@gradus/loop';
import type { Database, Tables } from '../database/tables.ts';
import { idAt } from './log/prediction-id.ts';
import { type Judged, qualityOf } from './watches/quality.ts';
import { windowsOf } from './watches/windows.ts';
import type { Quality, Tally, WatchWindow, WindowKind } from './window.ts';

export interface QualityWindow {
  readonly version: string;
  readonly role: 'answer' | 'shadow';
  /** The first and the last prediction. */
  readonly from: string;
  readonly to: string;
  /** Rows that were predicted, and those among them with a known outcome. */
  readonly predictions: number;
  readonly outcomes: number;
  /** Rows that people corrected: complaints, not a sample. */
  readonly corrections: number;
  /** Median hours from a prediction to its outcome. */
  readonly delay: number | null;
  readonly figures: readonly Quality[];
}

export interface Alerts {
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
  readonly latest: readonly {
    readonly url: string;
    readonly event: string;
    readonly state: Tables['deliveries']['state'];
    readonly attempts: number;
    readonly error: string | null;
    readonly at: string;
  }[];
}

export interface Overview {
  readonly model: string;
  readonly predictions: { readonly logged: number; readonly since: string | null };
  readonly traffic: readonly Tally[];
  readonly drift: readonly WatchWindow<'drift'>[];
  readonly quality: readonly QualityWindow[];
  readonly alarms: readonly WatchWindow[];
  readonly alerts: Alerts;
}

const DAY = 24 * 3600 * 1000;
/** The latest rows with an outcome, which quality is computed from. */
const MOST_JUDGED = 20_000;
const MOST_WINDOWS = 200;

export async function overviewOf(
  database: Database,
  model: string,
  { days = 7 }: { readonly days?: number } = {},
): Promise<Overview> {
  const since = new Date(Date.now() - days * DAY).toISOString();
  const { logged, first } = await database
    .selectFrom('predictions')
    .select(({ fn }) => [fn.countAll().as('logged'), fn.min('at').as('first')])
    .where('model', '=', model)
    .executeTakeFirstOrThrow();
  const traffic = await database
    .selectFrom('trafficIntervals')
    .select(['at', 'seconds', 'requests', 'errors', 'shed', 'p50', 'p99'])
    .where('model', '=', model)
    .where('at', '>=', since)
    .orderBy('at')
    .execute();
  const alarms = (
    await Promise.all(
      (['drift', 'quality', 'errors'] as const).map((kind) =>
        windowsOf<WindowKind>(database, { kind, model }),
      ),
    )
  )
    .flat()
    .filter(({ alarm }) => alarm)
    .sort((a, b) => (a.endedAt < b.endedAt ? 1 : -1))
    .slice(0, 50);
  return {
    model,
    predictions: { logged: Number(logged), since: (first as string | null) ?? null },
    traffic,
    drift: await windowsOf(database, { kind: 'drift', model, limit: 100 }),
    quality: await qualityWindows(database, model, { by: 'day', days }),
    alarms,
    alerts: await alertsOf(database),
  };
}

/**
 * @param by The windows: days or weeks (from Monday, UTC) of the predictions, or this number of outcomes
 * @returns the latest first, each version and role apart
 */
export async function qualityWindows(
  database: Database,
  model: string,
  { by, days = 30 }: { readonly by: 'day' | 'week' | number; readonly days?: number },
): Promise<QualityWindow[]> {
  const since = idAt(Date.now() - days * DAY);
  const counted = await database
    .selectFrom('predictions')
    .select(({ fn, val }) => [
      'version',
      'role',
      fn<string>('substr', ['at', val(1), val(10)]).as('day'),
      fn.sum('rows').as('rows'),
    ])
    .where('model', '=', model)
    .where('id', '>=', since)
    .groupBy(['version', 'role', 'day'])
    .execute();
  const rows = await database
    .selectFrom('outcomes')
    .innerJoin('predictions', 'predictions.id', 'outcomes.prediction')
    .select([
      'predictions.version',
      'predictions.role',
      'predictions.at',
      'predictions.features',
      'outcomes.row',
      'outcomes.source',
      'outcomes.outcome',
      'outcomes.at as knownAt',
    ])
    .where('predictions.model', '=', model)
    .where('predictions.id', '>=', since)
    .orderBy('predictions.id', 'desc')
    .limit(MOST_JUDGED)
    .execute();
  const judged = rows.flatMap((row) => {
    const described = (JSON.parse(row.features) as Described[])[row.row];
    return described ? [{ ...row, outputs: described.outputs }] : [];
  });
  const windowOf = by === 'week' ? weekOf : (at: string) => at.slice(0, 10);
  const groups =
    typeof by === 'number'
      ? byCount(judged, by)
      : Map.groupBy(judged, ({ version, role, at }) => keyOf(version, role, windowOf(at)));
  const predictions = new Map<string, number>();
  if (typeof by !== 'number') {
    for (const { version, role, day: at, rows: count } of counted) {
      const key = keyOf(version, role, windowOf(at));
      predictions.set(key, (predictions.get(key) ?? 0) + Number(count));
    }
  }
  const keys = [...new Set([...predictions.keys(), ...groups.keys()])];
  const windows = keys.map((key): QualityWindow => {
    const rows = groups.get(key) ?? [];
    const [version, role, start] = key.split('\n') as [string, QualityWindow['role'], string];
    const outcomes = rows.filter(({ source }) => source === 'outcome');
    const times = rows.map(({ at }) => at).sort();
    const delays = outcomes
      .map(({ at, knownAt }) => (Date.parse(knownAt) - Date.parse(at)) / 3600_000)
      .sort((a, b) => a - b);
    return {
      version,
      role,
      ...(typeof by === 'number' ? { from: times[0]!, to: times.at(-1)! } : rangeOf(start, by)),
      predictions: predictions.get(key) ?? rows.length,
      outcomes: outcomes.length,
      corrections: rows.length - outcomes.length,
      delay: delays[delays.length >> 1] ?? null,
      figures: qualityOf(
        outcomes.map(
          ({ outputs, outcome }): Judged => ({ outputs, outcome: JSON.parse(outcome) as unknown }),
        ),
      ),
    };
  });
  return windows
    .sort((a, b) => (a.from === b.from ? Number(a.version) - Number(b.version) : a.from < b.from ? 1 : -1))
    .slice(0, MOST_WINDOWS);
}

const keyOf = (version: string, role: string, start: string): string => `${version}\n${role}\n${start}`;

/** Windows of `count` outcomes, the latest first; each version and role apart. */
function byCount<T extends { version: string; role: string; source: string }>(
  judged: readonly T[],
  count: number,
): Map<string, T[]> {
  const outcomes = judged.filter(({ source }) => source === 'outcome');
  const versions = Map.groupBy(outcomes, ({ version, role }) => `${version}\n${role}`);
  const groups = new Map<string, T[]>();
  for (const [name, judgedRows] of versions) {
    for (let from = 0; from < judgedRows.length; from += count) {
      groups.set(`${name}\n${from}`, judgedRows.slice(from, from + count));
    }
  }
  return groups;
}

/** The Monday of a day's week. */
function weekOf(at: string): string {
  const day = new Date(`${at.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

function rangeOf(start: string, by: 'day' | 'week'): { from: string; to: string } {
  const from = Date.parse(`${start}T00:00:00Z`);
  return {
    from: new Date(from).toISOString(),
    to: new Date(from + (by === 'week' ? 7 : 1) * DAY).toISOString(),
  };
}

async function alertsOf(database: Database): Promise<Alerts> {
  const counts = await database
    .selectFrom('deliveries')
    .select(['state', ({ fn }) => fn.countAll().as('count')])
    .groupBy('state')
    .execute();
  const latest = await database
    .selectFrom('deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'deliveries.webhook')
    .select(['url', 'event', 'state', 'attempts', 'error', 'deliveries.createdAt'])
    .orderBy('deliveries.id', 'desc')
    .limit(20)
    .execute();
  const countOf = (state: string) => Number(counts.find((row) => row.state === state)?.count ?? 0);
  return {
    waiting: countOf('waiting'),
    delivered: countOf('delivered'),
    failed: countOf('failed'),
    latest: latest.map(({ createdAt, url, ...rest }) => ({
      // A path may hold a secret; the host identifies the webhook.
      url: new URL(url).origin,
      ...rest,
      at: createdAt,
    })),
  };
}
