/** A job as it is asked for from outside: checked, and tied to what it is about. */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { Database } from '../database/tables.ts';
import { resolveModel } from '../registry/resolve.ts';
import { isModelReference } from '../registry/uri.ts';
import { inDataDirectory } from './data-directory.ts';
import { KINDS, type Kind } from './kinds/index.ts';
import type { NewJob } from './queue.ts';

const kind = <Name extends Kind>(name: Name) =>
  z.strictObject({ kind: z.literal(name), payload: KINDS[name].payload as z.ZodType<object> });

export const JobRequest = z.discriminatedUnion('kind', [kind('train'), kind('iterate'), kind('predict')]);
export type JobRequest = z.infer<typeof JobRequest>;

export interface RequestOptions {
  readonly runs: string;
  readonly by: string;
  /** Of a request over HTTP: where the files may be. Undefined: none may be read. */
  readonly outside?: { readonly data: string | undefined };
}

/**
 * The job that a request stands for. There is one at a time that improves a model.
 *
 * @throws UserError where a model or file cannot be used
 */
export async function jobOf(
  database: Database,
  { kind, payload }: JobRequest,
  { runs, by, outside }: RequestOptions,
): Promise<NewJob> {
  const given = payload as { readonly model?: string; readonly input?: string };
  if (outside && kind !== 'train' && !isModelReference(given.model!)) {
    throw new UserError(
      `"${given.model}" names no model. Expected a run's id, runs:/ID/model, models:/NAME/VERSION or models:/NAME@ALIAS.`,
    );
  }
  const input = given.input;
  const read = outside && input !== undefined ? inDataDirectory(outside.data, runs, input) : input;
  const whole = { ...payload, ...(read !== undefined && { input: read }) };
  if (kind !== 'iterate') return { kind, payload: whole, by };
  const about = await resolveModel(database, { runs, wanted: given.model!, by });
  return { kind, payload: { ...whole, model: `models:/${about}@champion` }, about, by };
}
