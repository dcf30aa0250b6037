/**
 * Records how much was asked and how it went, and sees whether too much fails or takes too long. Too much fails where the
 * share is above what may be, beyond chance: its whole 99 % interval is.
 */

import { wilsonInterval } from '@gradus/stats';
import type { Database } from '../../database/tables.ts';
import type { MonitoringOptions } from '../options.ts';
import type { ErrorsReport, Tally, WatchWindow } from '../window.ts';
import { recordWindow } from './windows.ts';

export interface TrafficWatchOptions {
  readonly database: Database;
  /** The process. */
  readonly server: string;
  readonly model: string;
  readonly options: Pick<MonitoringOptions, 'errors' | 'latency'>;
}

const LEVEL = 0.99;
/** With fewer requests nothing is said of their errors, or of the slowest hundredth. */
const ENOUGH_FOR_ERRORS = 10;
const ENOUGH_FOR_LATENCY = 100;

export class TrafficWatch {
  readonly #settings: TrafficWatchOptions;
  #windows = 0;
  #alarming = false;

  constructor(settings: TrafficWatchOptions) {
    this.#settings = settings;
  }

  /** @returns the window, where it is an alarm, or the first after one */
  async take(tally: Tally): Promise<WatchWindow<'errors'> | undefined> {
    const { database, server, model, options } = this.#settings;
    await database
      .insertInto('trafficIntervals')
      .values({ server, model, ...tally })
      .execute();
    const { requests, errors, p99 } = tally;
    const exceeded: ErrorsReport['exceeded'] = [
      ...(requests >= ENOUGH_FOR_ERRORS && wilsonInterval(errors, requests, LEVEL)[0] > options.errors
        ? (['errors'] as const)
        : []),
      ...(options.latency !== undefined &&
      p99 !== null &&
      requests >= ENOUGH_FOR_LATENCY &&
      p99 > options.latency
        ? (['latency'] as const)
        : []),
    ];
    const alarm = exceeded.length > 0;
    if (!alarm && !this.#alarming) return undefined;
    this.#alarming = alarm;
    this.#windows += 1;
    const window: WatchWindow<'errors'> = {
      kind: 'errors',
      model,
      version: server,
      window: this.#windows,
      startedAt: tally.at,
      endedAt: new Date(Date.parse(tally.at) + 1000 * tally.seconds).toISOString(),
      alarm,
      last: tally.at,
      report: { ...tally, gates: { errors: options.errors, latency: options.latency ?? null }, exceeded },
    };
    await recordWindow(database, window);
    return window;
  }
}
