/**
 * Files as OpenAI's API has them: sent whole, named by an id, read by trainings. They are never changed.
 *
 *     runs/.files/ID/file.json    name, purpose, size, when
 *     runs/.files/ID/content      as it was sent
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explained, writeWhole } from '@gradus/base/files';
import { NotFound } from '@gradus/lifecycle';
import { z } from 'zod';

const StoredFile = z.object({
  id: z.string(),
  filename: z.string(),
  purpose: z.string(),
  bytes: z.number(),
  /** Seconds since 1970. */
  createdAt: z.number(),
  by: z.string(),
});
export type StoredFile = z.output<typeof StoredFile>;

const DIRECTORY = '.files';
const ID = /^file-[0-9a-f]{32}$/;

const folderOf = (runs: string, id: string): string => join(resolve(runs), DIRECTORY, id);

export function storeFile(
  runs: string,
  content: Uint8Array,
  about: Pick<StoredFile, 'filename' | 'purpose' | 'by'>,
): StoredFile {
  const id = `file-${randomUUID().replaceAll('-', '')}`;
  const file = { id, ...about, bytes: content.length, createdAt: Math.floor(Date.now() / 1000) };
  const folder = folderOf(runs, id);
  try {
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, 'content'), content);
    // It is there when its record is.
    writeWhole(join(folder, 'file.json'), JSON.stringify(file));
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw explained(error, folder);
  }
  return file;
}

/** The newest first. */
export function storedFiles(runs: string): StoredFile[] {
  const directory = join(resolve(runs), DIRECTORY);
  const ids = existsSync(directory) ? readdirSync(directory) : [];
  return ids
    .flatMap((id) => recordOf(runs, id) ?? [])
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}

/** @throws NotFound */
export function findFile(runs: string, id: string): StoredFile {
  const found = recordOf(runs, id);
  if (found) return found;
  const shown = id.slice(0, 100);
  throw new NotFound({ en: `There is no file "${shown}".`, zh: `没有文件“${shown}”。` });
}

export const contentPath = (runs: string, { id }: Pick<StoredFile, 'id'>): string =>
  join(folderOf(runs, id), 'content');

export function deleteFile(runs: string, { id }: Pick<StoredFile, 'id'>): void {
  rmSync(folderOf(runs, id), { recursive: true, force: true });
}

function recordOf(runs: string, id: string): StoredFile | undefined {
  if (!ID.test(id)) return undefined;
  try {
    return StoredFile.parse(JSON.parse(readFileSync(join(folderOf(runs, id), 'file.json'), 'utf8')));
  } catch {
    return undefined;
  }
}
