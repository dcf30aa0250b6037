/**
 * DuckDB (Raasveldt, Mühleisen, 2019: an analytical database that runs inside a program) in a process of its own.
 *
 * It reads Parquet, and joins, sorts and counts more rows than memory holds. Out of memory it takes its process down:
 * that is why it has one, and why here this is an error like any other. SQL given to it should be written by us;
 * what comes from elsewhere goes in as a parameter (`?`, `$1`), names through `sqlName`.
 *
 * @example
 * await using duckdb = await openDuckDb({ files: ['orders.parquet'] });
 * const [{ n }] = await duckdb.query('SELECT count(*) AS n FROM read_parquet(?)', ['orders.parquet']);
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { programBeside, UserError } from '@gradus/base';
import type { DuckDbColumn, DuckDbValue, Reply, Request } from './protocol.ts';

export interface DuckDbOptions {
  /** Bytes that DuckDB may hold; beyond them it goes to disk where it can. Default 1 GiB. */
  readonly memoryLimit?: number;
  /** Default: as many as there are processors, at most 4. */
  readonly threads?: number;
  /** Files that statements may read, by the very paths that statements name. Default none. */
  readonly files?: readonly string[];
  /** Files that statements may write (`COPY … TO`); without any, they may write none. Default none. */
  readonly outputs?: readonly string[];
  /** Ends the process at once. */
  readonly signal?: AbortSignal;
}

export type DuckDbRow = Readonly<Record<string, DuckDbValue>>;

/** Some of a statement's rows, at most 2048, in order; the first batch comes even where there are none. */
export interface DuckDbBatch {
  readonly columns: readonly DuckDbColumn[];
  readonly rows: readonly (readonly DuckDbValue[])[];
}

export interface DuckDb extends AsyncDisposable {
  /**
   * All rows as objects; for results known to be small.
   *
   * @throws UserError for what the data or too little memory is to blame for; Error for wrong SQL
   */
  query(sql: string, parameters?: readonly DuckDbValue[]): Promise<DuckDbRow[]>;
  /**
   * Rows as arrays, as they are pulled. Statements run one beside the other; each is given up by leaving its loop. Several
   * in one `sql` run one after the other, on a connection of their own: the rows, and the parameters, are the last's.
   */
  stream(sql: string, parameters?: readonly DuckDbValue[]): AsyncGenerator<DuckDbBatch, void, undefined>;
  /** Ends the process and removes its temporary files. */
  close(): Promise<void>;
}

const GIB = 2 ** 30;
const MOST_ROWS = 1_000_000;
/** What our own JavaScript there may hold, beside DuckDB. */
const HEAP_MIB = 1024;

/** A table or column's name, quoted. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** @throws UserError where it cannot start, or `signal` was aborted before */
export async function openDuckDb(options: DuckDbOptions = {}): Promise<DuckDb> {
  const {
    memoryLimit = GIB,
    threads = Math.min(4, availableParallelism()),
    files = [],
    outputs = [],
    signal,
  } = options;
  signal?.throwIfAborted();
  const scratch = await mkdtemp(join(tmpdir(), 'gradus-duckdb-'));
  const server = new Server(scratch, memoryLimit, signal);
  try {
    await server.ask({
      kind: 'setup',
      id: server.newId(),
      setup: { memoryLimit, threads, files, outputs, scratch },
    });
  } catch (error) {
    await server.close();
    throw error;
  }

  async function* stream(
    sql: string,
    parameters: readonly DuckDbValue[] = [],
  ): AsyncGenerator<DuckDbBatch, void, undefined> {
    const id = server.newId();
    let ended = false;
    try {
      const { columns } = (await server.ask({ kind: 'start', id, sql, parameters })) as Reply & {
        kind: 'columns';
      };
      for (let first = true; ; first = false) {
        const reply = await server.ask({ kind: 'next', id });
        ended = reply.kind === 'end';
        if (reply.kind === 'rows') yield { columns, rows: reply.rows };
        else if (first) yield { columns, rows: [] };
        if (ended) return;
      }
    } finally {
      if (!ended) server.tell({ kind: 'stop', id });
    }
  }

  return {
    stream,
    async query(sql, parameters) {
      const found: DuckDbRow[] = [];
      for await (const { columns, rows } of stream(sql, parameters)) {
        for (const row of rows) {
          found.push(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!])));
        }
        if (found.length > MOST_ROWS)
          throw new Error(`a query gave over ${MOST_ROWS} rows; take them from stream()`);
      }
      return found;
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The child process, and who waits for which of its answers. */
class Server {
  readonly #child: ChildProcess;
  readonly #scratch: string;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<
    number,
    { resolve: (reply: Reply) => void; reject: (error: unknown) => void }
  >();
  #ids = 0;
  /** Why there will be no more answers. */
  #end: unknown;

  constructor(scratch: string, memoryLimit: number, signal: AbortSignal | undefined) {
    this.#scratch = scratch;
    this.#child = fork(programBeside(import.meta.url, 'worker'), {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${HEAP_MIB}`],
      // Nothing of ours: no credentials, no settings.
      env: {
        PATH: process.env.PATH,
        TMPDIR: process.env.TMPDIR,
        SystemRoot: process.env.SystemRoot,
      },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const abort = () => {
      this.#fail(signal!.reason);
      this.#child.kill('SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    this.#child.on('message', (reply: Reply) => this.#answer(reply));
    this.#gone = new Promise((resolve) => {
      const gone = (how: string) => {
        signal?.removeEventListener('abort', abort);
        this.#fail(
          new UserError(
            `DuckDB's process ended (${how}): most likely memory ran out, with ${(memoryLimit / GIB).toFixed(1)} GiB for DuckDB. Free memory, or work on fewer rows or columns at once.`,
          ),
        );
        rm(scratch, { recursive: true, force: true }).then(resolve, () => resolve());
      };
      this.#child.on('exit', (code, name) => gone(name ?? `code ${code}`));
      this.#child.on('error', (error) => this.#child.pid === undefined && gone(error.message));
    });
  }

  newId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  async ask(request: Request): Promise<Reply> {
    if (this.#end !== undefined) throw this.#end;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.tell(request);
    });
  }

  tell(request: Request): void {
    // A send that fails is followed by the process's exit, which answers whoever waits.
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'error') waiting?.reject(errorOf(reply.message, this.#scratch));
    else waiting?.resolve(reply);
  }

  #fail(error: unknown): void {
    this.#end ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
  }

  async close(): Promise<void> {
    this.#fail(new Error('DuckDB has been closed'));
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

/** What the data or the machine is to blame for; other errors are ours. */
const THEIRS =
  /^(?:Invalid Input|IO|Conversion|Permission|Out of Range|TProtocolException|Serialization|HTTP)\b/;

function errorOf(message: string, scratch: string): Error {
  const first = message.split('\n\n', 1)[0]!.replaceAll(scratch, 'the temporary folder');
  if (/Out of Memory/i.test(first)) {
    return new UserError(
      `DuckDB ran out of memory (${first}). Work on fewer rows or columns at once, or give it more memory.`,
    );
  }
  return THEIRS.test(first) ? new UserError(`DuckDB: ${first}`) : new Error(`DuckDB: ${first}`);
}
