/** A model is to be improved: by whoever asks, by schedule, or because its data drifts. One job at a time is enough for that. */
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { enqueueOnce } from './queue.ts';

/**
 * @param model A registered model's name
 * @param by Who or what asks: a caller's name, `drift`, …
 * @returns the job that does it, and whether it is new: while one waits or runs there is no second
 */
export const enqueueIterate = (
  database: Kysely<Tables>,
  { model, by }: { readonly model: string; readonly by: string },
): Promise<{ readonly id: number; readonly added: boolean }> =>
  enqueueOnce(database, {
    kind: 'iterate',
    about: model,
    payload: { model: `models:/${model}@champion` },
    by,
  });
