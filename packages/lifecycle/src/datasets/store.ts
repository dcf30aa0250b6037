/**
 * Datasets of a workspace: files that were brought into it, by name. A name stands for versions; a new upload is a new version
 * and the old ones stay, since runs were made from them.
 *
 *     runs/.datasets/NAME/dataset.json         name, versions: when, file, bytes, sha256
 *     runs/.datasets/NAME/<sha256>/<file>      the content, never changed
 *
 * `dataset:NAME` is the newest version, `dataset:NAME@<sha256, or its beginning>` that one.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@gradus/base';
import { explained, writeWhole } from '@gradus/base/files';
import { Busy, lock } from '@gradus/loop';
import { z } from 'zod';
import { NotFound } from '../errors.ts';

export const DatasetVersion = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  createdAt: z.string(),
  by: z.string(),
});
export type DatasetVersion = z.infer<typeof DatasetVersion>;

/** The newest version last. */
export const Dataset = z.strictObject({ name: z.string(), versions: z.array(DatasetVersion).min(1) });
export type Dataset = z.infer<typeof Dataset>;

const DIRECTORY = '.datasets';
const RECORD = 'dataset.json';
const SCHEME = 'dataset:';

export const isDatasetAddress = (address: string): boolean => address.startsWith(SCHEME);

/** Letters and digits of any language: a folder's name on any system. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$/u;

/** @throws UserError where the name would not fit into an address */
export function datasetName(text: string): string {
  const name = text.normalize('NFC');
  if (NAME.test(name)) return name;
  const shown = text.slice(0, 100);
  throw new UserError({
    en: `"${shown}" cannot be a dataset's name. Expected at most 100 letters, digits, ".", "_" or "-", beginning with a letter or digit.`,
    zh: `“${shown}”不能用作数据集名称。应为最多 100 个字母、数字、“.”、“_”或“-”，且以字母或数字开头。`,
  });
}

/** The last part of a name or path, without what could lead elsewhere or hide. */
export function safeFileName(text: string): string {
  const name = basename(text.replaceAll('\\', '/'))
    .replace(/[\p{Cc}<>:"|?*]/gu, '-')
    .replace(/^\.+/, '')
    .slice(-150);
  return name === '' ? 'data' : name;
}

const directoryOf = (runs: string, name: string): string => join(resolve(runs), DIRECTORY, name);

/** @throws NotFound naming the datasets that there are */
export function findDataset(runs: string, requested: string): Dataset {
  const name = datasetName(requested);
  const path = join(directoryOf(runs, name), RECORD);
  if (existsSync(path)) return readRecord(path);
  const names = listDatasets(runs).map((dataset) => dataset.name);
  throw new NotFound({
    en: `There is no dataset "${name}". ${names.length > 0 ? `There are: ${names.slice(0, 10).join(', ')}.` : 'There are none yet.'}`,
    zh: `没有名为“${name}”的数据集。${names.length > 0 ? `现有：${names.slice(0, 10).join('、')}。` : '目前还没有任何数据集。'}`,
  });
}

function readRecord(path: string): Dataset {
  try {
    return Dataset.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new UserError(
      {
        en: `${path} is damaged: ${(error as Error).message}`,
        zh: `${path} 已损坏：${(error as Error).message}`,
      },
      { cause: error },
    );
  }
}

/** By name. One whose record is damaged is passed over. */
export function listDatasets(runs: string): Dataset[] {
  const directory = join(runs, DIRECTORY);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      try {
        return [readRecord(join(directory, name, RECORD))];
      } catch {
        return [];
      }
    });
}

/** The file that an address stands for. @throws UserError where there is no such dataset or version */
export function datasetPath(runs: string, address: string): string {
  const [name, requested] = address.slice(SCHEME.length).split('@') as [string, string | undefined];
  const dataset = findDataset(runs, name);
  const version =
    requested === undefined
      ? dataset.versions.at(-1)
      : dataset.versions.findLast(({ sha256 }) => requested.length >= 6 && sha256.startsWith(requested));
  if (!version) {
    throw new NotFound({
      en: `The dataset "${name}" has no version ${requested}. There are: ${dataset.versions.map(({ sha256 }) => sha256.slice(0, 12)).join(', ')}.`,
      zh: `数据集“${name}”没有版本 ${requested}。现有：${dataset.versions.map(({ sha256 }) => sha256.slice(0, 12)).join('、')}。`,
    });
  }
  return join(directoryOf(runs, dataset.name), version.sha256, version.file);
}

/**
 * Takes a file that is complete into a dataset; the caller removes the file itself. A content that is there already is not kept
 * twice; its version becomes the newest.
 */
export async function addVersion(
  runs: string,
  name: string,
  content: { readonly path: string; readonly file: string; readonly bytes: number; readonly sha256: string },
  by: string,
): Promise<Dataset> {
  const directory = directoryOf(runs, datasetName(name));
  try {
    mkdirSync(directory, { recursive: true });
    const unlock = await held(join(directory, '.lock'), name);
    try {
      const record = join(directory, RECORD);
      const before = existsSync(record) ? readRecord(record).versions : [];
      const { path, sha256, bytes } = content;
      const known = before.find((version) => version.sha256 === sha256);
      const file = known?.file ?? safeFileName(content.file);
      const home = join(directory, sha256);
      mkdirSync(home, { recursive: true });
      bringHome(path, join(home, file));
      const version = { file, bytes, sha256, createdAt: new Date().toISOString(), by };
      const dataset = { name, versions: [...before.filter((other) => other !== known), version] };
      writeWhole(record, `${JSON.stringify(dataset, null, 2)}\n`);
      return dataset;
    } finally {
      unlock();
    }
  } catch (error) {
    throw explained(error, directory);
  }
}

/**
 * A second name for the same bytes: were this process killed before the record is written, the file is still where it was, and
 * all can be done again.
 */
function bringHome(path: string, home: string): void {
  try {
    linkSync(path, home);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    // Some file systems have no second names.
    copyFileSync(path, home);
  }
}

/** Milliseconds: whoever holds a dataset's lock only links a file. */
const PATIENCE = 10_000;

async function held(path: string, name: string): Promise<() => void> {
  for (const deadline = Date.now() + PATIENCE; ; ) {
    try {
      return lock(path, `The dataset "${name}"`);
    } catch (error) {
      if (!(error instanceof Busy) || Date.now() > deadline) throw error;
      await new Promise((after) => setTimeout(after, 20));
    }
  }
}

/** Copies a local file into a dataset. */
export async function importFile(
  runs: string,
  name: string,
  path: string,
  {
    by,
    signal,
    onProgress,
  }: { by: string; signal: AbortSignal; onProgress(done: number, total: number): void },
): Promise<Dataset> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new UserError({
      en: `There is no file ${path}. Expected the path of a file; of a folder, pack its files into one first.`,
      zh: `没有文件 ${path}。应为一个文件的路径；如为文件夹，请先将其中的文件打包。`,
    });
  }
  datasetName(name);
  const aside = join(resolve(runs), DIRECTORY, `.${randomUUID()}.part`);
  mkdirSync(join(resolve(runs), DIRECTORY), { recursive: true });
  const hash = createHash('sha256');
  let bytes = 0;
  const input = createReadStream(path);
  input.on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
    onProgress(bytes, found.size);
  });
  try {
    await pipeline(input, createWriteStream(aside, { flags: 'wx' }), { signal });
    const content = { path: aside, file: basename(path), bytes, sha256: hash.digest('hex') };
    return await addVersion(runs, name, content, by);
  } catch (error) {
    throw explained(error, runs);
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Removes a dataset with all its versions. Runs that were made from it stay, and cannot be made again. */
export function deleteDataset(runs: string, requested: string): void {
  const { name } = findDataset(runs, requested);
  const directory = directoryOf(runs, name);
  const aside = join(resolve(runs), DIRECTORY, `.${randomUUID()}.deleted`);
  renameSync(directory, aside);
  rmSync(aside, { recursive: true, force: true });
}
