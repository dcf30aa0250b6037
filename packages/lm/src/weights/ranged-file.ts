/** A file of which ranges are read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { UserError } from '@gradus/base';

/** The operating system moves less than 2 GB at once. */
const CHUNK = 2 ** 30;

export class RangedFile {
  readonly path: string;
  readonly size: number;
  readonly #file: number;

  /** @throws UserError where it cannot be opened */
  constructor(path: string) {
    this.path = path;
    try {
      this.#file = openSync(path, 'r');
    } catch (error) {
      throw unreadable(path, error);
    }
    const stat = fstatSync(this.#file);
    if (!stat.isFile()) {
      closeSync(this.#file);
      throw unreadable(path, new Error('it is no file'));
    }
    this.size = stat.size;
  }

  /**
   * Bytes `from` to `to`.
   * @param into where they are put, if it is as long; default: memory of their own
   * @throws UserError where the file ends before
   */
  read(from: number, to: number, into = new Uint8Array(to - from)): Uint8Array<ArrayBuffer> {
    if (to > this.size) {
      throw new UserError({
        en: `${this.path} is cut off: it has ${this.size} bytes, and a part of it should end at ${to}. Copy or download it again`,
        zh: `${this.path} 不完整：只有 ${this.size} 字节，而其中一部分应在第 ${to} 字节结束。请重新复制或下载`,
      });
    }
    const bytes = into.subarray(0, to - from);
    for (let done = 0; done < bytes.length; ) {
      const got = readSync(this.#file, bytes, done, Math.min(bytes.length - done, CHUNK), from + done);
      if (got === 0) throw unreadable(this.path, new Error('it ended while it was read'));
      done += got;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function unreadable(path: string, cause: unknown): UserError {
  const { message } = cause as Error;
  return new UserError(
    { en: `${path} cannot be read: ${message}`, zh: `无法读取 ${path}：${message}` },
    { cause },
  );
}
