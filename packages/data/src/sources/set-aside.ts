/**
 * Rows that were set aside, as a CSV file to correct and read again: where each stands, why it was set aside, and what
 * it holds.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '@gradus/base';
import { csvCell, harmless } from '../table/csv-text.ts';
import type { RowSetAside } from '../table/table.ts';
import { LONGEST_CELL } from './source.ts';

export interface SetAsideWriter {
  add(place: RowSetAside, content: string | readonly string[]): void;
  /** Writes what was added. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param inputs Files that are being read: they are not written over.
 * @throws UserError where the file cannot be written
 */
export async function setAsideWriter(path: string, inputs: readonly string[]): Promise<SetAsideWriter> {
  await refuseInputs(path, inputs);
  const file = await open(path, 'w').catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      en: `${path} cannot be written (${error.code}). Name a file in a folder that exists and is yours.`,
      zh: `无法写入 ${path}（${error.code}）。请指定一个已存在且您有写权限的文件夹中的文件。`,
    });
  });
  // The mark tells Excel that this is UTF-8.
  let pending = '\uFEFFfile,row,line,reason,content,reason_zh\r\n';
  const writer: SetAsideWriter = {
    add({ file, row, line, reason }, content) {
      const text =
        typeof content === 'string' ? content.replace(/\r?\n$/, '') : content.map(csvCell).join(',');
      const cells = [file ?? '', String(row), String(line), reason.en, shortened(text), reason.zh];
      pending += `${cells.map((cell) => csvCell(harmless(cell))).join(',')}\r\n`;
    },
    async flush() {
      if (pending === '') return;
      const text = pending;
      pending = '';
      await write(file, text, path);
    },
    async close() {
      try {
        await writer.flush();
      } finally {
        await file.close();
      }
    },
  };
  return writer;
}

async function refuseInputs(path: string, inputs: readonly string[]): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (!target) return;
  for (const input of inputs) {
    const source = await stat(input).catch(() => undefined);
    if (source?.ino === target.ino && source.dev === target.dev)
      throw new UserError({
        en: `${basename(path)} is the file that is read. Name another for rows set aside.`,
        zh: `${basename(path)} 正是被读取的文件。请为搁置的行指定其他文件。`,
      });
  }
}

async function write(file: FileHandle, text: string, path: string): Promise<void> {
  await file.appendFile(text).catch((error: NodeJS.ErrnoException) => {
    throw new UserError({
      en: `${path} cannot be written (${error.code}). Is the disk full?`,
      zh: `无法写入 ${path}（${error.code}）。磁盘是否已满？`,
    });
  });
}

const shortened = (text: string): string =>
  text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL)}…`;
