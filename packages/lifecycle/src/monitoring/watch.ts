/** The watch as the server sees it: a thread (watch-thread.ts) that receives what happened and answers questions. */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import { DatabaseUnavailable } from '../database/unavailable.ts';
import type { Metrics } from './metrics.ts';
import type { MonitoringOptions } from './options.ts';
import type { Overview, QualityWindow } from './overview.ts';
import type { Tally, WatchWindow } from './window.ts';

export interface WatchThread {
  readonly runs: string;
  /** Address of a Postgres database; by default the environment's. */
  readonly url: string | undefined;
  readonly server: string;
  readonly model: string;
  readonly options: MonitoringOptions;
}

export interface Questions {
  readonly overview: { readonly days: number };
  readonly quality: { readonly by: 'day' | 'week' | number; readonly days: number };
  readonly drift: { readonly limit: number };
}

export interface Answers {
  readonly overview: Overview;
  readonly quality: readonly QualityWindow[];
  readonly drift: readonly WatchWindow<'drift'>[];
}

export type ToWatch =
  | { readonly kind: 'tally'; readonly tally: Tally }
  | { readonly kind: 'stop' }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly question: keyof Questions;
      readonly parameters: unknown;
    };

export type FromWatch =
  | { readonly kind: 'ready' }
  | { readonly kind: 'windows'; readonly windows: readonly WatchWindow[] }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly answer?: unknown;
      readonly error?: string /** The reason, where the database is away. */;
      readonly away?: string;
    };

export class Watch {
  readonly #worker: Worker;
  readonly #metrics: Metrics;
  readonly #waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #gone = false;

  static async start(settings: Omit<WatchThread, 'server'> & { readonly metrics: Metrics }): Promise<Watch> {
    const { metrics, ...rest } = settings;
    const workerData: WatchThread = { ...rest, server: `${hostname()} ${randomUUID().slice(0, 8)}` };
    const worker = new Worker(programBeside(import.meta.url, 'watch-thread'), { workerData });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', (error) => reject(neverStarted(error) ?? error));
    });
    worker.removeAllListeners('error');
    return new Watch(worker, metrics);
  }

  private constructor(worker: Worker, metrics: Metrics) {
    this.#worker = worker;
    this.#metrics = metrics;
    this.#ended = new Promise((resolve) => worker.once('exit', () => resolve()));
    worker.on('message', (message: FromWatch) => {
      if (message.kind === 'windows') for (const window of message.windows) this.#measure(window);
      if (message.kind !== 'answer') return;
      const waiting = this.#waiting.get(message.id)!;
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting.resolve(message.answer as never);
      else if (message.away !== undefined) waiting.reject(new DatabaseUnavailable(message.away));
      else waiting.reject(new Error(message.error));
    });
    const gone = (error: Error) => {
      this.#gone = true;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    worker.on('error', (error: Error) => {
      console.error(`Monitoring has ended: ${error.message}`);
      gone(error);
    });
    worker.on('exit', () => gone(new Error('monitoring has ended')));
  }

  #measure(window: WatchWindow): void {
    const { kind, model, version, alarm } = window;
    this.#metrics.alarm.set({ model, version: kind === 'errors' ? '' : version, kind }, alarm ? 1 : 0);
    if (window.kind !== 'drift') return;
    for (const { feature, distance, psi } of window.report.features) {
      const labels = { model, version, feature };
      if (distance) this.#metrics.drift.set({ ...labels, measure: distance.method }, distance.score);
      if (psi !== null) this.#metrics.drift.set({ ...labels, measure: 'psi' }, psi);
    }
  }

  tell(tally: Tally): void {
    if (!this.#gone) this.#send({ kind: 'tally', tally });
  }

  ask<Q extends keyof Questions>(question: Q, parameters: Questions[Q]): Promise<Answers[Q]> {
    if (this.#gone) return Promise.reject(new Error('monitoring has ended'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: never) => void, reject });
      this.#send({ kind: 'ask', id, question, parameters });
    });
  }

  #send(message: ToWatch): void {
    this.#worker.postMessage(message);
  }

  /** Ends it when what it is at is done, or after some seconds. */
  async close(): Promise<void> {
    if (this.#gone) return;
    this.#send({ kind: 'stop' });
    const patience = setTimeout(() => void this.#worker.terminate(), CLOSE_WITHIN);
    await this.#ended;
    clearTimeout(patience);
  }
}

/** Milliseconds. */
const CLOSE_WITHIN = 5000;
