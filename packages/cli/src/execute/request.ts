/** What is to be done, and what came of it. */
import type { Operation } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import type { Terminal } from '../terminal.ts';

export interface Request {
  readonly operation: Operation;
  readonly input: unknown;
  readonly terminal: Terminal;
  readonly recipes: readonly Recipe[];
  readonly runs: string;
  /** What `--out` names. */
  readonly out: string | undefined;
}

export interface Done {
  readonly output: unknown;
  /** The file or folder that was written; empty where none was. */
  readonly wrote: string;
}
