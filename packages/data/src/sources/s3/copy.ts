/**
 * What an S3 address names, copied into a folder: one object; the objects of a folder (`s3://bucket/exports/`); those that a
 * glob matches (`s3://bucket/exports/*.csv`). The copy has the names of the keys, below the folder that they share.
 */
import { mkdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { glob, isGlob } from '../glob.ts';
import type { LeftOut } from '../list-files.ts';
import { parseS3Address, type S3Address, s3Url } from './address.ts';
import { downloadObject, LARGEST_OBJECT } from './download.ts';
import { listObjects, type S3Object } from './list.ts';
import { header, S3Client, S3FailureError, type S3Response } from './requests.ts';
import { s3Settings } from './settings.ts';

export interface S3Copy {
  /** Absolute: the file, or the folder that the files are in. */
  readonly path: string;
  readonly isFolder: boolean;
  /** What stands after `#`, and is no end of a key. */
  readonly part?: string;
  /** In the order of their names, which for files of a folder begin below it. */
  readonly files: readonly {
    readonly path: string;
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
  }[];
  /** Objects whose keys cannot be names of files here. */
  readonly leftOut: readonly LeftOut[];
}

export interface S3CopyOptions {
  /** Objects that may be copied. */
  readonly most: number;
  readonly signal?: AbortSignal | undefined;
  onProgress?: ((bytes: number, total: number) => void) | undefined;
}

const AT_ONCE = 8;
/** Keys looked at in search of those that match. */
const MOST_LISTED = 2_000_000;
/** Of a name, in bytes, on usual file systems. */
const LONGEST_NAME = 240;

/**
 * @param into A folder that exists, where the copy is made under the address's last name.
 * @throws UserError that says what is wrong; what was copied until then is the caller's to remove
 */
export async function copyFromS3(address: string, into: string, options: S3CopyOptions): Promise<S3Copy> {
  const at = parseS3Address(address);
  const client = new S3Client(s3Settings());
  try {
    return await copied(client, at, into, options);
  } finally {
    client.close();
  }
}

async function copied(
  client: S3Client,
  at: S3Address,
  into: string,
  options: S3CopyOptions,
): Promise<S3Copy> {
  const { bucket, key } = at;
  const { signal } = options;
  if (key === '' || key.endsWith('/')) return copyAll(client, at, at, () => true, into, options);
  // Keys may hold # and wildcards: what there is by that very key comes first.
  const whole = await opened(client, at, signal);
  if (!(whole instanceof S3FailureError)) return copyObject(client, at, whole, into, options);
  const part = /#([^/#]*)$/.exec(key);
  if (part) {
    const object = { bucket, key: key.slice(0, part.index) };
    const response = await opened(client, object, signal);
    if (response instanceof S3FailureError) throw client.explain(response, object);
    return { ...(await copyObject(client, object, response, into, options)), part: part[1]! };
  }
  if (isGlob(key)) {
    const pattern = glob(key);
    const base = { bucket, key: pattern.base === '' ? '' : `${pattern.base}/` };
    return copyAll(client, at, base, pattern.matches, into, options);
  }
  if (whole.failure.code !== 'NoSuchKey' && whole.failure.status !== 404) throw client.explain(whole, at);
  const folder = { bucket, key: `${key}/` };
  for await (const page of listObjects(client, folder, signal))
    if (page.length > 0) return copyAll(client, folder, folder, () => true, into, options);
  throw client.explain(whole, at);
}

/** @returns the failure where there is no such object, or the keys do not allow to know */
async function opened(
  client: S3Client,
  at: S3Address,
  signal: AbortSignal | undefined,
): Promise<S3Response | S3FailureError> {
  try {
    return await client.get(at, { signal });
  } catch (error) {
    const isAbsent =
      error instanceof S3FailureError && /^(?:NoSuchKey|AccessDenied|)$/.test(error.failure.code);
    if (isAbsent) return error;
    throw client.explain(error, at);
  }
}

async function copyObject(
  client: S3Client,
  at: S3Address,
  response: S3Response,
  into: string,
  { signal, onProgress }: S3CopyOptions,
): Promise<S3Copy> {
  const total = Number(header(response, 'content-length') ?? 0);
  if (total <= LARGEST_OBJECT) await checkRoom(into, total, at);
  const name = localName(at);
  const path = join(into, name);
  let done = 0;
  const onBytes = (count: number) => {
    done += count;
    onProgress?.(done, total);
  };
  const file = await downloadObject(client, at, path, { response, signal, onBytes });
  return { path, isFolder: false, files: [{ path, name, ...file }], leftOut: [] };
}

/** @param base The folder that names begin below. */
async function copyAll(
  client: S3Client,
  at: S3Address,
  base: S3Address,
  matches: (name: string) => boolean,
  into: string,
  { most, signal, onProgress }: S3CopyOptions,
): Promise<S3Copy> {
  const path = join(into, localName(base));
  const { objects, leftOut } = await chosen(client, at, base, matches, most, signal);
  if (objects.length === 0) {
    const [first] = leftOut;
    throw new UserError({
      en: `${s3Url(at)} names no object${first ? ` that can be copied (${first.name}: ${first.reason.en})` : ''}. Check the path; upper and lower case differ.`,
      zh: `${s3Url(at)} 没有对应的${first ? '可复制的' : ''}对象${first ? `（${first.name}：${first.reason.zh}）` : ''}。请检查路径，注意区分大小写。`,
    });
  }
  const total = objects.reduce((sum, { size }) => sum + size, 0);
  await checkRoom(into, total, at);
  for (const folder of new Set(objects.map(({ name }) => dirname(name))))
    await mkdir(join(path, folder), { recursive: true });
  const files: (S3Copy['files'][number] | undefined)[] = [];
  const clashes: LeftOut[] = [];
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let [next, done] = [0, 0];
  const onBytes = (count: number) => {
    done += count;
    onProgress?.(done, total);
  };
  const copyOne = async (index: number) => {
    const { key, name, etag } = objects[index]!;
    const object = { bucket: at.bucket, key };
    const file = join(path, name);
    try {
      const downloaded = await downloadObject(client, object, file, { etag, signal: both, onBytes });
      files[index] = { path: file, name, ...downloaded };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw client.explain(error, object);
      clashes.push({ name, reason: REASONS.clash });
    }
  };
  const copySome = async () => {
    while (next < objects.length && !both.aborted) {
      await copyOne(next++).catch((error) => {
        stop.abort(error);
        throw error;
      });
    }
  };
  // All have stopped before the caller removes the copy.
  await Promise.allSettled(Array.from({ length: AT_ONCE }, copySome));
  both.throwIfAborted();
  return {
    path,
    isFolder: true,
    files: files.filter((file) => file !== undefined),
    leftOut: [...leftOut, ...clashes],
  };
}

const isHidden = (name: string): boolean => name.startsWith('.') && name !== '.' && name !== '..';

interface Chosen {
  readonly objects: readonly (S3Object & { readonly name: string })[];
  readonly leftOut: readonly LeftOut[];
}

async function chosen(
  client: S3Client,
  at: S3Address,
  base: S3Address,
  matches: (name: string) => boolean,
  most: number,
  signal: AbortSignal | undefined,
): Promise<Chosen> {
  const objects: (S3Object & { name: string })[] = [];
  const leftOut: LeftOut[] = [];
  let listed = 0;
  for await (const page of listObjects(client, base, signal)) {
    signal?.throwIfAborted();
    listed += page.length;
    for (const object of page) {
      const name = object.key.slice(base.key.length);
      // A key that ends with a slash is how consoles write an empty folder.
      if (!object.key.startsWith(base.key) || name === '' || name.endsWith('/')) continue;
      if (name.split('/').some(isHidden) || !matches(name)) continue;
      const reason = problemOf(name);
      if (reason === undefined) objects.push({ ...object, name });
      else leftOut.push({ name, reason });
    }
    if (objects.length + leftOut.length > most || listed > MOST_LISTED) {
      throw new UserError({
        en: `${s3Url(at)} names over ${objects.length + leftOut.length > most ? most : MOST_LISTED} objects. Name a part of them.`,
        zh: `${s3Url(at)} 对应的对象超过 ${objects.length + leftOut.length > most ? most : MOST_LISTED} 个。请只指定其中一部分。`,
      });
    }
  }
  return withoutFolders(objects, leftOut);
}

/** An object may be called `a` beside another called `a/b`; a file may not. */
function withoutFolders(
  objects: readonly (S3Object & { readonly name: string })[],
  leftOut: readonly LeftOut[],
): Chosen {
  const folders = new Set<string>();
  for (const { name } of objects)
    for (let folder = dirname(name); folder !== '.' && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  const clashing = objects.filter(({ name }) => folders.has(name));
  return {
    objects: objects
      .filter(({ name }) => !folders.has(name))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    leftOut: [...leftOut, ...clashing.map(({ name }) => ({ name, reason: REASONS.clash }))],
  };
}

const REASONS = {
  name: {
    en: 'its key cannot be the name of a file here; rename the object',
    zh: '其键无法作为本机的文件名；请重命名该对象',
  },
  clash: {
    en: 'another object or folder has the same name; rename the object',
    zh: '另有同名的对象或文件夹；请重命名该对象',
  },
} as const satisfies Record<string, Localized>;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no name may hold.
const UNUSABLE = /[\u0000-\u001f\u007f\\:]/;

function problemOf(name: string): Localized | undefined {
  const isUsable = name
    .split('/')
    .every(
      (part) =>
        part !== '' &&
        part !== '.' &&
        part !== '..' &&
        !UNUSABLE.test(part) &&
        Buffer.byteLength(part) <= LONGEST_NAME,
    );
  return isUsable ? undefined : REASONS.name;
}

/** The last name of a key as a name of a file. */
function localName({ bucket, key }: S3Address): string {
  const path = key.replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const usable = Array.from(last.replaceAll(new RegExp(UNUSABLE, 'g'), '_'))
    .slice(-60)
    .join('');
  return /^\.*$/.test(usable) ? bucket : usable;
}

/** @throws UserError where the disk has no room for so many bytes */
async function checkRoom(folder: string, bytes: number, at: S3Address): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (bytes <= free) return;
  const [needed, left] = [bytes, free].map((count) => `${Math.ceil(count / 2 ** 20)} MiB`);
  throw new UserError({
    en: `${s3Url(at)} has ${needed}, the disk of ${folder} has ${left} free. Free some space, or name another folder for temporary files in TMPDIR.`,
    zh: `${s3Url(at)} 有 ${needed}，${folder} 所在磁盘只剩 ${left}。请清理空间，或用 TMPDIR 指定其他临时文件夹。`,
  });
}
