/**
 * Uploads of any size that survive everything: a broken connection, a killed server, a client that comes back tomorrow. The
 * bytes go straight to disk, and the file's length is how much has arrived; whoever goes on asks for it and sends the rest.
 *
 *     runs/.uploads/ID/upload.json   what is to come: dataset, file, bytes, sha256
 *     runs/.uploads/ID/content       what has come so far
 *
 * The protocol is that of tus (tus.io/protocols/resumable-upload, 1.0.0: HEAD tells `Upload-Offset`, PATCH sends from there, 409
 * where the offset is another), with JSON in place of its metadata headers. An upload has an id of its own, so two of one name do
 * not mix: each becomes a version of the dataset when it is complete.
 */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '@gradus/base';
import { explained, writeWhole } from '@gradus/base/files';
import { Busy, lock } from '@gradus/loop';
import { z } from 'zod';
import { Conflict, NotFound } from '../errors.ts';
import { addVersion, type Dataset, datasetName, safeFileName } from './store.ts';

export const Upload = z.strictObject({
  id: z.string(),
  dataset: z.string(),
  file: z.string(),
  bytes: z.number(),
  /** Of the whole, where whoever sends it knows: what arrives is checked against it. */
  sha256: z.string().optional(),
  createdAt: z.string(),
  by: z.string(),
});
export type Upload = z.infer<typeof Upload>;

export interface UploadState extends Upload {
  /** Bytes that have arrived. */
  readonly offset: number;
}

const DIRECTORY = '.uploads';
const RECORD = 'upload.json';
const CONTENT = 'content';
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Milliseconds: an upload that nobody has gone on with for so long is given up. */
const KEPT = 7 * 24 * 3600 * 1000;
/** Bytes of the disk that stay free. */
const SPARE = 64 * 2 ** 20;

const home = (runs: string, id: string): string => join(resolve(runs), DIRECTORY, id);

/** @throws UserError where the disk could not hold it */
export function beginUpload(
  runs: string,
  requested: { dataset: string; file: string; bytes: number; sha256?: string | undefined },
  by: string,
): UploadState {
  const dataset = datasetName(requested.dataset);
  forgetUploads(runs);
  const { bytes, sha256 } = requested;
  mkdirSync(join(resolve(runs), DIRECTORY), { recursive: true });
  const { bavail, bsize } = statfsSync(join(resolve(runs), DIRECTORY));
  const free = bavail * bsize - SPARE;
  if (bytes > free) {
    throw new UserError({
      en: `The upload has ${bytes} bytes, and the disk of the workspace has ${Math.max(0, free)} to spare. Free some space first.`,
      zh: `上传内容为 ${bytes} 字节，而工作区磁盘仅剩 ${Math.max(0, free)} 字节可用。请先清理空间。`,
    });
  }
  const upload: Upload = {
    id: randomUUID(),
    dataset,
    file: safeFileName(requested.file),
    bytes,
    ...(sha256 !== undefined && { sha256: sha256.toLowerCase() }),
    createdAt: new Date().toISOString(),
    by,
  };
  try {
    mkdirSync(home(runs, upload.id));
    writeFileSync(join(home(runs, upload.id), CONTENT), '', { flag: 'wx' });
    writeWhole(join(home(runs, upload.id), RECORD), JSON.stringify(upload));
  } catch (error) {
    throw explained(error, runs);
  }
  return { ...upload, offset: 0 };
}

/** @throws NotFound where there is none of this id: it is complete, was given up, or never was */
export function findUpload(runs: string, id: string): UploadState {
  const record = join(home(runs, id), RECORD);
  const arrived = ID.test(id)
    ? statSync(join(home(runs, id), CONTENT), { throwIfNoEntry: false })
    : undefined;
  if (!arrived || !existsSync(record)) {
    throw new NotFound({
      en: `There is no upload "${id.slice(0, 60)}". One that is complete, or was not gone on with for a week, is gone: begin another.`,
      zh: `没有上传“${id.slice(0, 60)}”。已完成或一周内未继续的上传会被清除：请重新开始。`,
    });
  }
  const upload = Upload.parse(JSON.parse(readFileSync(record, 'utf8')));
  return { ...upload, offset: arrived.size };
}

/**
 * Appends what comes, as far as it comes: what has arrived when the connection breaks stays.
 *
 * @returns how far the upload is; with its last byte also the dataset that it has become
 * @throws Conflict where the offset is not where the upload stands, or another request is writing it
 */
export async function continueUpload(
  runs: string,
  id: string,
  offset: number,
  content: Readable,
): Promise<{ readonly offset: number; readonly dataset?: Dataset }> {
  const upload = findUpload(runs, id);
  const unlock = held(runs, id);
  try {
    const stands = findUpload(runs, id).offset;
    if (offset !== stands) {
      throw new Conflict({
        en: `The upload stands at ${stands}, and not at ${offset}. Go on from there.`,
        zh: `上传已进行到 ${stands}，而不是 ${offset}。请从该处继续。`,
      });
    }
    const path = join(home(runs, id), CONTENT);
    await append(path, content, upload.bytes - stands);
    const now = statSync(path).size;
    if (now < upload.bytes) return { offset: now };
    return { offset: now, dataset: await complete(runs, upload, path) };
  } catch (error) {
    throw explained(error, runs);
  } finally {
    unlock();
  }
}

function held(runs: string, id: string): () => void {
  try {
    return lock(join(home(runs, id), '.lock'), 'This upload');
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
    throw new Conflict(
      {
        en: 'Another request is writing this upload. Ask how far it is, and go on from there.',
        zh: '另一个请求正在写入此上传。请先查询进度，再从该处继续。',
      },
      { cause: error },
    );
  }
}

/** Writes what comes until it ends or breaks off, and no byte more than are missing. */
async function append(path: string, content: Readable, missing: number): Promise<void> {
  const file = createWriteStream(path, { flags: 'a' });
  await once(file, 'open');
  // Unheard between two writes, an error of the disk would end the process; the next write or the end tells of it.
  let failed: unknown;
  file.on('error', (error) => {
    failed = error;
  });
  let left = missing;
  let tooMany = false;
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (!file.write(part) && !failed) await once(file, 'drain');
      tooMany = part.length < chunk.length;
      if (failed || tooMany) break;
    }
  } catch {
    // A connection that breaks off is what this is made for.
  }
  await new Promise<void>((resolve) => file.end(() => resolve()));
  if (failed) throw failed;
  if (tooMany) {
    throw new UserError({
      en: `More was sent than the ${missing} bytes that were missing. The upload goes on from where it stands.`,
      zh: `发送的内容超过了缺少的 ${missing} 字节。上传可从当前位置继续。`,
    });
  }
}

async function complete(runs: string, upload: Upload, path: string): Promise<Dataset> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  if (upload.sha256 !== undefined && upload.sha256 !== sha256) {
    abandonUpload(runs, upload.id);
    throw new UserError({
      en: `What arrived of ${upload.file} is not what was announced: its SHA-256 is ${sha256}, and ${upload.sha256} was expected. Nothing was kept; send it again.`,
      zh: `收到的 ${upload.file} 与声明不符：SHA-256 为 ${sha256}，应为 ${upload.sha256}。未保存任何内容，请重新发送。`,
    });
  }
  const { dataset, file, bytes, by } = upload;
  const made = await addVersion(runs, dataset, { path, file, bytes, sha256 }, by);
  abandonUpload(runs, upload.id);
  return made;
}

/** Forgets an upload, and what has arrived of it. */
export const abandonUpload = (runs: string, id: string): void =>
  rmSync(home(runs, id), { recursive: true, force: true });

function forgetUploads(runs: string): void {
  const directory = join(resolve(runs), DIRECTORY);
  if (!existsSync(directory)) return;
  for (const id of readdirSync(directory).filter((name) => ID.test(name))) {
    const touched = statSync(join(directory, id, CONTENT), { throwIfNoEntry: false })?.mtimeMs;
    if (touched !== undefined && Date.now() - touched > KEPT) abandonUpload(runs, id);
  }
}
