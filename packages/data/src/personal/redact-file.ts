/**
 * A table without its personal data, as a CSV file: read in one go to see what its columns hold, and in another to write
 * it. The file is whole or not there, and a spreadsheet that opens it runs nothing in it.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { type Localized, UserError } from '@gradus/base';
import { problem } from '../sources/collect.ts';
import { openSource } from '../sources/formats.ts';
import { localCopy } from '../sources/local-copy.ts';
import { readTable } from '../sources/read.ts';
import type { PersonalKind } from './kinds.ts';
import { applyRedaction, fitRedaction, type RedactionPlan } from './plan.ts';
import { type Replace, tag } from './redact.ts';

export interface RedactFileOptions {
  /** Default all. */
  readonly kinds?: readonly PersonalKind[];
  /** Default tags. */
  readonly replace?: Replace;
  readonly signal?: AbortSignal;
}

export interface RedactedFile {
  readonly plan: RedactionPlan;
  readonly rows: number;
  /** How often each kind was replaced. */
  readonly replaced: Readonly<Partial<Record<PersonalKind, number>>>;
  /** Rows that could not be read; they are not in the new file. */
  readonly setAside: {
    readonly count: number;
    readonly first?: { readonly line: number; readonly reason: Localized };
  };
}

/** Rows that the plan is made from. */
const SAMPLE = 20_000;

/**
 * @param source As `readTable` takes it.
 * @param out The CSV file to write; one that exists is replaced, unless it is the source.
 * @throws UserError where the source cannot be read or `out` cannot be written
 */
export async function redactFile(
  source: string,
  out: string,
  { kinds, replace = tag, signal }: RedactFileOptions = {},
): Promise<RedactedFile> {
  await using copy = await localCopy(source, { signal });
  const sample = await readTable(copy.address, { maxRows: SAMPLE, ...(signal && { signal }) });
  const plan = fitRedaction(sample, kinds);
  await using opening = await openSource(copy.address, { signal });
  const { opened, inputs, checkUnchanged } = opening;
  await refuseInputs(out, inputs);
  const replaced: Partial<Record<PersonalKind, number>> = {};
  const apply = applyRedaction(plan, sample.columns, replace, (kind) => {
    replaced[kind] = (replaced[kind] ?? 0) + 1;
  });
  let rows = 0;
  const setAside: { count: number; first?: { line: number; reason: Localized } } = { count: 0 };
  async function* lines(): AsyncGenerator<string> {
    // The mark tells Excel that this is UTF-8.
    yield `\uFEFF${csvLine(sample.columns)}`;
    for await (const batch of opened.batches) {
      signal?.throwIfAborted();
      let text = '';
      for (const { fields, reason, line } of batch.rows) {
        const why = reason ?? problem(fields);
        if (why !== undefined) {
          setAside.count += 1;
          setAside.first ??= { line, reason: why };
          continue;
        }
        rows += 1;
        const whole = [
          ...fields,
          ...new Array<string>(Math.max(0, sample.columns.length - fields.length)).fill(''),
        ];
        text += csvLine(apply(whole));
      }
      if (text !== '') yield text;
    }
    await checkUnchanged();
  }
  await writeLines(out, lines());
  return { plan, rows, replaced, setAside };
}

async function refuseInputs(path: string, inputs: readonly string[]): Promise<void> {
  const target = await stat(path).catch(() => undefined);
  if (!target) return;
  for (const input of inputs) {
    const source = await stat(input).catch(() => undefined);
    if (source?.ino === target.ino && source.dev === target.dev)
      throw new UserError({
        en: `${path} is the file that is read. Name another for the redacted rows.`,
        zh: `${path} 正是被读取的文件。请为脱敏后的行指定其他文件。`,
      });
  }
}

/** Written aside, then renamed. */
async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}.part`;
  const file = createWriteStream(aside, { flags: 'wx' });
  const failed = new Promise<never>((_, reject) => {
    file.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UserError({
          en: `${path} cannot be written (${error.code}). Name a file in a folder that exists, on a disk with space.`,
          zh: `无法写入 ${path}（${error.code}）。请指定一个已存在文件夹中的文件，并确认磁盘有空间。`,
        }),
      ),
    );
  });
  // Awaited below; a failure in between is no unhandled rejection.
  failed.catch(() => {});
  try {
    for await (const text of lines) if (!file.write(text)) await Promise.race([once(file, 'drain'), failed]);
    file.end();
    await Promise.race([once(file, 'close'), failed]);
    await rename(aside, path);
  } catch (error) {
    file.destroy();
    await rm(aside, { force: true });
    throw error;
  }
}

const NUMBER = /^[-+]?[\d.,\s]+(?:e[-+]?\d+)?%?$/i;

/** A spreadsheet would run a cell that begins so as a formula (OWASP, CSV injection); a negative number it would not. */
const harmless = (cell: string): string =>
  /^[=+\-@\t\r]/.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export const csvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => quoted(harmless(cell))).join(',')}\r\n`;
