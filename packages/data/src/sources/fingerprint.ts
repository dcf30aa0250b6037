/**
 * What a source holds, as SHA-256: of each file, and of all as `sha256sum` would list them (`<hash>  <name>` a line, in the
 * order of the names). The same names and contents give the same fingerprint on any machine.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from '@gradus/base';

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** Its last name; of a file in a folder its path from there, with `/` between names. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file as it was when it was read, to see later whether it still is. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

export interface Fingerprint {
  readonly files: readonly SourceFile[];
  readonly sha256: string;
  readonly bytes: number;
}

const AT_ONCE = 4;

export function fingerprintOf(files: readonly SourceFile[]): Fingerprint {
  const hash = createHash('sha256');
  for (const { name, sha256 } of files) hash.update(`${sha256}  ${name}\n`);
  return { files, sha256: hash.digest('hex'), bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/**
 * Reads files and fingerprints them.
 *
 * @param onBytes Gets the number of bytes read since the last call.
 * @throws UserError for a file that cannot be read or changes meanwhile
 */
export async function fingerprintFiles(
  files: readonly { readonly path: string; readonly name: string }[],
  signal?: AbortSignal,
  onBytes?: (count: number) => void,
): Promise<{ fingerprint: Fingerprint; states: readonly FileState[] }> {
  const read: SourceFile[] = [];
  const states: FileState[] = [];
  let next = 0;
  let failed = false;
  const readSome = async () => {
    while (next < files.length && !failed) {
      const index = next++;
      const { path, name } = files[index]!;
      try {
        const state = await stateOf(path);
        const { bytes, sha256 } = await hashOf(path, signal, onBytes);
        if (bytes !== state.size || !isSame(state, await stateOf(path))) throw changed(path);
        read[index] = { path, name, bytes, sha256 };
        states[index] = state;
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, readSome));
  return { fingerprint: fingerprintOf(read), states };
}

/** @throws UserError naming a file that is no longer as it was */
export async function checkStates(
  files: readonly { path: string }[],
  states: readonly FileState[],
): Promise<void> {
  for (const [i, { path }] of files.entries())
    if (!isSame(states[i]!, await stateOf(path))) throw changed(path);
}

export async function stateOf(path: string): Promise<FileState> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw changed(path);
    throw unreadable(path, error);
  });
  return { size: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino };
}

const isSame = (a: FileState, b: FileState): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;

async function hashOf(
  path: string,
  signal: AbortSignal | undefined,
  onBytes: ((count: number) => void) | undefined,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
      hash.update(chunk);
      bytes += chunk.length;
      onBytes?.(chunk.length);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  return { bytes, sha256: hash.digest('hex') };
}

const changed = (path: string): UserError =>
  new UserError({
    en: `${path} changed while it was in use. Wait till it is written, or use a copy of it.`,
    zh: `${path} 在使用过程中发生了变化。请等待写入完成，或使用它的副本。`,
  });

const unreadable = (path: string, error: NodeJS.ErrnoException): UserError =>
  new UserError(
    {
      en: `${path} cannot be read (${error.code ?? error.message}). Check its permissions.`,
      zh: `无法读取 ${path}（${error.code ?? error.message}）。请检查其权限。`,
    },
    { cause: error },
  );
