/** Files that a file system may not take: the disk is full, a limit is reached, the folder is somebody else's. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { UserError } from '@gradus/base';

/** Runs `action`, which writes to `path`. @throws UserError that names the path, where the file system does not take it */
export function written<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new UserError(
      { en: `${path} cannot be written: ${error.message}`, zh: `无法写入 ${path}：${error.message}` },
      { cause: error },
    );
  }
}

/** A folder that is complete or absent: it is written as `made`, and renamed. @throws UserError where the file system does not take it */
export function completeFolder(out: string, made: string, write: (folder: string) => void): void {
  rmSync(made, { recursive: true, force: true });
  try {
    written(out, () => {
      mkdirSync(made, { recursive: true });
      write(made);
      renameSync(made, out);
    });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
