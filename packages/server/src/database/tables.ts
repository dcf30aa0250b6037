/** What the tables hold. JSON and times are text in both databases; times are ISO 8601 in UTC, so they sort as text. */
import type { Generated, Kysely } from 'kysely';

export interface Tables {
  corrections: {
    id: Generated<number>;
    /** The id of the lineage's first run. */
    lineage: string;
    /** JSON, as the recipe's correction schema has it. */
    correction: string;
    /** Where it came from: a file's name, or `http`. */
    source: string;
    at: string;
  };
  /** Every comparison of a challenger with the champion. */
  comparisons: {
    id: Generated<number>;
    lineage: string;
    champion: string;
    challenger: string;
    promoted: 0 | 1;
    /** The highest id among the corrections that the challenger learnt from. */
    lastCorrection: number;
    /** JSON of the recipe's verdict. */
    verdict: string;
    at: string;
  };
  keys: {
    id: Generated<number>;
    name: string;
    /** SHA-256 of the key, in hexadecimal. */
    hash: string;
    /** JSON. */
    scopes: string;
    /** Requests a second. */
    rate: number | null;
    createdAt: string;
    revokedAt: string | null;
  };
  jobs: {
    id: Generated<number>;
    kind: string;
    /** JSON. */
    payload: string;
    state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
    attempts: number;
    notBefore: string;
    worker: string | null;
    leaseUntil: string | null;
    cancelAsked: 0 | 1;
    /** JSON. */
    progress: string | null;
    /** JSON. */
    result: string | null;
    error: string | null;
    by: string;
    createdAt: string;
    startedAt: string | null;
    finishedAt: string | null;
  };
  schedules: {
    name: string;
    kind: string;
    /** JSON. */
    payload: string;
    everySeconds: number;
    nextAt: string;
  };
}

export type Database = Kysely<Tables>;
