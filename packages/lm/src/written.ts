/** Files that a file system may not take: the disk is full, a limit is reached, the folder is somebody else's. */
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
