/** The formats of tables, and how each is recognized. */
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { UserError } from '@gradus/base';
import { readCsv } from './csv.ts';
import { readExcel } from './excel.ts';
import { type InputFile, openFile } from './file.ts';
import { readFiles } from './folder.ts';
import { isGlob } from './glob.ts';
import { readJson, readJsonLines } from './json.ts';
import { BEGINS_MARKUP, readMarkup, refuseArchive } from './markup.ts';
import { readParquet } from './parquet.ts';
import { needsDatabase, readPostgres } from './postgres.ts';
import { schemeOf, splitPart, unknownScheme } from './scheme.ts';
import { sniff } from './sniff.ts';
import type { OpenedSource, Source, SourceOptions } from './source.ts';
import { readSqlite } from './sqlite.ts';

interface FileFormat {
  /** The file's first bytes, which decide before its name. */
  readonly magic?: string;
  readonly suffixes: readonly string[];
  /** The beginning of the text, which decides where the name does not; of those that `overrule`, before the name. */
  readonly begins?: RegExp;
  readonly overrules?: true;
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
  { suffixes: ['.html', '.htm'], begins: BEGINS_MARKUP, overrules: true, packed: true, read: readMarkup },
  {
    suffixes: ['.jsonl', '.ndjson'],
    begins: /^\s*\{"[^\n]*\}\s*\n\s*\{"/,
    overrules: true,
    packed: true,
    read: readJsonLines,
  },
  { suffixes: ['.json'], begins: /^\s*(?:\[\s*[{[]|\{\s*")/, packed: true, read: readJson },
  { suffixes: ['.csv', '.tsv', '.txt', '.tab'], begins: /^/, packed: true, read: readCsv },
];

const SUFFIXES = FILE_FORMATS.flatMap(({ suffixes, packed }) =>
  packed ? [...suffixes, ...suffixes.map((suffix) => `${suffix}.gz`)] : suffixes,
);

/**
 * @param source On this machine, or in a database: what lies on S3 is copied first (`localCopy`).
 * @throws UserError for what is no table
 */
export async function openSource(source: string, options: SourceOptions): Promise<OpenedSource> {
  const scheme = schemeOf(source);
  if (scheme === 'postgres' || scheme === 'postgresql') {
    return closing({
      opened: await readPostgres(source, options),
      inputs: [],
      checkUnchanged: async () => {},
    });
  }
  if (scheme !== undefined) throw unknownScheme(scheme);
  if (options.query !== undefined) throw needsDatabase();
  const { path, part } = await splitPart(source);
  const partOptions = { ...options, part };
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory() || (!stats && isGlob(path)))
    return closing(await readFiles(path, partOptions, SUFFIXES, openFileSource));
  return openFileSource(path, partOptions);
}

/** @throws UserError for what is no file of a table */
async function openFileSource(path: string, options: SourceOptions): Promise<OpenedSource> {
  const file = await openFile(path);
  const format = formatOf(file);
  if (options.part !== undefined && !format.parts) {
    throw new UserError({
      en: `${file.name} has no sheets or tables to choose from: leave out "#${options.part}".`,
      zh: `${file.name} 没有可选择的工作表或数据表：请去掉“#${options.part}”。`,
    });
  }
  return closing({
    opened: await format.read(file, options),
    inputs: [path],
    checkUnchanged: file.checkUnchanged,
  });
}

const closing = (source: Omit<OpenedSource, typeof Symbol.asyncDispose>): OpenedSource => ({
  ...source,
  [Symbol.asyncDispose]: async () => source.opened.close?.(),
});

function formatOf({ name, head, gzipped }: InputFile): FileFormat {
  const start = Buffer.from(head.subarray(0, 4096)).toString('latin1');
  const byMagic = FILE_FORMATS.find(({ magic }) => magic !== undefined && start.startsWith(magic));
  if (byMagic && gzipped)
    throw new UserError({
      en: `${name} is packed with gzip. Unpack it first.`,
      zh: `${name} 经 gzip 压缩。请先解压。`,
    });
  if (byMagic) return byMagic;
  const texts = FILE_FORMATS.filter(({ magic }) => magic === undefined);
  const plain = gzipped ? basename(name).replace(/\.gz$/i, '') : name;
  const suffix = extname(plain).toLowerCase();
  const text = new TextDecoder(sniff(head, name).encoding).decode(head);
  refuseArchive(text, name);
  const format =
    texts.find(({ overrules, begins }) => overrules && begins?.test(text)) ??
    texts.find(({ suffixes }) => suffixes.includes(suffix)) ??
    texts.find(({ begins }) => begins?.test(text));
  return format!;
}
