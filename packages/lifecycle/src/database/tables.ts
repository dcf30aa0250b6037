/** What the tables hold. JSON and times are text in both databases; times are ISO 8601 in UTC, so they sort as text. */
import type { Generated, Kysely, Transaction } from 'kysely';

export interface Tables {
  corrections: {
    id: Generated<number>;
    /** The id of the lineage's first run. */
    lineage: string;
    /** JSON, as the recipe's correction schema has it. */
    correction: string;
    /** Where it came from: a file's name, `http`, or `outcome`: from what came of a prediction. */
    source: string;
    at: string;
    /** The row of the prediction log that it corrects, as `outcomes` names them. */
    prediction: string | null;
  };
  /** Every comparison of a challenger with the champion. */
  comparisons: {
    id: Generated<number>;
    lineage: string;
    /** The registered model whose champion was challenged. */
    model: string;
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
    /** Of one kind only one job about the same thing waits or runs; null: any number. */
    about: string | null;
    /** Counts its changes. */
    revision: number;
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
    /** As of its jobs. */
    about: string | null;
    /** JSON. */
    payload: string;
    everySeconds: number;
    nextAt: string;
  };
  /** How requests are shared among a model's versions, where it is not all the champion's. */
  traffic: {
    model: string;
    /** JSON of `Traffic`. */
    traffic: string;
  };
  models: {
    name: string;
    /** All versions are made by one recipe, so that one can take another's place. */
    recipe: string;
    /** How many versions were ever registered: the number of the last one. */
    versions: number;
    createdAt: string;
  };
  modelVersions: {
    model: string;
    version: number;
    /** Ids of the run and of the one it was retrained from. */
    run: string;
    parent: string | null;
    /** JSON of `DataFingerprint`. */
    data: string;
    /** JSON of `Signature`. */
    signature: string;
    /** JSON: name -> number. */
    metrics: string;
    /** The run's card.md. */
    card: string | null;
    createdAt: string;
  };
  aliases: {
    model: string;
    alias: string;
    version: number;
    /** JSON: the versions it stood for before, the latest last. */
    former: string;
  };
  tags: {
    model: string;
    version: number;
    name: string;
    value: string;
  };
  /** Written in the transaction of the change itself: neither is there without the other. */
  audit: {
    id: Generated<number>;
    at: string;
    who: string;
    what: string;
    model: string;
    /** JSON of what changed, as it was and as it is; null where there was or is nothing. */
    before: string;
    after: string;
  };
  /** What was asked and answered: a row a request and version that answered it. Ids begin with the time (UUID 7). */
  predictions: {
    id: string;
    role: 'answer' | 'shadow';
    model: string;
    version: string;
    run: string;
    at: string;
    /** Milliseconds from the question to the answer. */
    ms: number;
    /** The key's name. */
    caller: string;
    /** Of the user that the request named. */
    pseudonym: string | null;
    /** Things asked about. */
    rows: number;
    /** JSON, redacted and cut; null where inputs are not kept. */
    input: string | null;
    output: string | null;
    /** JSON of `Described[]`, one for each row. */
    features: string;
  };
  /** What came of predictions, as was found later. */
  outcomes: {
    prediction: string;
    /** From 0. */
    row: number;
    source: 'outcome' | 'correction';
    /** JSON: a value, or an object of values by the outputs' names. */
    outcome: string;
    by: string;
    at: string;
  };
  /** What monitoring has looked at together. */
  watchWindows: {
    kind: 'drift' | 'quality' | 'errors';
    model: string;
    version: string;
    /** From 1. */
    window: number;
    startedAt: string;
    endedAt: string;
    alarm: 0 | 1;
    /** When the alarm that this window belongs to was last sent. */
    alertedAt: string | null;
    /** Where the next window begins: the last row of this one. */
    last: string;
    /** JSON: what was found. */
    report: string;
  };
  /** For runs that brought no reference: rows of their first traffic. */
  driftReferences: {
    model: string;
    version: string;
    at: string;
    /** The last prediction among them. */
    last: string;
    /** JSON of `Described[]`. */
    rows: string;
  };
  trafficIntervals: {
    /** The process. */
    server: string;
    at: string;
    model: string;
    seconds: number;
    requests: number;
    /** Answered with a status from 500 on. */
    errors: number;
    /** Turned away: too much to do, or too many from one caller. */
    shed: number;
    /** Milliseconds; null without requests. */
    p50: number | null;
    p99: number | null;
  };
  webhooks: {
    id: Generated<number>;
    url: string;
    secret: string;
    /** JSON. */
    events: string;
    /** Whether it may be on this machine or in a private network. */
    allowPrivate: 0 | 1;
    by: string;
    createdAt: string;
  };
  /** Messages to webhooks. */
  deliveries: {
    id: Generated<number>;
    webhook: number;
    event: string;
    /** JSON. */
    body: string;
    state: 'waiting' | 'delivered' | 'failed';
    attempts: number;
    notBefore: string;
    error: string | null;
    createdAt: string;
    finishedAt: string | null;
  };
}

export type Database = Kysely<Tables>;

/** Runs work in a transaction: the one that is open, or one of its own. */
export function inTransaction<T>(
  database: Database,
  work: (transaction: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return database.isTransaction
    ? work(database as Transaction<Tables>)
    : database.transaction().execute(work);
}
