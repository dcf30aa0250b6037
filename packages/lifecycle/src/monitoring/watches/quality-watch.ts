/**
 * Judges each version by the outcomes of its predictions as they become known, so many at a time. A window is an alarm where
 * the share of right answers lies below what it must be, beyond chance: its whole 99 % interval does.
 */

import { type Described, findRun } from '@gradus/loop';
import type { Database } from '../../database/tables.ts';
import type { MonitoringOptions } from '../options.ts';
import type { QualityReport, WatchWindow } from '../window.ts';
import { type Judged, qualityOf } from './quality.ts';
import { lastWindow, recordWindow } from './windows.ts';

export interface QualityWatchOptions {
  readonly database: Database;
  readonly runs: string;
  readonly model: string;
  readonly options: Pick<MonitoringOptions, 'outcomes' | 'quality'>;
}

const LEVEL = 0.99;
/** Milliseconds until what is there is all that will be: several servers write outcomes. */
const SETTLED = 1000;
const READ = 1000;

interface Watched {
  readonly run: string;
  /** The last outcome of a window that is recorded: after a start all outcomes are read again. */
  readonly after: string;
  windows: number;
  judged: Judged[];
  startedAt: string;
}

interface Known {
  readonly at: string;
  readonly prediction: string;
  readonly row: number;
  readonly outcome: string;
  readonly version: string;
  readonly run: string;
  readonly features: string;
}

export class QualityWatch {
  readonly #settings: QualityWatchOptions;
  readonly #watched = new Map<string, Watched>();
  /** The last outcome that was read: its time, and its key. */
  #last: readonly [at: string, prediction: string, row: number] | undefined;

  constructor(settings: QualityWatchOptions) {
    this.#settings = settings;
  }

  /** Reads the outcomes that are new. @returns the windows that they completed */
  async look(now = Date.now()): Promise<WatchWindow<'quality'>[]> {
    const windows: WatchWindow<'quality'>[] = [];
    for (;;) {
      const outcomes = await this.#read(new Date(now - SETTLED).toISOString());
      for (const outcome of outcomes) {
        this.#last = [outcome.at, outcome.prediction, outcome.row];
        const window = await this.#take(outcome);
        if (window) windows.push(window);
      }
      if (outcomes.length < READ) return windows;
    }
  }

  #read(until: string): Promise<Known[]> {
    const { database, model } = this.#settings;
    const [at, prediction, row] = this.#last ?? ['', '', 0];
    return database
      .selectFrom('outcomes')
      .innerJoin('predictions', 'predictions.id', 'outcomes.prediction')
      .select([
        'outcomes.at',
        'outcomes.prediction',
        'outcomes.row',
        'outcomes.outcome',
        'predictions.version',
        'predictions.run',
        'predictions.features',
      ])
      .where('predictions.model', '=', model)
      .where('predictions.role', '=', 'answer')
      .where('outcomes.source', '=', 'outcome')
      .where('outcomes.at', '<', until)
      .where(({ or, and, eb }) =>
        or([
          eb('outcomes.at', '>', at),
          and([
            eb('outcomes.at', '=', at),
            or([
              eb('outcomes.prediction', '>', prediction),
              and([eb('outcomes.prediction', '=', prediction), eb('outcomes.row', '>', row)]),
            ]),
          ]),
        ]),
      )
      .orderBy('outcomes.at')
      .orderBy('outcomes.prediction')
      .orderBy('outcomes.row')
      .limit(READ)
      .execute();
  }

  async #take(outcome: Known): Promise<WatchWindow<'quality'> | undefined> {
    const { database, model, options } = this.#settings;
    const { version, at, prediction, row } = outcome;
    const watched = this.#watched.get(version) ?? (await this.#begin(version, outcome.run));
    const place = `${at} ${prediction}.${row}`;
    if (place <= watched.after) return undefined;
    const described = (JSON.parse(outcome.features) as Described[])[row];
    if (!described) return undefined;
    if (watched.judged.length === 0) watched.startedAt = at;
    watched.judged.push({ outputs: described.outputs, outcome: JSON.parse(outcome.outcome) as unknown });
    if (watched.judged.length < options.outcomes) return undefined;
    const figures = qualityOf(watched.judged, LEVEL);
    const gate = this.#gateOf(watched.run);
    const accuracy = figures.find(({ metric }) => metric === 'accuracy');
    const window: WatchWindow<'quality'> = {
      kind: 'quality',
      model,
      version,
      window: watched.windows + 1,
      startedAt: watched.startedAt,
      endedAt: at,
      alarm: gate !== null && accuracy !== undefined && accuracy.interval[1] < gate.accuracy,
      last: place,
      report: { n: watched.judged.length, figures, gate },
    };
    watched.judged = [];
    watched.windows += 1;
    return (await recordWindow(database, window)) ? window : undefined;
  }

  async #begin(version: string, run: string): Promise<Watched> {
    const { database, model } = this.#settings;
    const before = await lastWindow(database, { kind: 'quality', model, version });
    const after = before?.last ?? '';
    const watched = { run, after, windows: before?.window ?? 0, judged: [], startedAt: '' };
    this.#watched.set(version, watched);
    return watched;
  }

  #gateOf(run: string): QualityReport['gate'] {
    const { runs, options } = this.#settings;
    if (options.quality !== undefined) return { accuracy: options.quality, source: 'option' };
    try {
      const { accuracy } = findRun(runs, run).summary.metrics;
      return accuracy === undefined ? null : { accuracy, source: 'run' };
    } catch {
      return null;
    }
  }
}
