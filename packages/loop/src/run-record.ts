/**
 * Finished runs, as they stand on disk: `<runs>/<id>/run.json` and what lies beside it. A run that is listed is
 * complete; unfinished ones are kept apart, in `.unfinished`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { z } from 'zod';

export const RUN_FILE = 'run.json';
/** A run's model; a run without one is served by its recipe alone. */
export const MODEL_FILE = 'model.onnx';

/** No part of it leads out of the directory of runs. */
const Id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/);

/** What a run was made from: where it lay, and what it held then. */
const SourceRecord = z.object({
  kind: z.enum(['file', 'folder', 'glob', 'postgres', 's3']),
  /** A local path is absolute; of a database or S3, without what is secret. */
  address: z.string(),
  bytes: z.number(),
  /** Of the content; of several files, of their names and contents. */
  sha256: z.string(),
  /** How many files it is, where it is several: sources.json lists them. */
  files: z.number().optional(),
});
export type SourceRecord = z.infer<typeof SourceRecord>;

/** Records from before there were several sources have one, `input`, a file. */
function withSources(record: unknown): unknown {
  if (typeof record !== 'object' || record === null || !('input' in record) || 'sources' in record)
    return record;
  const { input, ...rest } = record as { input: { path?: unknown } };
  return { ...rest, sources: { data: { ...input, kind: 'file', address: input?.path } } };
}

export const RunRecord = z.preprocess(
  withSources,
  z.object({
    /** Sortable by time of its start. */
    id: Id,
    recipe: z.string(),
    version: z.number(),
    options: z.record(z.string(), z.unknown()),
    seed: z.number(),
    /** By name; the main one first. */
    sources: z
      .record(z.string(), SourceRecord)
      .refine((sources) => Object.keys(sources).length > 0, 'expected at least one'),
    /** The run this one was retrained from. */
    parent: Id.optional(),
    /** How many corrections it was retrained with. */
    corrections: z.number(),
    createdAt: z.iso.datetime(),
    /** By step. */
    seconds: z.record(z.string(), z.number()),
    versions: z.record(z.string(), z.string()),
    machine: z.record(z.string(), z.union([z.string(), z.number()])),
    summary: z.looseObject({ metrics: z.record(z.string(), z.number()) }),
    files: z.array(z.string()),
  }),
);
export type RunRecord = z.infer<typeof RunRecord>;

export interface FoundRun extends RunRecord {
  /** Absolute. */
  readonly directory: string;
}

/** The source that a run was made from first of all. */
export const mainSourceOf = ({ sources }: Pick<RunRecord, 'sources'>): SourceRecord =>
  Object.values(sources)[0]!;

const LARGEST_RECORD = 32 * 2 ** 20;

/** @throws UserError where the directory holds no run, or a damaged one. */
export function readRun(directory: string): FoundRun {
  const path = join(directory, RUN_FILE);
  let text: string;
  try {
    if (statSync(path).size > LARGEST_RECORD)
      throw new UserError(`${path} is too large to be a run's record.`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${directory} holds no finished run (no readable ${RUN_FILE}).`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`${path} is damaged: it is not JSON.`);
  }
  const record = RunRecord.safeParse(value);
  if (!record.success) throw new UserError(`${path} is damaged: ${z.prettifyError(record.error)}`);
  return { ...record.data, directory: resolve(directory) };
}

/** All finished runs, the latest first. A directory that holds none is passed over. */
export function listRuns(runs: string): FoundRun[] {
  return entries(runs)
    .flatMap((name) => {
      try {
        return [readRun(join(runs, name))];
      } catch {
        return [];
      }
    })
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/**
 * The run of this id, of the only id that begins so, or in this directory; `latest` is the one made last.
 *
 * @throws UserError naming the runs that there are.
 */
export function findRun(runs: string, wanted: string): FoundRun {
  if (/[/\\]/.test(wanted)) return readRun(wanted);
  const all = entries(runs);
  if (wanted === 'latest') {
    const [latest] = listRuns(runs);
    if (latest) return latest;
  }
  const matches = all.includes(wanted)
    ? [wanted]
    : all.filter((id) => wanted !== '' && id.startsWith(wanted));
  if (matches.length === 1) return readRun(join(runs, matches[0]!));
  const offered = (matches.length > 1 ? matches : listRuns(runs).map(({ id }) => id)).slice(0, 10);
  throw new UserError(
    matches.length > 1
      ? `"${wanted}" fits several runs: ${offered.join(', ')}. Give more of the id.`
      : `There is no run "${wanted}" in ${resolve(runs)}. ${offered.length > 0 ? `There are: ${offered.join(', ')}.` : 'There are none yet.'}`,
  );
}

function entries(runs: string): string[] {
  try {
    return readdirSync(runs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => basename(entry.name))
      .sort();
  } catch {
    return [];
  }
}
