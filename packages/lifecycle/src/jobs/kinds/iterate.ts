/** Improves a model: see iterate.ts. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { z } from 'zod';
import { Gates } from '../../iteration/gates.ts';
import { iterateModel, type Plan } from '../../iteration/iterate.ts';
import { type JobKind, makeJobDirectory, runIdOf } from './kind.ts';

const Payload = z.strictObject({
  model: z.string().min(1).max(300).describe('a run, for its lineage, or a URI: models:/NAME@champion'),
  gates: Gates.optional(),
});

export const iterate: JobKind<z.infer<typeof Payload>> = {
  payload: Payload,
  run: async ({ model, gates }, { job, signal, progress }, { database, runs, recipes }) => {
    // A job that goes on learns what it set out to learn, whatever has come in since.
    const file = join(makeJobDirectory(runs, job), 'plan.json');
    const { challenger, verdict, ...done } = await iterateModel(database, {
      model,
      runs,
      recipes,
      ...(gates && { gates }),
      by: job.by,
      id: (recipe) => runIdOf(recipe, job),
      plan: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Plan) : undefined,
      onPlan: (plan) => writeWhole(file, JSON.stringify(plan)),
      signal,
      onProgress: progress,
    });
    return { ...done, challenger: challenger.id, promote: verdict.promote, reason: verdict.reason };
  },
};
