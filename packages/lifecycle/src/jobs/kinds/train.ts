/** Trains: takes a file round a recipe's loop, and registers the run if a name is given. */
import { UserError } from '@gradus/base';
import { mainSource, type Progress, type Recipe, runLoop } from '@gradus/loop';
import { z } from 'zod';
import { describeRun, register } from '../../registry/register.ts';
import { modelName } from '../../registry/uri.ts';
import { type JobKind, runIdOf } from './kind.ts';

const Payload = z.strictObject({
  recipe: z.string().max(100),
  input: z.string().min(1).max(4000).describe('the file to learn from'),
  options: z.record(z.string(), z.unknown()).default({}).describe("the recipe's own"),
  seed: z.int().min(0).default(0),
  model: z.string().max(100).optional().describe('registers the run as the next version of this model'),
});

export const train: JobKind<z.infer<typeof Payload>> = {
  payload: Payload,
  run: async (payload, { job, signal, progress }, { database, runs, recipes }) => {
    const { input, seed } = payload;
    const recipe = recipes.find(({ name }) => name === payload.recipe);
    if (!recipe) {
      throw new UserError(
        `There is no recipe "${payload.recipe}". There are: ${recipes.map(({ name }) => name).join(', ')}.`,
      );
    }
    const model = payload.model === undefined ? undefined : modelName(payload.model);
    const options = recipe.options.safeParse(payload.options);
    if (!options.success) throw new UserError(`Wrong options: ${z.prettifyError(options.error)}`);
    const run = await runLoop(recipe as Recipe<object>, {
      sources: { [mainSource(recipe.takes)]: input },
      options: options.data as object,
      seed,
      runs,
      id: runIdOf(recipe.name, job),
      signal,
      onProgress: (now: Progress) => progress(now),
    });
    const done = { run: run.id, metrics: run.summary.metrics };
    if (model === undefined) return done;
    // Killed after it registered the run and before it said so: the version is there.
    const registered = await database
      .selectFrom('modelVersions')
      .select('version')
      .where('model', '=', model)
      .where('run', '=', run.id)
      .executeTakeFirst();
    const version =
      registered?.version ?? (await register(database, { model, run: describeRun(run), by: job.by }));
    return { ...done, model, version };
  },
};
