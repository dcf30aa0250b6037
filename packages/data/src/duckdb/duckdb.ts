/**
 * DuckDB (Raasveldt, Mühleisen, 2019: an analytical database that runs inside a program) in a process of its own.
 *
 * It reads Parquet, and joins, sorts and counts more rows than memory holds. Out of memory it takes its process down:
 * that is why it has one, and why here this is an error like any other. Only we write SQL: what comes from elsewhere
 * goes in as a parameter (`?`, `$1`), names through `sqlName`.
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
   * Rows as arrays, as they are pulled. Statements run concurrently; leaving its loop ends one. Several
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
const MOST_COMPLAINT = 4000;

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
  const server = new DuckDbProcess(scratch, memoryLimit, signal);
  try {
    await server.request({
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
      const { columns } = (await server.request({ kind: 'start', id, sql, parameters })) as Reply & {
        kind: 'columns';
      };
      for (let first = true; ; first = false) {
        const reply = await server.request({ kind: 'next', id });
        ended = reply.kind === 'end';
        if (reply.kind === 'rows') yield { columns, rows: reply.rows };
        else if (first) yield { columns, rows: [] };
        if (ended) return;
      }
    } finally {
      if (!ended) server.send({ kind: 'stop', id });
    }
  }

  return {
    stream,
    async query(sql, parameters) {
      const result: DuckDbRow[] = [];
      for await (const { columns, rows } of stream(sql, parameters)) {
        for (const row of rows) {
          result.push(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!])));
        }
        if (result.length > MOST_ROWS)
          throw new Error(`a query gave over ${MOST_ROWS} rows; take them from stream()`);
      }
      return result;
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** The child process, and the requests that wait for its replies. */
class DuckDbProcess {
  readonly #child: ChildProcess;
  readonly #scratch: string;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<
    number,
    { resolve: (reply: Reply) => void; reject: (error: unknown) => void }
  >();
  #ids = 0;
  /** It has answered the set-up. */
  #started = false;
  /** The end of what it wrote to its standard error before it started: why it could not. */
  #complaint = '';
  /** Why there will be no more replies. */
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
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (text: Buffer) => {
      if (!this.#started) this.#complaint = (this.#complaint + text.toString()).slice(-MOST_COMPLAINT);
    });
    const abort = () => {
      this.#fail(signal!.reason);
      this.#child.kill('SIGKILL');
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    this.#child.on('message', (reply: Reply) => this.#take(reply));
    this.#gone = new Promise((resolve) => {
      const gone = (how: string) => {
        signal?.removeEventListener('abort', abort);
        this.#fail(this.#started ? outOfMemory(how, memoryLimit) : notStarted(how, this.#complaint));
        rm(scratch, { recursive: true, force: true }).then(resolve, () => resolve());
      };
      // Not at 'exit', when what it wrote may not have come yet.
      this.#child.on('close', (code, name) => gone(name ?? `code ${code}`));
      this.#child.on('error', (error) => this.#child.pid === undefined && gone(error.message));
    });
  }

  newId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  async request(request: Request): Promise<Reply> {
    if (this.#end !== undefined) throw this.#end;
    return await new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.send(request);
    });
  }

  send(request: Request): void {
    // A send that fails is followed by the process's exit, which rejects the requests that wait.
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  #take(reply: Reply): void {
    this.#started = true;
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

const outOfMemory = (how: string, memoryLimit: number): UserError => {
  const limit = `${(memoryLimit / GIB).toFixed(1)} GiB`;
  return new UserError({
    en: `DuckDB's process ended (${how}): most likely memory ran out, with ${limit} for DuckDB. Free memory, or work on fewer rows or columns at once.`,
    zh: `DuckDB 进程已结束（${how}）：很可能是内存不足，分配给 DuckDB 的内存为 ${limit}。请释放内存，或一次处理更少的行或列。`,
  });
};

function notStarted(how: string, complaint: string): UserError {
  // Node writes the line of code, then the error's name and text.
  const line = /^\w*Error\b.*$/m.exec(complaint)?.[0] ?? complaint.trim().split('\n').at(-1) ?? '';
  const cause = line === '' ? how : `${how}: ${line}`;
  return new UserError({
    en: `DuckDB's process could not start (${cause}). Install Gradus again with its dependencies (npm install); check that this system can run programs and has memory left.`,
    zh: `DuckDB 进程无法启动（${cause}）。请重新安装 Gradus 及其依赖（npm install），并确认本系统允许运行程序且有可用内存。`,
  });
}

/**
 * DuckDB's errors begin with their kind. Wrong SQL is ours; all else is caused by the data or the machine: a damaged file shows
 * itself as any kind, "INTERNAL" and "Invalid" among them. What has no kind is an error of our own code over there.
 */
const KIND = /^(?:TProtocolException|[A-Z][\w ]*? Error)\b/;
const OURS = /^(?:Parser|Syntax|Binder|Catalog|Planner|Expression|Dependency|Missing Extension) Error\b/;

function errorOf(message: string, scratch: string): Error {
  const first = message.split('\n\n', 1)[0]!.replaceAll(scratch, 'the temporary folder');
  if (/Out of Memory/i.test(first)) {
    return new UserError({
      en: `DuckDB ran out of memory (${first}). Work on fewer rows or columns at once, or give it more memory.`,
      zh: `DuckDB 内存不足（${first}）。请一次处理更少的行或列，或为其分配更多内存。`,
    });
  }
  return KIND.test(first) && !OURS.test(first)
    ? new UserError({ en: `DuckDB: ${first}`, zh: `DuckDB：${first}` })
    : new Error(`DuckDB: ${first}`);
}
