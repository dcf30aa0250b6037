/**
 * Files of the directory that requests may have read (`--data`), kept inside it until they are read. A path that was right when a
 * job was asked for may lead elsewhere when a worker opens it: others write that directory, and put a link where a file was. So
 * an address keeps both parts, what may not be left and where the file is in it,
 *
 *     /srv/data//new/reviews.csv
 *
 * and what is opened is checked when it is open: no part of the path behind `//` may be a link, and nothing else may stand in the
 * file's place. Readers, which open a file several times, get a copy of what was opened.
 */
import { createHash } from 'node:crypto';
import { constants, createWriteStream, lstatSync, type Stats } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@gradus/base';
import { explained } from '@gradus/base/files';

const INSIDE = '//';

/** @param path Below the root, by names only */
const insideAddress = (root: string, path: string): string => `${root}${INSIDE}${path}`;

/** Whether an address keeps the directory that its file may not leave. */
export const isInside = (address: string): boolean =>
  !/^[a-z][a-z0-9+.-]*:\/\//i.test(address) && address.includes(INSIDE);

const partsOf = (address: string): readonly [root: string, path: string] => {
  const at = address.indexOf(INSIDE);
  return [resolve(address.slice(0, at) || sep), address.slice(at + INSIDE.length)];
};

/** Files among the runs that hold secrets, or the database. */
const SECRETS = ['.token', 'gradus.db', 'gradus.db-wal', 'gradus.db-shm'];

/**
 * Opens a file inside its directory.
 *
 * @param runs The directory of runs, whose secrets no second name may give away
 * @throws UserError where the path leads elsewhere by now, or to what is no file
 */
export async function openInside(address: string, runs: string): Promise<FileHandle> {
  const [root, below] = partsOf(address);
  const path = join(root, below);
  const names = below.split(/[/\\]/);
  if (names.some((name) => name === '' || name.startsWith('.'))) throw elsewhere(below);
  let file: FileHandle | undefined;
  try {
    // Without waiting for a writer, where it is a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    const isIt = stats.isFile() && (await isAt(file, stats, path)) && !(await isSecret(stats, root, runs));
    if (isIt) return file;
  } catch {
    // It is gone, or a link.
  }
  await file?.close();
  throw elsewhere(below);
}

/** Whether an open file is the one at this path, no part of which is a link. */
async function isAt(file: FileHandle, { dev, ino }: Stats, path: string): Promise<boolean> {
  // Where the system says which file is open, that is the answer. Elsewhere the path is looked at again.
  const opened = await readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);
  if (opened !== undefined) return opened === path;
  const now = await stat(path);
  return (await realpath(path)) === path && now.dev === dev && now.ino === ino;
}

/** Whether a second name (a hard link) stands here for what nobody should read: a secret of ours, or another user's file. */
async function isSecret({ dev, ino, nlink, uid }: Stats, root: string, runs: string): Promise<boolean> {
  if (nlink < 2) return false;
  const secrets = SECRETS.map((name) => lstatSync(join(runs, name), { throwIfNoEntry: false }));
  if (secrets.some((secret) => secret?.dev === dev && secret.ino === ino)) return true;
  return uid !== (await stat(root)).uid;
}

const elsewhere = (path: string): UserError =>
  new UserError({
    en: `"${path.slice(0, 200)}" is no longer a file inside the directory of --data: it is gone, a link, or leads elsewhere. Put the file itself there.`,
    zh: `“${path.slice(0, 200)}”已不再是 --data 目录内的文件：它已不存在、是链接，或指向别处。请将文件本身放在该处。`,
  });

/**
 * Copies a file from inside its directory to where nobody exchanges it.
 *
 * @param directory For the copy; the same address has the same place there
 * @returns the copy, which has the file's own name
 * @throws UserError as `openInside`, and where the file changes meanwhile
 */
export async function copyInside(
  address: string,
  directory: string,
  { runs, signal }: { readonly runs: string; readonly signal?: AbortSignal },
): Promise<string> {
  const file = await openInside(address, runs);
  try {
    const before = await file.stat();
    const folder = join(directory, createHash('sha256').update(address).digest('hex').slice(0, 12));
    const copy = join(folder, basename(address));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rm(copy, { force: true });
    await copied(file, copy, signal);
    const after = await file.stat();
    if (before.size === after.size && before.mtimeMs === after.mtimeMs) return copy;
  } catch (error) {
    throw explained(error, directory);
  } finally {
    await file.close();
  }
  const [, below] = partsOf(address);
  throw new UserError({
    en: `${below} changed while it was in use. Wait till it is written, or use a copy of it.`,
    zh: `${below} 在使用过程中发生了变化。请等待写入完成，或使用它的副本。`,
  });
}

async function copied(file: FileHandle, copy: string, signal: AbortSignal | undefined): Promise<void> {
  // Where the file system shares blocks, a copy costs nothing.
  const isShared = await copyFile(`/proc/self/fd/${file.fd}`, copy, constants.COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (isShared) return;
  await pipeline(
    file.createReadStream({ autoClose: false, start: 0 }),
    createWriteStream(copy, { mode: 0o600 }),
    { ...(signal && { signal }) },
  );
}

/** @returns the address of a file below a directory, both without links */
export const addressBelow = (root: string, path: string): string =>
  insideAddress(root, relative(root, path).split(sep).join('/'));
