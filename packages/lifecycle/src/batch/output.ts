/**
 * A long output that is whole or not there, and goes on after a crash: what is written grows in `<path>.part`; now and then
 * all of it is flushed and a state is kept that says how long the part was and what it was written from. A crash loses what came
 * after, which is cut off and made again.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { explained, writeWhole } from '@gradus/base/files';

export interface Kept<State> {
  readonly lengths: readonly number[];
  readonly state: State;
}

export class ResumableOutput<State> {
  readonly #paths: readonly string[];
  readonly #statePath: string;
  readonly #pending: string[];
  #lengths: number[];

  /** @param paths The files that are written together. The state lies beside the first. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#statePath = `${paths[0]}.part-state`;
    this.#pending = paths.map(() => '');
    this.#lengths = paths.map(() => 0);
  }

  /**
   * What was kept, where it fits: the files are as they were then. Else they are empty.
   *
   * @param fits Whether it was written from the same things
   */
  resume(fits: (state: State) => boolean): State | undefined {
    const kept = this.#kept();
    const whole = kept && this.#paths.every((path) => existsSync(part(path))) && fits(kept.state);
    this.#lengths = this.#paths.map((_, i) => (whole ? kept.lengths[i]! : 0));
    for (const [i, path] of this.#paths.entries()) {
      if (existsSync(part(path))) truncateSync(part(path), this.#lengths[i]!);
    }
    return whole ? kept.state : undefined;
  }

  add(file: number, text: string): void {
    this.#pending[file] += text;
  }

  /** Writes what was added, and keeps the state that it makes. */
  keep(state: State): void {
    try {
      for (const [i, path] of this.#paths.entries()) {
        const text = this.#pending[i]!;
        const file = openSync(part(path), 'a');
        try {
          appendFileSync(file, text);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        this.#pending[i] = '';
        this.#lengths[i] = this.#lengths[i]! + Buffer.byteLength(text);
      }
    } catch (error) {
      throw explained(error, this.#paths[0]!);
    }
    writeWhole(this.#statePath, JSON.stringify({ lengths: this.#lengths, state } satisfies Kept<State>));
  }

  /** Gives the files their names, the first of them last. */
  finish(): void {
    for (const path of this.#paths.toReversed()) renameSync(part(path), path);
    rmSync(this.#statePath, { force: true });
  }

  #kept(): Kept<State> | undefined {
    try {
      return JSON.parse(readFileSync(this.#statePath, 'utf8')) as Kept<State>;
    } catch {
      return undefined;
    }
  }
}

const part = (path: string): string => `${path}.part`;
