/** Files that are small enough to hold: their bytes, and what is wrong where there are none. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { UserError } from '@gradus/base';

/** A pipe would be waited for without end. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const UNLINKED = FLAGS | (constants.O_NOFOLLOW ?? 0);

/** The bytes of a file that the user named. @throws UserError naming the file */
export function readBytes(path: string, most: number): Uint8Array {
  try {
    const file = openSync(path, FLAGS);
    try {
      const bytes = room(fstatSync(file), most);
      for (let at = 0; at < bytes.length; ) at += some(readSync(file, bytes, at, bytes.length - at, at));
      return bytes;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UserError(`${path}: ${reasonOf(error)}`);
  }
}

/** The bytes of a file that was found in a folder: no link, which might lead out of it. @throws Error the reason, in one line */
export async function readUnlinked(path: string, most: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, UNLINKED);
    const bytes = room(await file.stat(), most);
    for (let at = 0; at < bytes.length; )
      at += some((await file.read(bytes, at, bytes.length - at, at)).bytesRead);
    return bytes;
  } catch (error) {
    throw new Error(reasonOf(error));
  }
}

function room(found: Stats, most: number): Uint8Array {
  if (!found.isFile()) throw new Error(NO_FILE);
  if (found.size > most) throw new Error(`has ${found.size} bytes; expected at most ${most}`);
  return new Uint8Array(found.size);
}

function some(bytesRead: number): number {
  if (bytesRead === 0) throw new Error('became shorter while it was being read');
  return bytesRead;
}

const NO_FILE = 'a link or a folder, not a file';
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'there is no such file; check the path',
  ELOOP: NO_FILE,
  ENXIO: NO_FILE,
};

/** Why a file or folder cannot be read. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return REASONS[code] ?? `cannot be read (${code}); check its permissions`;
}
