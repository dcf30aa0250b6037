/**
 * What an address names, fixed: which files, with which contents. A run keeps the fingerprint, and goes on after a crash from
 * the very same data: files are left where they are and checked; what lies in a database or on S3 is copied into a folder
 * once, and taken from there when the run goes on.
 *
 * The folder holds `files/` and, once they are whole, `source.json`: what they are a copy of, and their fingerprints. Rows of a
 * database become `rows.jsonl` (see rows-file.ts).
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { z } from 'zod';
import {
  checkStates,
  type Fingerprint,
  fingerprintFiles,
  fingerprintOf,
  type SourceFile,
  stateOf,
} from './fingerprint.ts';
import { isGlob } from './glob.ts';
import { type LeftOut, type ListedFile, type ListOptions, listFolder, listGlob } from './list-files.ts';
import { needsDatabase, postgresName, readPostgres } from './postgres.ts';
import { writeRows } from './rows-file.ts';
import { isS3 } from './s3/address.ts';
import { copyFromS3 } from './s3/copy.ts';
import { schemeOf, splitPart, unknownScheme } from './scheme.ts';

export const SOURCE_KINDS = ['file', 'folder', 'glob', 'postgres', 's3'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface ResolvedSource extends Fingerprint {
  readonly kind: SourceKind;
  /** The address, without user and password. */
  readonly address: string;
  /** What readers take to read the same: the path of a file, folder or glob, with `#` and the sheet or table. */
  readonly local: string;
  /** Files that are not read, and why; hidden ones are not named. */
  readonly leftOut: readonly LeftOut[];
  /** @throws UserError where a file is no longer as it was, or files have come or gone */
  checkUnchanged(): Promise<void>;
}

export interface ResolveOptions {
  /** The folder for a copy; needed for a database and for S3. It is made where it does not exist. */
  readonly directory?: string;
  /** Of a database: SQL that selects the rows, instead of a table's name. */
  readonly query?: string;
  readonly signal?: AbortSignal;
  /** Gets the bytes done, and those there are; of a database rows, as far as it knows how many there are. */
  onProgress?(done: number, total: number): void;
}

/** Images and sounds are as many files as rows. */
const MOST_FILES = 200_000;

/**
 * @param address A file, a folder, a glob, a Postgres or an S3 URL.
 * @throws UserError that says what is wrong and never shows a password
 */
export async function resolveSource(address: string, options: ResolveOptions = {}): Promise<ResolvedSource> {
  const scheme = schemeOf(address);
  if (scheme === 'postgres' || scheme === 'postgresql') return copiedOnce(address, 'postgres', options);
  if (options.query !== undefined) throw needsDatabase();
  if (isS3(address)) return copiedOnce(address, 's3', options);
  if (scheme !== undefined) throw unknownScheme(scheme);
  return resolveLocal(address, options);
}

async function resolveLocal(
  address: string,
  { signal, onProgress }: ResolveOptions,
): Promise<ResolvedSource> {
  const { path, part } = await splitPart(address);
  const suffix = part === undefined ? '' : `#${part}`;
  const stats = await stat(path).catch(() => undefined);
  const kind = stats?.isDirectory() ? 'folder' : !stats && isGlob(path) ? 'glob' : 'file';
  if (kind === 'file' && !stats?.isFile()) {
    throw new UserError(
      stats
        ? { en: `${path} is not a regular file.`, zh: `${path} 不是普通文件。` }
        : {
            en: `There is no file ${path}. Check the path; quote it if it has spaces.`,
            zh: `没有文件 ${path}。请检查路径；路径含空格时请加引号。`,
          },
    );
  }
  const list = () => LISTS[kind](path, { most: MOST_FILES, signal });
  const { files, leftOut } = await list();
  const total = files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const { fingerprint, states } = await fingerprintFiles(files, signal, (count) => {
    done += count;
    onProgress?.(done, total);
  });
  return {
    kind,
    address,
    local: resolve(path) + suffix,
    leftOut,
    ...fingerprint,
    async checkUnchanged() {
      const now = await list();
      const isSame =
        now.files.length === files.length && now.files.every(({ name }, i) => name === files[i]!.name);
      if (!isSame) {
        throw new UserError({
          en: `${path}: files have come or gone while it was in use. Wait till all are there, or use a copy.`,
          zh: `${path}：使用过程中文件有增减。请等待文件齐全，或使用副本。`,
        });
      }
      await checkStates(files, states);
    },
  };
}

type List = (
  path: string,
  options: ListOptions,
) => Promise<{ files: readonly ListedFile[]; leftOut: readonly LeftOut[] }>;

const LISTS: Readonly<Record<'file' | 'folder' | 'glob', List>> = {
  folder: listFolder,
  glob: listGlob,
  file: async (path) => ({
    files: [{ path: resolve(path), name: basename(path), size: (await stateOf(path)).size }],
    leftOut: [],
  }),
};

const COPY_FILE = 'source.json';
const FILES_FOLDER = 'files';

const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const Copy = z.strictObject({
  kind: z.enum(['postgres', 's3']),
  /** Of address and query, which may hold a password. */
  request: HASH,
  address: z.string(),
  local: z.string(),
  files: z.array(z.strictObject({ path: z.string(), name: z.string(), bytes: z.int().min(0), sha256: HASH })),
  leftOut: z.array(
    z.strictObject({ name: z.string(), reason: z.strictObject({ en: z.string(), zh: z.string() }) }),
  ),
});
/** Paths in it begin in the folder that it lies in. */
type Copy = z.infer<typeof Copy>;

async function copiedOnce(
  address: string,
  kind: 'postgres' | 's3',
  options: ResolveOptions,
): Promise<ResolvedSource> {
  const { directory, query, signal } = options;
  if (directory === undefined)
    throw new Error('resolveSource needs a directory for what is not a local file');
  const request = createHash('sha256')
    .update(JSON.stringify([address, query ?? null]))
    .digest('hex');
  const known = await knownCopy(directory);
  const name = kind === 'postgres' ? postgresName(address) : address;
  if (known && known.request !== request) {
    throw new UserError({
      en: `${directory} holds a copy of ${known.address}, not of ${name} as it is asked for now. Name another folder, or remove this one.`,
      zh: `${directory} 中是 ${known.address} 的副本，与现在请求的 ${name} 不同。请指定其他文件夹，或删除该文件夹。`,
    });
  }
  const copy = known ?? (await copied(kind, address, name, request, directory, options));
  const files = copy.files.map((file) => ({ ...file, path: resolve(directory, file.path) }));
  const check = async (stop?: AbortSignal) => {
    const { fingerprint } = await fingerprintFiles(files, stop);
    const bad = fingerprint.files.find(({ sha256 }, i) => sha256 !== files[i]!.sha256);
    if (!bad) return;
    throw new UserError({
      en: `${bad.path} is no longer the copy that was made of ${copy.address}. Remove ${directory} and start again.`,
      zh: `${bad.path} 已不再是 ${copy.address} 的原始副本。请删除 ${directory} 后重新开始。`,
    });
  };
  if (known) await check(signal);
  return {
    kind,
    address: copy.address,
    local: resolve(directory, copy.local),
    leftOut: copy.leftOut,
    ...fingerprintOf(files),
    checkUnchanged: () => check(),
  };
}

/** @returns undefined where there is none, or one that was not finished */
async function knownCopy(directory: string): Promise<Copy | undefined> {
  const path = join(directory, COPY_FILE);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = Copy.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UserError({
    en: `${path} is damaged. Remove ${directory} and start again.`,
    zh: `${path} 已损坏。请删除 ${directory} 后重新开始。`,
  });
}

async function copied(
  kind: 'postgres' | 's3',
  address: string,
  name: string,
  request: string,
  directory: string,
  options: ResolveOptions,
): Promise<Copy> {
  const { signal, onProgress } = options;
  const into = join(directory, FILES_FOLDER);
  // Of an earlier attempt that was not finished.
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      {
        en: `The folder ${into} cannot be made (${error.code}). Check the permissions of ${directory}.`,
        zh: `无法创建文件夹 ${into}（${error.code}）。请检查 ${directory} 的权限。`,
      },
      { cause: error },
    );
  });
  try {
    const made =
      kind === 's3'
        ? await copyFromS3(address, into, { most: MOST_FILES, signal, onProgress })
        : await copyRows(address, into, options);
    const below = (path: string) => join(FILES_FOLDER, path.slice(into.length + 1));
    const copy: Copy = {
      kind,
      request,
      address: name,
      local: below(made.path) + (made.part === undefined ? '' : `#${made.part}`),
      files: made.files.map(({ path, name, bytes, sha256 }) => ({ path: below(path), name, bytes, sha256 })),
      leftOut: made.leftOut.map(({ name, reason: { en, zh } }) => ({ name, reason: { en, zh } })),
    };
    writeWhole(join(directory, COPY_FILE), `${JSON.stringify(copy, undefined, 2)}\n`);
    return copy;
  } catch (error) {
    await rm(into, { recursive: true, force: true });
    throw error;
  }
}

async function copyRows(
  address: string,
  into: string,
  { query, signal, onProgress }: ResolveOptions,
): Promise<{ path: string; part?: string; files: readonly SourceFile[]; leftOut: readonly LeftOut[] }> {
  const name = 'rows.jsonl';
  const path = join(into, name);
  const source = await readPostgres(address, { query, signal });
  try {
    const file = await writeRows(source, path, signal, onProgress);
    return { path, files: [{ path, name, ...file }], leftOut: [] };
  } finally {
    await source.close?.();
  }
}
