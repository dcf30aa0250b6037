/**
 * The sources of a run: each is looked at once, before anything else, so that the same data give the same run. Files and
 * folders are hashed where they lie; what lies in a database or on S3 is copied first, so that a run that goes on after a
 * crash reads the same rows.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { type ResolvedSource, resolveSource } from '@gradus/data';
import { z } from 'zod';
import type { SourceRecord } from './run-record.ts';
import { sourceOfName, type Takes } from './takes.ts';

/** A source as a step reads it. */
export interface RunSource extends Omit<SourceRecord, 'files'> {
  /** What readers open: a local path, or a folder or glob of such. */
  readonly path: string;
  readonly files: readonly SourceFile[];
}

export interface SourceFile {
  /** Within the folder. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of a run's sources that are several, by source. */
export const SOURCES_FILE = 'sources.json';

export interface SourcesOptions {
  readonly takes: Takes;
  /** Addresses by the names of the recipe's sources. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The addresses by which the record names sources that are read from a copy. */
  readonly recordedAs: Readonly<Record<string, string>>;
  /** Where what is not local is copied to: the same command finds its copies again, another makes its own. */
  readonly copies: string;
  readonly signal: AbortSignal;
  onProgress(what: Localized, done: number, total: number): void;
}

export interface OpenedSources {
  readonly sources: Readonly<Record<string, RunSource>>;
  /** @throws UserError where a file is no longer what it was when the run began */
  checkUnchanged(): Promise<void>;
}

/** @throws UserError where a source is missing, unknown or cannot be read */
export async function openSources(options: SourcesOptions): Promise<OpenedSources> {
  const { takes, addresses, recordedAs, copies, signal, onProgress } = options;
  requireKnown(takes, addresses);
  const sources: Record<string, RunSource> = {};
  const checks: (() => Promise<void>)[] = [];
  for (const [name, address] of inOrder(takes, addresses)) {
    const { title, presets } = takes[sourceOfName(takes, name)!]!;
    const preset = Object.hasOwn(presets, address) ? presets[address] : undefined;
    const file = preset === undefined ? address : presetFile(join(copies, name), address, preset);
    // Addresses of databases may hold a password.
    const what = file.includes('://') ? title : { en: basename(file), zh: basename(file) };
    const resolved = await resolveSource(file, {
      directory: join(copies, name),
      signal,
      onProgress: (done, total) => onProgress(what, done, total),
    });
    const source = runSource(resolved, preset === undefined ? recordedAs[name] : address);
    sources[name] = preset === undefined ? source : { ...source, kind: 'preset' };
    checks.push(() => resolved.checkUnchanged());
  }
  return {
    sources,
    checkUnchanged: async () => {
      for (const check of checks) await check();
    },
  };
}

/** As the recipe declares its sources; the first is the main one. */
const inOrder = (takes: Takes, addresses: Readonly<Record<string, string>>): [string, string][] =>
  Object.keys(takes).flatMap((source) =>
    Object.entries(addresses).filter(([name]) => sourceOfName(takes, name) === source),
  );

/** A preset is read like any file. */
function presetFile(directory: string, name: string, text: string): string {
  const path = join(directory, `${name}.yaml`);
  mkdirSync(directory, { recursive: true });
  writeWhole(path, text);
  return path;
}

function runSource(resolved: ResolvedSource, recordedAs: string | undefined): RunSource {
  const { kind, address, local, bytes, files } = resolved;
  const isLocal = kind === 'file' || kind === 'folder' || kind === 'glob';
  return {
    kind,
    // A run is retrained from wherever the next command is typed.
    address: recordedAs ?? (isLocal ? local : address),
    path: local,
    bytes,
    sha256: kind === 'file' ? files[0]!.sha256 : resolved.sha256,
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  };
}

/** What run.json keeps of a source. */
export const recordOf = ({ kind, address, bytes, sha256, files }: RunSource): SourceRecord => ({
  kind,
  address,
  bytes,
  sha256,
  ...(files.length > 1 && { files: files.length }),
});

/** The content of sources.json; undefined where each source is one file. */
export function sourceFilesJson(sources: Readonly<Record<string, RunSource>>): string | undefined {
  const several = Object.entries(sources).filter(([, { files }]) => files.length > 1);
  if (several.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(several.map(([name, { files }]) => [name, files])));
}

const SourceFiles = z.record(
  z.string(),
  z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
);

/** @returns the files of the sources that are several. @throws UserError where the list is damaged */
export function readSourceFiles(directory: string): Readonly<Record<string, readonly SourceFile[]>> {
  const path = join(directory, SOURCES_FILE);
  if (!existsSync(path)) return {};
  try {
    return SourceFiles.parse(JSON.parse(readFileSync(path, 'utf8')));
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

function requireKnown(takes: Takes, addresses: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(addresses).find((name) => sourceOfName(takes, name) === undefined);
  const names = Object.keys(takes).join(', ');
  if (unknown !== undefined) {
    throw new UserError({
      en: `There is no source "${unknown}". There are: ${names}.`,
      zh: `没有名为“${unknown}”的数据源。可用的有：${names}。`,
    });
  }
  for (const [name, { title, isOptional }] of Object.entries(takes)) {
    if (isOptional || addresses[name] !== undefined) continue;
    throw new UserError({
      en: `The source "${name}" is missing: ${title.en}. Name a file, a folder, a glob, or a postgres:// or s3:// address.`,
      zh: `缺少数据源“${name}”：${title.zh}。请给出文件、文件夹、通配符，或 postgres://、s3:// 地址。`,
    });
  }
}
