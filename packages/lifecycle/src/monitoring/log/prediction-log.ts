/**
 * The prediction log. A client gets a prediction's id only when the log holds it, so no id that a client has is ever
 * lost to a crash of the server: what the transaction has committed, the database keeps.
 *
 * Predictions that come while a transaction is under way are written together in the next ("group commit", DeWitt et al.,
 * 1984): nobody waits for company, yet a busy server commits a few hundred times a second, not thousands. A database that is
 * away or too slow must not take the answers with it: they are given without an id, and counted.
 */
import { createHmac } from 'node:crypto';
import type { Described, FoundRun } from '@gradus/loop';
import { DatabaseBusy } from '../../database/sqlite-driver.ts';
import type { Database, Tables } from '../../database/tables.ts';
import type { Metrics } from '../metrics.ts';
import type { MonitoringOptions } from '../options.ts';
import { loggable, type Redact } from './loggable.ts';
import { newPredictionId } from './prediction-id.ts';

export interface Prediction {
  /** Drawn for this request; its shadows have the same. */
  readonly id: string;
  readonly role: 'answer' | 'shadow';
  readonly version: { readonly number: string; readonly run: Pick<FoundRun, 'id'> };
  readonly ms: number;
  readonly caller: string;
  readonly user: string | undefined;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly described: readonly Described[];
}

type Row = Tables['predictions'];

interface Waiting {
  readonly row: Row;
  settle(logged: boolean): void;
}

/** Predictions that may wait to be written. */
const MOST_WAITING = 10_000;
/** Rows of one statement: 13 values each, of which SQLite takes 32,766. */
const MOST_ROWS = 500;
/** Categories whose redacted form is remembered. */
const MOST_CATEGORIES = 10_000;
/** Milliseconds that an answer waits for its transaction. While one takes longer, the answers that come meanwhile wait for none. */
const PATIENCE = 500;
/** Milliseconds between complaints. */
const COMPLAIN_EVERY = 60_000;

export class PredictionLog {
  readonly #database: Database;
  readonly #model: string;
  readonly #options: MonitoringOptions;
  readonly #redact: Redact;
  readonly #key: string;
  readonly #metrics: Metrics;
  readonly #categories = new Map<string, string>();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  /** Whether the transaction under way takes longer than an answer can wait. */
  #isLate = false;
  #isClosing = false;
  #complained = Number.NEGATIVE_INFINITY;

  constructor(settings: {
    readonly database: Database;
    readonly model: string;
    readonly options: MonitoringOptions;
    readonly redact: Redact;
    /** Without it nobody can tell whose pseudonym one is. */
    readonly secret: string;
    readonly metrics: Metrics;
  }) {
    this.#database = settings.database;
    this.#model = settings.model;
    this.#options = settings.options;
    this.#redact = settings.redact;
    this.#key = settings.secret;
    this.#metrics = settings.metrics;
  }

  /** An id for a request that is to be logged; undefined for one that the sample leaves out. */
  draw(): string | undefined {
    const { sample } = this.#options;
    return sample >= 1 || Math.random() < sample ? newPredictionId() : undefined;
  }

  /** @returns whether it is in the log for good */
  add(prediction: Prediction): Promise<boolean> {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost(1, 'more predictions wait to be written than may');
      return Promise.resolve(false);
    }
    const row = this.#rowOf(prediction);
    return new Promise((settle) => {
      this.#waiting.push({ row, settle });
      if (this.#isLate) settle(false);
      this.#writing ??= this.#write();
    });
  }

  #rowOf({ id, role, version, ms, caller, user, input, output, described }: Prediction): Row {
    const { inputs } = this.#options;
    const kept = (value: unknown) =>
      inputs === 'none' || value === undefined
        ? null
        : loggable(value, inputs === 'full' ? (text) => text : this.#redact);
    return {
      id,
      role,
      model: this.#model,
      version: version.number,
      run: version.run.id,
      at: new Date().toISOString(),
      ms: Math.round(1000 * ms) / 1000,
      caller,
      pseudonym: user === undefined ? null : this.#pseudonym(user),
      rows: Math.max(1, described.length),
      input: kept(input),
      output: kept(output),
      features: JSON.stringify(described, (_, value) =>
        typeof value === 'string' && inputs !== 'full' ? this.#category(value) : value,
      ),
    };
  }

  /** Categories come from requests too, and are few: each is looked through once. */
  #category(text: string): string {
    const known = this.#categories.get(text);
    if (known !== undefined) return known;
    if (this.#categories.size >= MOST_CATEGORIES) this.#categories.clear();
    const redacted = this.#redact(text);
    this.#categories.set(text, redacted);
    return redacted;
  }

  #pseudonym(user: string): string {
    return createHmac('sha256', this.#key).update(user).digest('base64url').slice(0, 16);
  }

  async #write(): Promise<void> {
    // What has been answered in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_ROWS);
      const patience = setTimeout(() => {
        this.#isLate = true;
        // Those behind it would wait as long.
        for (const { settle } of [...batch, ...this.#waiting]) settle(false);
      }, PATIENCE);
      try {
        await this.#database
          .insertInto('predictions')
          .values(batch.map(({ row }) => row))
          .execute();
        for (const { settle } of batch) settle(true);
        this.#isLate = false;
      } catch (error) {
        // Where another program holds the lock, what has been answered is written when it lets go.
        if (error instanceof DatabaseBusy && !this.#isClosing) {
          this.#waiting.unshift(...batch);
          continue;
        }
        this.#lost(batch.length, (error as Error).message);
        for (const { settle } of batch) settle(false);
      } finally {
        clearTimeout(patience);
      }
    }
    this.#writing = undefined;
  }

  #lost(count: number, reason: string): void {
    this.#metrics.unlogged.inc(count);
    if (performance.now() - this.#complained < COMPLAIN_EVERY) return;
    this.#complained = performance.now();
    console.error(`Predictions are answered but not logged: ${reason}`);
  }

  /** When all that was added is written. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#writing;
  }
}
