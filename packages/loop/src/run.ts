/**
 * A run: one passage of a recipe through its steps, and the directory that it leaves behind.
 */
import type { Localized, Random } from '@gradus/base';
import type { Artifact } from './artifact.ts';
import type { FoundRun } from './run-record.ts';
import type { RunSource } from './sources.ts';

/** What a recipe's step gets to work with. */
export interface RunContext<Options = unknown> {
  readonly id: string;
  readonly options: Options;
  readonly seed: number;
  /** What the run is made from, by the names in `Recipe.takes`; optional sources that were not named are absent. */
  readonly sources: Readonly<Record<string, RunSource>>;
  /** Corrections to learn from, when this run is a retraining; else empty. Validated against `Service.correction`. */
  readonly corrections: readonly unknown[];
  /** The newest corrections, held out: this run and its parent are compared on them, so nothing may be learnt from them. */
  readonly recent: readonly unknown[];
  /** The run that this one retrains: it holds out the same rows, else the two could not be compared. */
  readonly parent: FoundRun | undefined;
  /** Finished runs of the same recipe beside this one, the latest first: to see what has changed since. */
  readonly earlier: readonly FoundRun[];
  /** Where the run's files are written. It is moved to runs/<id> when all steps are done. */
  readonly directory: string;
  /** A stream of chance for this step, derived from the run's seed and the step's name. */
  readonly random: Random;
  /** Aborted on Ctrl-C. Long work checks it at least every second or so and throws `signal.reason`. */
  readonly signal: AbortSignal;
  /** Reports the progress of the current step; without `total` the remaining time is unknown. */
  progress(what: Localized, done: number, total?: number): void;
  /** One line of metrics.jsonl. */
  metric(line: Readonly<Record<string, number | string>>): void;
  /**
   * Keeps and finds again the state of long work inside a step (a training loop's epoch, say), so that a killed
   * run resumes in mid-step. Saved atomically; gone when the step is done.
   */
  readonly checkpoint: {
    save(state: unknown): void;
    load(): unknown | undefined;
  };
  /**
   * A large thing (weights, an index) as a file beside the checkpoints instead of a value in one: written by a step, read by
   * later ones and after a crash. Gone when the run is done; what shall stay is written into `directory`.
   */
  artifact(name: string): Artifact;
}
