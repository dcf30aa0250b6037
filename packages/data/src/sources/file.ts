/**
 * A file to read a table from: what it begins with, its bytes as a stream (unpacked, where gzip packed them), and
 * whether it stayed the same while it was read.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UserError } from '@gradus/base';

export interface InputFile {
  readonly path: string;
  /** For messages. */
  readonly name: string;
  readonly size: number;
  readonly gzipped: boolean;
  /** The first bytes, unpacked: 64 KB, or all. */
  readonly head: Uint8Array;
  /** Its bytes, unpacked. */
  open(signal?: AbortSignal): { readonly chunks: AsyncIterable<Buffer>; readonly read: () => number };
  /** @throws UserError where it is not as it was when it was opened */
  checkUnchanged(): Promise<void>;
}

const LARGEST_FILE = 64 * 2 ** 30;
const HEAD = 1 << 16;
/** Text packs to a tenth, repetitive logs to a fiftieth; what unpacks to more than this was made to. */
const LARGEST_RATIO = 200;
const HARMLESS = 64 * 2 ** 20;

/** @throws UserError for what is no file to read */
export async function openFile(path: string): Promise<InputFile> {
  const name = basename(path);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new UserError({
        en: `There is no file ${path}. Check the path; quote it if it has spaces.`,
        zh: `没有文件 ${path}。请检查路径；路径含空格时请加引号。`,
      });
    throw new UserError({
      en: `${path} cannot be read (${error.code}). Check its permissions.`,
      zh: `无法读取 ${path}（${error.code}）。请检查其权限。`,
    });
  });
  if (!stats.isFile())
    throw new UserError({
      en: `${path} is not a regular file. Expected a table.`,
      zh: `${path} 不是普通文件。应为表格。`,
    });
  if (stats.size === 0)
    throw new UserError({
      en: `${name} is empty. Expected a header and at least one row.`,
      zh: `${name} 是空文件。应有表头和至少一行数据。`,
    });
  if (stats.size > LARGEST_FILE)
    throw new UserError({
      en: `${name} is larger than 64 GiB. Give a part of it.`,
      zh: `${name} 超过 64 GiB。请只提供其中一部分。`,
    });
  const start = await firstBytes(path);
  const gzipped = start[0] === 0x1f && start[1] === 0x8b;
  const openIt = (signal?: AbortSignal) => openBytes(path, name, gzipped, signal);
  return {
    path,
    name,
    size: stats.size,
    gzipped,
    head: gzipped ? await firstOf(openIt().chunks, name) : start,
    open: openIt,
    async checkUnchanged() {
      const now = await stat(path).catch(() => undefined);
      if (now?.size === stats.size && now.mtimeMs === stats.mtimeMs && now.ino === stats.ino) return;
      throw new UserError({
        en: `${name} changed while it was being read. Wait till it is written, or read a copy of it.`,
        zh: `${name} 在读取过程中发生了变化。请等待写入完成，或读取它的副本。`,
      });
    },
  };
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      en: `${path} cannot be read (${error.code}). Check its permissions.`,
      zh: `无法读取 ${path}（${error.code}）。请检查其权限。`,
    });
  });
  try {
    const head = new Uint8Array(HEAD);
    const { bytesRead } = await file.read(head, 0, HEAD, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function firstOf(chunks: AsyncIterable<Buffer>, name: string): Promise<Uint8Array> {
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD) break;
  }
  if (head.length === 0)
    throw new UserError({
      en: `${name} is empty once unpacked. Expected a table.`,
      zh: `${name} 解压后为空。应为表格。`,
    });
  return head.subarray(0, HEAD);
}

function openBytes(path: string, name: string, gzipped: boolean, signal: AbortSignal | undefined) {
  let file: ReadStream | undefined;
  // Opened with the first chunk: what is never read leaves no file open.
  async function* chunks(): AsyncGenerator<Buffer> {
    file = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
    yield* gzipped ? unpacked(file, name) : (file as AsyncIterable<Buffer>);
  }
  return { chunks: chunks(), read: () => file?.bytesRead ?? 0 };
}

async function* unpacked(file: Readable & { bytesRead: number }, name: string): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // Errors of either come out of the loop.
  pipeline(file, gunzip, () => {});
  let bytes = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LARGEST_FILE || (bytes > HARMLESS && bytes > LARGEST_RATIO * file.bytesRead))
        throw new UserError({
          en: `${name} unpacks to over ${bytes} bytes, as no table does. It is not read.`,
          zh: `${name} 解压后超过 ${bytes} 字节，正常的表格不会如此。不予读取。`,
        });
      yield chunk;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw error;
    throw new UserError(
      code === 'Z_BUF_ERROR'
        ? {
            en: `${name} ends in the middle: it was cut short. Get the whole file.`,
            zh: `${name} 不完整：中途结束。请获取完整的文件。`,
          }
        : {
            en: `${name} cannot be unpacked (${message}). Get it again.`,
            zh: `无法解压 ${name}（${message}）。请重新获取。`,
          },
    );
  }
}
