/**
 * Where a training stands, on disk: everything that the next step depends on. It is written aside and renamed, so that a process that
 * is killed leaves the one before; and it says of which training it is.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readSafetensors, writeSafetensors } from '@gradus/engine';
import type { TrainerState } from '@gradus/nn';
import { z } from 'zod';
import type { ExampleLoss } from './held-out.ts';

export interface Checkpoint {
  readonly state: TrainerState;
  /** The loss of each batch so far. */
  readonly losses: readonly number[];
  readonly before: readonly ExampleLoss[];
}

const ABOUT = z.object({
  fingerprint: z.string(),
  step: z.int().min(0),
  losses: z.array(z.number()),
  before: z.array(z.object({ loss: z.number(), tokens: z.number() })),
});

const FILE = 'checkpoint.safetensors';

export function writeCheckpoint(folder: string, fingerprint: string, checkpoint: Checkpoint): void {
  const { state, losses, before } = checkpoint;
  mkdirSync(folder, { recursive: true });
  const about = JSON.stringify({ fingerprint, step: state.step, losses, before });
  const path = join(folder, FILE);
  writeFileSync(`${path}.partial`, writeSafetensors(state.arrays, { about }), { flush: true });
  renameSync(`${path}.partial`, path);
}

/** @throws UserError where it is of another training */
export function readCheckpoint(folder: string, fingerprint: string): Checkpoint | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  const { tensors, metadata } = readSafetensors(readFileSync(path));
  const { step, losses, before, ...about } = ABOUT.parse(JSON.parse(metadata.about ?? '{}'));
  if (about.fingerprint !== fingerprint) {
    throw new UserError({
      en: `${folder} holds a training that was stopped, of other data or with other options. Call it as it was called then to go on with it, or delete the folder`,
      zh: `${folder} 中有一次中断的训练，但数据或选项不同。若要继续，请按当时的方式调用；否则请删除该文件夹`,
    });
  }
  return { state: { step, arrays: tensors }, losses, before };
}
