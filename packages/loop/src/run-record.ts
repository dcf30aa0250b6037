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
  /** A preset comes with the recipe; its address is its name. */
  kind: z.enum(['file', 'folder', 'glob', 'postgres', 's3', 'preset']),
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
      throw new UserError({
        en: `${path} is too large to be a run's record.`,
        zh: `${path} 过大，不是运行记录。`,
      });
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError({
      en: `${directory} holds no finished run (no readable ${RUN_FILE}).`,
      zh: `${directory} 中没有已完成的运行（没有可读的 ${RUN_FILE}）。`,
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError({
      en: `${path} is damaged: it is not JSON.`,
      zh: `${path} 已损坏：不是 JSON。`,
    });
  }
  const record = RunRecord.safeParse(value);
  if (!record.success) {
    const reason = z.prettifyError(record.error);
    throw new UserError({ en: `${path} is damaged: ${reason}`, zh: `${path} 已损坏：${reason}` });
  }
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
export function findRun(runs: string, name: string): FoundRun {
  if (/[/\\]/.test(name)) return readRun(name);
  const all = entries(runs);
  if (name === 'latest') {
    const [latest] = listRuns(runs);
    if (latest) return latest;
  }
  const matches = all.includes(name) ? [name] : all.filter((id) => name !== '' && id.startsWith(name));
  if (matches.length === 1) return readRun(join(runs, matches[0]!));
  const offered = (matches.length > 1 ? matches : listRuns(runs).map(({ id }) => id)).slice(0, 10);
  const [listed, place] = [offered.join(', '), resolve(runs)];
  throw new UserError(
    matches.length > 1
      ? {
          en: `"${name}" fits several runs: ${listed}. Give more of the id.`,
          zh: `“${name}”对应多个运行：${listed}。请给出更完整的编号。`,
        }
      : {
          en: `There is no run "${name}" in ${place}. ${offered.length > 0 ? `There are: ${listed}.` : 'There are none yet.'}`,
          zh: `${place} 中没有运行“${name}”。${offered.length > 0 ? `现有：${listed}。` : '目前还没有任何运行。'}`,
        },
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
