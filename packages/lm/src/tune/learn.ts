/**
 * The course of any training: measured before, trained step by step, measured after; a checkpoint each minute, from which a process
 * that was stopped or killed goes on to the same result; the result complete or absent.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random, UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { Parameter } from '@gradus/nn';
import { completeFolder } from '../written.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import type { CheckedOptions, TuneOptions, TunePlan, TuneResult } from './options.ts';
import { scheduled, type TracedLoss, trainerOf } from './trainer.ts';

/** One training: what it makes smaller, on which batches, and how it is judged. `Measured` is plain data. */
export interface Learning<Measured> {
  readonly plan: TunePlan;
  /** Of the examples and options: what a checkpoint must be of. */
  readonly fingerprint: string;
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly loss: TracedLoss;
  /** Batches that make up one step. */
  readonly accumulate: number;
  readonly learningRate: number;
  batchAt(n: number, before: Measured): Readonly<Record<string, HostTensor>>;
  measure(when: 'before' | 'after'): Promise<Measured>;
  judge(before: Measured, after: Measured): Pick<TuneResult, 'held' | 'memorised'>;
  /** Writes the result into a folder that is there. */
  write(folder: string): void;
}

type How = Omit<TuneOptions, keyof CheckedOptions>;

export async function learn<Measured>(
  learning: Learning<Measured>,
  options: CheckedOptions,
  { out, dryRun, threads, signal, checkpointEvery = 60, onPlan, onStep }: How,
): Promise<TuneResult | TunePlan> {
  const began = performance.now();
  const { plan, parameters, accumulate } = learning;
  const { steps } = plan;
  onPlan?.(plan);
  if (dryRun) return plan;
  const unfinished = `${out}.unfinished`;
  const fingerprint = learning.fingerprint;
  const found = readCheckpoint<Measured>(unfinished, fingerprint);
  const before = found?.before ?? (await learning.measure('before'));
  const losses = [...(found?.losses ?? [])];
  const trainer = trainerOf(
    learning.loss,
    parameters,
    {
      learningRate: scheduled(learning.learningRate, steps),
      weightDecay: options.weightDecay,
      accumulate,
      clipNorm: options.clipNorm,
      seed: options.seed,
      threads,
      recompute: options.recompute,
    },
    found?.state,
  );
  try {
    let kept = performance.now();
    const save = () => writeCheckpoint(unfinished, fingerprint, { state: trainer.state(), losses, before });
    if (!found) save();
    for (let batch = trainer.steps; batch < steps * accumulate; batch++) {
      if (signal?.aborted) {
        save();
        signal.throwIfAborted();
      }
      const { loss } = await trainer.step({ ...learning.batchAt(batch, before) });
      losses.push(loss!);
      const ends = (batch + 1) % accumulate === 0;
      if (ends) onStep?.({ step: (batch + 1) / accumulate, steps, loss: meanOf(losses.slice(-accumulate)) });
      if (performance.now() - kept >= checkpointEvery * 1000) {
        save();
        kept = performance.now();
      }
    }
    trainer.sync();
  } finally {
    await trainer.close();
  }
  const after = await learning.measure('after');
  const result: TuneResult = {
    ...plan,
    out,
    losses: Array.from({ length: steps }, (_, i) =>
      meanOf(losses.slice(i * accumulate, (i + 1) * accumulate)),
    ),
    ...learning.judge(before, after),
    seconds: (performance.now() - began) / 1000,
  };
  completeFolder(out, join(unfinished, 'result'), (folder) => {
    learning.write(folder);
    writeFileSync(
      join(folder, 'tuning.json'),
      `${JSON.stringify({ ...result, shown: undefined }, undefined, 2)}\n`,
    );
  });
  rmSync(unfinished, { recursive: true, force: true });
  return result;
}

/** @throws UserError where something is in the place */
export function requireFree(out: string): void {
  if (!existsSync(out)) return;
  throw new UserError({
    en: `${out} is already there. Choose another place with --out`,
    zh: `${out} 已存在。请用 --out 指定其他位置`,
  });
}

/** Which of `count` examples are held out: some at least, and no more than are needed to judge. */
export function heldOutOf(
  count: number,
  { heldOut, seed }: CheckedOptions,
  most = MOST_HELD_OUT,
): Set<number> {
  const order = new Random(seed).fork('held out').permutation(count);
  return new Set(order.subarray(0, Math.min(most, Math.max(2, Math.round(count * heldOut)))));
}
const MOST_HELD_OUT = 200;

export const countOf = (parameters: ReadonlyMap<string, Parameter>): number =>
  [...parameters.values()].reduce(
    (sum, { shape }) => sum + (shape as readonly number[]).reduce((a, b) => a * b, 1),
    0,
  );

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
