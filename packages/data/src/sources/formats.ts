/** The formats that tables come in, and how each is told. */
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { UserError } from '@gradus/base';
import { readCsv } from './csv.ts';
import { readExcel } from './excel.ts';
import { type InputFile, openFile } from './file.ts';
import { isGlob, readFiles } from './folder.ts';
import { readJson, readJsonLines } from './json.ts';
import { readParquet } from './parquet.ts';
import { readPostgres } from './postgres.ts';
import { sniff } from './sniff.ts';
import type { OpenedSource, Source, SourceOptions } from './source.ts';
import { readSqlite } from './sqlite.ts';

interface FileFormat {
  /** What the file begins with; told by this before its name. */
  readonly magic?: string;
  readonly suffixes: readonly string[];
  /** Told by what the text begins with, where the name says nothing. */
  readonly begins?: RegExp;
  /** Has parts to choose from by `#NAME`. */
  readonly parts?: true;
  /** Can be read from gzip. */
  readonly packed?: true;
  readonly read: (file: InputFile, options: SourceOptions) => Promise<Source>;
}

const FILE_FORMATS: readonly FileFormat[] = [
  { magic: 'PAR1', suffixes: ['.parquet', '.pq'], read: readParquet },
  { magic: 'SQLite format 3\0', suffixes: ['.db', '.sqlite', '.sqlite3'], parts: true, read: readSqlite },
  { magic: 'PK\x03\x04', suffixes: ['.xlsx', '.xlsm'], parts: true, read: readExcel },
  {
    suffixes: ['.jsonl', '.ndjson'],
    begins: /^\s*\{"[^\n]*\}\s*\n\s*\{"/,
    packed: true,
    read: readJsonLines,
  },
  { suffixes: ['.json'], begins: /^\s*(?:\[\s*\{|\{\s*")/, packed: true, read: readJson },
  { suffixes: ['.csv', '.tsv', '.txt', '.tab'], begins: /^/, packed: true, read: readCsv },
];

const SUFFIXES = FILE_FORMATS.flatMap(({ suffixes, packed }) =>
  packed ? [...suffixes, ...suffixes.map((suffix) => `${suffix}.gz`)] : suffixes,
);

/** @throws UserError for what is no table */
export async function openSource(source: string, options: SourceOptions): Promise<OpenedSource> {
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(source)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return { opened: await readPostgres(source, options), inputs: [], checkUnchanged: async () => {} };
  }
  if (scheme !== undefined) {
    throw new UserError(
      `Tables are not read from ${scheme}:// addresses. Download the file, or give a postgres:// address.`,
    );
  }
  if (options.query !== undefined)
    throw new UserError('A query needs a database on a server: give a postgres:// address.');
  const { path, part } = await splitPart(source);
  const asked = { ...options, part };
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() || (!found && isGlob(path)))
    return readFiles(path, asked, SUFFIXES, openFileSource);
  return openFileSource(path, asked);
}

/** @throws UserError for what is no file of a table */
export async function openFileSource(path: string, options: SourceOptions): Promise<OpenedSource> {
  const file = await openFile(path);
  const format = formatOf(file);
  if (options.part !== undefined && !format.parts) {
    throw new UserError(`${file.name} has no sheets or tables to choose from: leave out "#${options.part}".`);
  }
  return {
    opened: await format.read(file, options),
    inputs: [path],
    checkUnchanged: file.checkUnchanged,
  };
}

function formatOf({ name, head, gzipped }: InputFile): FileFormat {
  const start = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  const byMagic = FILE_FORMATS.find(({ magic }) => magic !== undefined && start.startsWith(magic));
  if (byMagic && gzipped) throw new UserError(`${name} is packed with gzip. Unpack it first.`);
  if (byMagic) return byMagic;
  const texts = FILE_FORMATS.filter(({ magic }) => magic === undefined);
  const plain = gzipped ? basename(name).replace(/\.gz$/i, '') : name;
  const suffix = extname(plain).toLowerCase();
  const text = new TextDecoder(sniff(head, name).encoding).decode(head);
  const format =
    texts.find(({ suffixes }) => suffixes.includes(suffix)) ?? texts.find(({ begins }) => begins?.test(text));
  return format!;
}

/** `sales.xlsx#Sheet2`; a file whose own name has a `#` is itself. */
async function splitPart(source: string): Promise<{ path: string; part?: string }> {
  const at = source.lastIndexOf('#');
  if (at <= 0 || (await stat(source).catch(() => undefined))) return { path: source };
  return { path: source.slice(0, at), part: source.slice(at + 1) };
}
