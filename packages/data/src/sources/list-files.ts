/**
 * The files of a folder, and of the folders in it, or those that a glob matches: in the order of their names, without
 * hidden ones, and without what links lead to outside of the folder.
 */
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { type Glob, glob } from './glob.ts';

export interface ListedFile {
  /** Absolute, links followed. */
  readonly path: string;
  /** From the folder on, with `/` between names. */
  readonly name: string;
  readonly size: number;
}

export interface LeftOut {
  readonly name: string;
  readonly reason: Localized;
}

export interface Listing {
  /** Absolute, links followed. */
  readonly folder: string;
  readonly files: readonly ListedFile[];
  readonly leftOut: readonly LeftOut[];
}

export interface ListOptions {
  /** Files that may match. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
}

/** Entries looked at in search of those that match. */
const MOST_SEEN = 2_000_000;

/** @throws UserError where there is no such folder, or it holds too many files */
export function listFolder(path: string, options: ListOptions): Promise<Listing> {
  return list(path, path, undefined, options);
}

/** @throws UserError where there is no such folder, or too many files match */
export function listGlob(path: string, options: ListOptions): Promise<Listing> {
  const pattern = glob(resolve(path).split(sep).join('/'));
  return list(pattern.base, path, pattern, options);
}

async function list(
  folder: string,
  address: string,
  pattern: Glob | undefined,
  { most, signal }: ListOptions,
): Promise<Listing> {
  const root = await realpath(folder).catch(() => {
    throw new UserError({
      en: `There is no folder ${folder}. Check the path.`,
      zh: `没有文件夹 ${folder}。请检查路径。`,
    });
  });
  const names = await namesBelow(root, pattern, signal, (count) => {
    if (count <= most) return;
    throw new UserError({
      en: `${address} holds over ${most} files. Name a part of them.`,
      zh: `${address} 包含超过 ${most} 个文件。请只指定其中一部分。`,
    });
  });
  const files: ListedFile[] = [];
  const leftOut: LeftOut[] = [];
  for (const name of names.sort()) {
    signal?.throwIfAborted();
    const target = await realpath(join(root, name)).catch(() => undefined);
    const stats = target === undefined ? undefined : await stat(target).catch(() => undefined);
    const reason =
      target === undefined || stats === undefined
        ? REASONS.nothing
        : !isInside(target, root)
          ? REASONS.outside
          : stats.isFile()
            ? undefined
            : REASONS.noFile;
    if (reason !== undefined) leftOut.push({ name, reason });
    else files.push({ path: target!, name, size: stats!.size });
  }
  return { folder: root, files, leftOut };
}

const REASONS = {
  nothing: { en: 'it is a link to nothing', zh: '链接的目标不存在' },
  outside: {
    en: 'it is a link to outside of the folder, which is not followed',
    zh: '链接指向文件夹之外，不予读取',
  },
  noFile: { en: 'it is not a regular file', zh: '不是普通文件' },
} as const satisfies Record<string, Localized>;

export const isInside = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Names of all that is no folder; links to folders are not entered. */
async function namesBelow(
  root: string,
  pattern: Glob | undefined,
  signal: AbortSignal | undefined,
  check: (count: number) => void,
): Promise<string[]> {
  const names: string[] = [];
  let seen = 0;
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entry of await entriesOf(join(root, folder))) {
      signal?.throwIfAborted();
      seen += 1;
      if (seen > MOST_SEEN) {
        throw new UserError({
          en: `${root} holds over ${MOST_SEEN} files and folders to search. Begin the pattern with more folder names.`,
          zh: `${root} 中需要查找的文件和文件夹超过 ${MOST_SEEN} 个。请在模式开头写出更多文件夹名。`,
        });
      }
      if (entry.name.startsWith('.')) continue;
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (pattern?.mayMatchBelow(name) ?? true) folders.push(name);
      } else if (pattern?.matches(name) ?? true) {
        names.push(name);
        check(names.length);
      }
    }
  }
  return names;
}

/** @throws UserError where the folder cannot be opened */
async function entriesOf(folder: string) {
  return await opendir(folder).catch(async (error: NodeJS.ErrnoException) => {
    const stats = await lstat(folder).catch(() => undefined);
    if (stats && !stats.isDirectory()) return [];
    throw new UserError(
      {
        en: `The folder ${folder} cannot be read (${error.code}). Check its permissions.`,
        zh: `无法读取文件夹 ${folder}（${error.code}）。请检查其权限。`,
      },
      { cause: error },
    );
  });
}
