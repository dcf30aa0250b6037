/** Whether the database answers, for those who ask often and wait little: load balancers, and whoever watches the server. */
import { setTimeout as after } from 'node:timers/promises';
import type { Database } from './tables.ts';

/** Milliseconds: how long an answer counts, and how long it is waited for. */
const COUNTS_FOR = 1000;
const WITHIN = 500;

export class DatabaseHealth {
  readonly #database: Database;
  #asked: Promise<boolean> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns within half a second; however many ask, the database is asked once a second at most */
  answers(): Promise<boolean> {
    this.#asked ??= this.#ask();
    return Promise.race([this.#asked, after(WITHIN, false, { ref: false })]);
  }

  async #ask(): Promise<boolean> {
    let answers = true;
    try {
      // Loaded with the database: commands that open none go without.
      const { sql } = await import('kysely');
      await sql`select 1`.execute(this.#database);
    } catch {
      answers = false;
    }
    setTimeout(() => {
      this.#asked = undefined;
    }, COUNTS_FOR).unref();
    return answers;
  }
}
