/**
 * Where a training stands, on disk: everything that the next step depends on. It is written aside and renamed, so that a process that
 * is killed leaves the one before; and it says of which training it is.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { readSafetensors, writeSafetensors } from '@gradus/engine';
import type { TrainerState } from '@gradus/nn';
import { z } from 'zod';
import { written } from '../written.ts';

export interface Checkpoint<Measured> {
  readonly state: TrainerState;
  /** The loss of each batch so far. */
  readonly losses: readonly number[];
  /** What was measured before: plain data, of whichever kind the training is. */
  readonly before: Measured;
}

const ABOUT = z.object({
  fingerprint: z.string(),
  step: z.int().min(0),
  losses: z.array(z.number()),
  before: z.unknown(),
});

const FILE = 'checkpoint.safetensors';

/** @throws UserError where the file system does not take it, such as a full disk; the one before stays */
export function writeCheckpoint<Measured>(
  folder: string,
  fingerprint: string,
  checkpoint: Checkpoint<Measured>,
): void {
  const { state, losses, before } = checkpoint;
  const about = JSON.stringify({ fingerprint, step: state.step, losses, before });
  const path = join(folder, FILE);
  try {
    written(path, () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path}.partial`, writeSafetensors(state.arrays, { about }), { flush: true });
      renameSync(`${path}.partial`, path);
    });
  } finally {
    rmSync(`${path}.partial`, { force: true });
  }
}

/** @throws UserError where it is of another training */
export function readCheckpoint<Measured>(
  folder: string,
  fingerprint: string,
): Checkpoint<Measured> | undefined {
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
  // Of the same training, so of its kind.
  return { state: { step, arrays: tensors }, losses, before: before as Measured };
}
