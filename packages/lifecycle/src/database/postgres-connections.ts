/**
 * Connections to Postgres that know when it is away. Whoever finds out waits, for some seconds; from then on all are refused at
 * once, but for one a second, who tries whether it is back (a circuit breaker: Nygard, Release It!, 2007). A statement that is not
 * answered in time gives up its connection: a database that is frozen or cut off closes none by itself.
 *
 * What is kept in a session (SET, advisory locks, LISTEN, named prepared statements, cursors) is used nowhere: between PgBouncer
 * and the database, each transaction may have another session.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { PostgresPool, PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { logError, logLine } from '../log.ts';
import { DatabaseUnavailable } from './unavailable.ts';

/** Milliseconds between two tries while it is away. */
const TRY_EVERY = 1000;
/** Milliseconds: one that is frozen says no goodbye. */
const CLOSE_WITHIN = 2000;

/** Classes of SQLSTATE (PostgreSQL, appendix A) in which not the statement is at fault. PgBouncer has 08P01 for all that it refuses. */
const AWAY = /^(?:08|53|57P)/;
/** A standby, since the primary is another now: `read_only_sql_transaction`. */
const READ_ONLY = '25006';

export class PostgresConnections implements PostgresPool {
  readonly #pool: pg.Pool;
  /** Milliseconds in which a statement must be answered. */
  patience = Number.POSITIVE_INFINITY;
  /** Whether it has answered before: one that never has is its opener's to tell of. */
  #wasThere = false;
  #away: { readonly error: DatabaseUnavailable; tryAt: number } | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  get options(): PostgresPool['options'] {
    return this.#pool.options;
  }

  /** @throws DatabaseUnavailable */
  async connect(): Promise<PostgresPoolClient> {
    if (this.#away) {
      if (performance.now() < this.#away.tryAt) throw this.#away.error;
      // Others are refused while this one tries.
      this.#away.tryAt = Number.POSITIVE_INFINITY;
    }
    try {
      return this.#lent(await this.#pool.connect());
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #lent(client: pg.PoolClient): PostgresPoolClient {
    let isBroken = false;
    const query = async (text: string, values: readonly unknown[]) => {
      try {
        const answer = await this.#inTime(client.query(text, [...values]));
        this.#answered();
        return answer;
      } catch (error) {
        if (!isAway(error)) {
          this.#answered();
          throw error;
        }
        isBroken = true;
        // One that broke may be the only one; the next tells.
        if (isBreak(error)) throw new DatabaseUnavailable(reasonOf(error), { cause: error });
        throw this.#failed(error);
      }
    };
    return {
      // Cursors, its other form, are used nowhere.
      query: query as unknown as PostgresPoolClient['query'],
      release: (destroy) => {
        // Nothing was asked that could have told.
        if (this.#away?.tryAt === Number.POSITIVE_INFINITY) this.#away.tryAt = 0;
        client.release(isBroken || destroy === true);
      },
    };
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    if (this.patience === Number.POSITIVE_INFINITY) return answer;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TooLate(this.patience)), this.patience);
    });
    // Of what is too late nobody hears any more.
    answer.catch(() => undefined);
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  #answered(): void {
    if (this.#away) logLine('the database is back');
    this.#away = undefined;
    this.#wasThere = true;
  }

  #failed(error: unknown): DatabaseUnavailable {
    const unavailable = new DatabaseUnavailable(reasonOf(error), { cause: error });
    if (this.#wasThere && !this.#away) logError('the database is away', error);
    this.#away = { error: unavailable, tryAt: performance.now() + TRY_EVERY };
    return unavailable;
  }

  async end(): Promise<void> {
    await Promise.race([this.#pool.end(), after(CLOSE_WITHIN, undefined, { ref: false })]);
  }
}

class TooLate extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Whether not the statement failed, but the way to the database. */
function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof TooLate) return true;
  if (code !== undefined && SQLSTATE.test(code)) return AWAY.test(code) || code === READ_ONLY;
  // Node's system errors (ECONNRESET) have a code of their own, and the driver has words only.
  return (code?.startsWith('E') ?? false) || /connection|not queryable/i.test(message);
}

/** Whether a connection ended: by itself, or by an administrator's hand (`admin_shutdown`). */
function isBreak(error: unknown): boolean {
  const { code } = error as { code?: string };
  return !(error instanceof TooLate) && (code === undefined || !SQLSTATE.test(code) || code === '57P01');
}

/** Without a code, or with one that says little, the message says it. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return code === undefined || SQLSTATE.test(code) ? message : code;
}
