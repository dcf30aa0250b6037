/**
 * Where an operation is done: the directory of runs with all that belongs to it (registry, datasets, jobs), and who asks. The
 * same operation is done by a command in its own process, by a server that answers a request, and by a worker that has a job.
 */
import { basename, join } from 'node:path';
import { type Language, UserError } from '@gradus/base';
import type { Progress, Recipe } from '@gradus/loop';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { isInside, openInside } from '../datasets/inside.ts';
import { datasetPath, isDatasetAddress } from '../datasets/store.ts';
import { thisUser } from '../registry/audit.ts';

/** Where an operation may write: `path` to open, and `name`, by which the caller knows it. */
export interface Destination {
  readonly path: string;
  readonly name: string;
}

export interface Workspace {
  /** The directory of runs. */
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  /** For the audit log. */
  readonly by: string;
  /** Whether it is whoever runs this machine, and no key that they gave away. */
  readonly isOwner: boolean;
  /** Whether the caller is a request over HTTP: a command may name any file and any run's directory, a request may not. */
  readonly isRequest: boolean;
  /** Of files that people read. */
  readonly language: Language;
  readonly signal: AbortSignal;
  /** Opened at its first use: many operations need none. */
  database(): Promise<Database>;
  progress(now: Progress): void;
  /** What readers open for an address, now. @throws UserError where it may not be read */
  source(address: string): Promise<string>;
  /** The address as a job keeps it until its worker opens it. @throws UserError where it may not be read */
  keptAddress(address: string): Promise<string>;
  /** @param standard Its name, where nobody chose another */
  destination(standard: string): Destination;
  /** How whoever asked can look at a file of a run: a path, or an address of the server. */
  fileOfRun(run: string, file: string): string;
  /** Of an operation that is done as a job. */
  readonly job?: WorkspaceJob;
}

/** What a job must know of itself, so that one that goes on after a crash comes to the same end. */
export interface WorkspaceJob {
  readonly id: number;
  readonly createdAt: string;
  /** The directory of its own files. */
  readonly directory: string;
}

export interface OwnWorkspaceOptions {
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly language?: Language;
  readonly signal?: AbortSignal;
  /** The file or folder that `--out` names. */
  readonly out?: string | undefined;
  onProgress?(now: Progress): void;
}

/** The workspace of a command: it reads what its user may read, and writes where its user says. */
export class OwnWorkspace implements Workspace {
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly by = thisUser();
  readonly isOwner = true;
  readonly isRequest = false;
  readonly language: Language;
  readonly signal: AbortSignal;
  readonly #out: string | undefined;
  readonly #onProgress: ((now: Progress) => void) | undefined;
  #database: Promise<Database> | undefined;
  #wrote = '';

  constructor(options: OwnWorkspaceOptions) {
    this.runs = options.runs;
    this.recipes = options.recipes;
    this.language = options.language ?? 'en';
    this.signal = options.signal ?? new AbortController().signal;
    this.#out = options.out;
    this.#onProgress = options.onProgress?.bind(options);
  }

  database(): Promise<Database> {
    this.#database ??= openDatabase(this.runs);
    return this.#database;
  }

  progress(now: Progress): void {
    this.#onProgress?.(now);
  }

  async source(address: string): Promise<string> {
    if (isDatasetAddress(address)) return datasetPath(this.runs, address);
    // Of a run that a request has had made. A user reads what they like, but not by a link that others have put there.
    if (isInside(address)) await (await openInside(address, this.runs)).close();
    return address;
  }

  keptAddress(address: string): Promise<string> {
    return this.source(address);
  }

  destination(standard: string): Destination {
    const path = this.#out ?? standard;
    this.#wrote = path;
    return { path, name: path };
  }

  /** What the operation wrote; empty where it wrote nothing. */
  get wrote(): string {
    return this.#wrote;
  }

  fileOfRun(run: string, file: string): string {
    return join(this.runs, run, file);
  }

  async close(): Promise<void> {
    // One that could not be opened needs no closing.
    await this.#database?.then((database) => database.destroy()).catch(() => undefined);
  }
}

/** Where a job writes: its own directory; whoever asked fetches it by its name there. */
export const jobDestination = (directory: string, standard: string): Destination => {
  const name = basename(standard);
  return { path: join(directory, name), name };
};

/** How a server names a file of a run. */
export const addressOfRunFile = (run: string, file: string): string => `/v1/runs/${run}/files/${file}`;

/** Of a workspace that answers at once, and keeps no files. */
export function noDestination(): never {
  throw new UserError({
    en: 'This writes a file, so it is done as a job.',
    zh: '此操作会写文件，因此以任务方式执行。',
  });
}
