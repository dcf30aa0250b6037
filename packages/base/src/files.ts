/** Files that are complete or absent: written to a temporary file, flushed, renamed. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Localized } from './localized.ts';
import { UserError } from './user-error.ts';

/**
 * Replaces the file at `path` in one step; a crash leaves the old file or the new one, never a mixture.
 *
 * @param content whole, or in parts, which need not fit into memory together
 */
export function writeWhole(path: string, content: string | Uint8Array | Generator<string>): void {
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = openSync(temporary, 'w');
    try {
      if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(file, content);
      else for (const part of joinedTo(PART, content)) writeFileSync(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explained(error, dirname(path));
  }
}

/** Characters that are written at once. */
const PART = 1 << 20;

function* joinedTo(length: number, parts: Iterable<string>): Generator<string> {
  let joined = '';
  for (const part of parts) {
    joined += part;
    if (joined.length < length) continue;
    yield joined;
    joined = '';
  }
  yield joined;
}

const CAUSES: Readonly<Record<string, Localized>> = {
  ENOSPC: { en: 'the disk is full. Free some space', zh: '磁盘已满。请清理空间' },
  EDQUOT: { en: 'your disk quota is used up. Free some space', zh: '磁盘配额已用完。请清理空间' },
  EFBIG: {
    en: 'the file would be larger than this system allows. Raise the limit (ulimit -f)',
    zh: '文件将超过系统允许的大小。请提高上限（ulimit -f）',
  },
  EACCES: { en: 'you may not write there. Check the permissions', zh: '没有写入权限。请检查权限' },
  EPERM: { en: 'you may not write there. Check the permissions', zh: '没有写入权限。请检查权限' },
  EROFS: { en: 'it is on a read-only disk', zh: '它位于只读磁盘上' },
  ENOTDIR: { en: 'a part of the path is a file, not a directory', zh: '路径中的某一段是文件而不是目录' },
  EEXIST: { en: 'a file of that name is in the way', zh: '已有同名文件' },
};

/** An error of the file system with its cause and the way out in words; other errors as they are. */
export function explained(error: unknown, directory: string): unknown {
  const cause = CAUSES[(error as NodeJS.ErrnoException)?.code ?? ''];
  if (!cause) return error;
  return new UserError(
    {
      en: `${directory} cannot be written: ${cause.en}, or choose another directory with --runs or --out.`,
      zh: `无法写入 ${directory}：${cause.zh}，或用 --runs 或 --out 选择其他目录。`,
    },
    { cause: error },
  );
}
