/** Files that are whole or not there: written aside, flushed, renamed. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from './user-error.ts';

/** Replaces the file at `path` in one step; a crash leaves the old one or the new one, never a part. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const aside = `${path}.${process.pid}.part`;
  try {
    const file = openSync(aside, 'w');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw explained(error, dirname(path));
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Free some space',
  EDQUOT: 'your disk quota is used up. Free some space',
  EFBIG: 'the file would be larger than this system allows. Raise the limit (ulimit -f)',
  EACCES: 'you may not write there. Check the permissions',
  EPERM: 'you may not write there. Check the permissions',
  EROFS: 'it is on a read-only disk',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EEXIST: 'a file of that name is in the way',
};

/** An error of the file system, said so that the person who reads it knows what to do; other errors as they are. */
export function explained(error: unknown, directory: string): unknown {
  const cause = CAUSES[(error as NodeJS.ErrnoException)?.code ?? ''];
  if (!cause) return error;
  return new UserError(
    `${directory} cannot be written: ${cause}, or choose another directory with --runs or --out.`,
    {
      cause: error,
    },
  );
}
