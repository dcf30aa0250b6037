/**
 * What there is to learn since a champion was made: corrections, and rows added to the end of its file. The newest corrections are
 * held back, where there are enough of them: how old and new model do on those is how they would do now.
 */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { type FoundRun, mainSourceOf } from '@gradus/loop';

/** The share of the new corrections that is held back, and how many it must come to. */
const HELD_BACK = 0.3;
const FEWEST_HELD_BACK = 30;

/** Which corrections a challenger learns, by id; plain data, so that a job can keep it. */
export interface Split {
  /** The last that it learns from, and the last that it is compared on. */
  readonly learnt: number;
  readonly seen: number;
}

/** @param ids Of all corrections, in order. @param before The last that an earlier challenger has seen */
export function splitCorrections(ids: readonly number[], before: number): Split {
  const seen = ids.at(-1) ?? 0;
  const fresh = ids.filter((id) => id > before);
  const held = Math.floor(HELD_BACK * fresh.length);
  return { seen, learnt: held < FEWEST_HELD_BACK ? seen : (fresh.at(-held - 1) ?? 0) };
}

/**
 * Whether a run's file is as it was, or has grown: what it was is what it begins with.
 *
 * @returns its hash now. @throws UserError where it is gone, or changed otherwise: there are no rows then that neither model knows
 */
export async function fileNow(run: FoundRun): Promise<{ grown: boolean; sha256: string }> {
  const { id } = run;
  const { address: path, bytes, sha256 } = mainSourceOf(run);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new UserError({
      en: `The file that ${id} was made from is gone: ${path}. Put it back, or make a new run.`,
      zh: `生成 ${id} 所用的文件已不在：${path}。请将其放回，或重新运行。`,
    });
  }
  const was = createHash('sha256');
  const is = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    if (read < bytes) was.update(chunk.subarray(0, bytes - read));
    is.update(chunk);
    read += chunk.length;
  }
  if (was.digest('hex') !== sha256) {
    throw new UserError({
      en: `${path} has changed since ${id} was made from it, and not by rows added to its end, so old and new model could not be compared on the same rows. Make a new run from it.`,
      zh: `自 ${id} 生成以来，${path} 已发生变化，且不只是在末尾增加了行，因此无法在相同的行上比较新旧模型。请用它重新运行。`,
    });
  }
  return { grown: read > bytes, sha256: is.digest('hex') };
}
