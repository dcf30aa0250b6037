/** Files that are small enough to hold in memory: their bytes, or what is wrong with them. */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Localized, UserError } from '@gradus/base';

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
    const { en, zh } = reasonOf(error);
    throw new UserError({ en: `${path}: ${en}`, zh: `${path}：${zh}` }, { cause: error });
  }
}

/** The bytes of a file of a folder, unless it is a link, which might lead out of it. @throws UserError the reason, without the path */
export async function readUnlinked(path: string, most: number): Promise<Uint8Array> {
  try {
    await using file = await open(path, UNLINKED);
    const bytes = room(await file.stat(), most);
    for (let at = 0; at < bytes.length; )
      at += some((await file.read(bytes, at, bytes.length - at, at)).bytesRead);
    return bytes;
  } catch (error) {
    throw new UserError(reasonOf(error), { cause: error });
  }
}

function room(stats: Stats, most: number): Uint8Array {
  if (!stats.isFile()) throw new UserError(NO_FILE);
  if (stats.size > most)
    throw new UserError({
      en: `has ${stats.size} bytes; expected at most ${most}`,
      zh: `有 ${stats.size} 字节；最多 ${most} 字节`,
    });
  return new Uint8Array(stats.size);
}

function some(bytesRead: number): number {
  if (bytesRead === 0)
    throw new UserError({ en: 'became shorter while it was being read', zh: '在读取过程中变短' });
  return bytesRead;
}

const NO_FILE: Localized = { en: 'a link or a folder, not a file', zh: '是链接或文件夹，不是文件' };
const ABSENT: Localized = { en: 'there is no such file; check the path', zh: '没有该文件；请检查路径' };
const REASONS: Readonly<Record<string, Localized>> = {
  ENOENT: ABSENT,
  ENOTDIR: ABSENT,
  ELOOP: NO_FILE,
  ENXIO: NO_FILE,
};

/** Why a file or folder cannot be read. */
export function reasonOf(error: unknown): Localized {
  if (error instanceof UserError) return error.localized;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return { en: message, zh: message };
  return (
    REASONS[code] ?? {
      en: `cannot be read (${code}); check its permissions`,
      zh: `无法读取（${code}）；请检查其权限`,
    }
  );
}
