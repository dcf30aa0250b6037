/**
 * What there is to learn since a champion was made: corrections, and rows added to the end of its file. The newest corrections are
 * held back, where there are enough of them: how old and new model do on those is how they would do now.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { resolveSource } from '@gradus/data';
import { type FoundRun, readSourceFiles, type SourceFile } from '@gradus/loop';
import type { OpenSource } from '../datasets/opened-sources.ts';

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

/** What a run's sources hold now. */
export interface SourcesNow {
  /** Something was added to the end of one of them. */
  readonly grown: boolean;
  /** The same for the same content. */
  readonly fingerprint: string;
}

export const fingerprintOf = ({ sources }: Pick<FoundRun, 'sources'>): string =>
  Object.values(sources)
    .map(({ sha256 }) => sha256)
    .join(' ');

/**
 * Whether a run's sources are as they were, or have grown: a file, a database's table or an object begins with what it was; a
 * folder holds the same files and others behind them. What lies elsewhere is copied to be looked at.
 *
 * @param source Opens a source's address
 * @throws UserError where a source is gone, or changed otherwise: then no rows are unknown to both models
 */
export async function sourcesNow(
  run: FoundRun,
  {
    signal,
    source = async (address) => address,
  }: { readonly signal?: AbortSignal | undefined; readonly source?: OpenSource } = {},
): Promise<SourcesNow> {
  const known = readSourceFiles(run.directory);
  const directory = mkdtempSync(join(tmpdir(), 'gradus-sources-'));
  try {
    const changed = (address: string) =>
      new UserError({
        en: `${address} has changed since ${run.id} was made from it, and not by rows added to its end, so old and new model could not be compared on the same rows. Make a new run from it.`,
        zh: `${address} 在生成 ${run.id} 之后发生了变化，而且不是在末尾添加行，因此无法在相同的行上比较新旧模型。请用它重新生成一次运行。`,
      });
    let grown = false;
    const hashes: string[] = [];
    for (const [name, { kind, address, bytes, sha256 }] of Object.entries(run.sources)) {
      if (kind === 'preset') {
        hashes.push(sha256);
        continue;
      }
      if (isLocal(kind) && !existsSync(address.replace(/#[^#/]*$/, '')) && kind !== 'glob') {
        throw new UserError({
          en: `The file that ${run.id} was made from is gone: ${address}. Put it back, or make a new run.`,
          zh: `生成 ${run.id} 所用的文件不见了：${address}。请放回原处，或重新生成一次运行。`,
        });
      }
      const now = await resolveSource(await source(address), {
        directory: join(directory, name),
        ...(signal && { signal }),
      });
      const files = known[name];
      const same = files
        ? beginsWithFiles(now.files, files)
        : now.files.length === 1 && (await beginsWith(now.files[0]!.path, bytes, sha256));
      if (!same) throw changed(address);
      hashes.push(kind === 'file' ? now.files[0]!.sha256 : now.sha256);
      grown ||= now.bytes > bytes || (files !== undefined && now.files.length > files.length);
    }
    return { grown, fingerprint: hashes.join(' ') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const isLocal = (kind: string): boolean => kind !== 'postgres' && kind !== 's3';

/** Rows are numbered through all files in order, so new files must come after the old ones. */
function beginsWithFiles(now: readonly SourceFile[], then: readonly SourceFile[]): boolean {
  return then.every(({ name, sha256 }, i) => now[i]?.name === name && now[i].sha256 === sha256);
}

/** Whether the first bytes of a file have this hash. */
async function beginsWith(path: string, bytes: number, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  let read = 0;
  if (bytes > 0) {
    for await (const chunk of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      read += chunk.length;
    }
  }
  return read === bytes && hash.digest('hex') === sha256;
}
