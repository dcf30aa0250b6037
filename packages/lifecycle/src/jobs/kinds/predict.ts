/** Predicts a file's rows: see batch/predict-file.ts. The output lies in the job's directory. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { readRun } from '@gradus/loop';
import { z } from 'zod';
import { FORMATS, predictFile } from '../../batch/predict-file.ts';
import { recipeOf } from '../../recipes.ts';
import { resolvePredictor } from '../../registry/resolve.ts';
import { type JobKind, makeJobDirectory } from './kind.ts';

const Payload = z.strictObject({
  model: z.string().min(1).max(300).describe('a run, for its champion, or a URI: models:/NAME@champion'),
  input: z.string().min(1).max(4000).describe('the file whose rows are predicted'),
  format: z.enum(FORMATS).default('csv'),
  columns: z
    .record(z.string().max(200), z.string().max(500))
    .default({})
    .describe("which column holds a field of the model's requests"),
});

export const predict: JobKind<z.infer<typeof Payload>> = {
  payload: Payload,
  run: async (payload, { job, signal, progress }, { database, runs, recipes }) => {
    const { model, input, format, columns } = payload;
    const directory = makeJobDirectory(runs, job);
    // The version that begins also ends it, whoever is champion by then.
    const file = join(directory, 'run');
    if (!existsSync(file)) {
      const { id } = await resolvePredictor(database, { runs, wanted: model, by: job.by });
      writeWhole(file, id);
    }
    const run = readRun(join(runs, readFileSync(file, 'utf8')));
    const declared = recipeOf(recipes, run).service;
    const service = await declared.open(run.directory);
    try {
      const { output, asideFile, ...done } = await predictFile({
        run,
        declared,
        service,
        input,
        output: join(directory, `result.${format}`),
        columns,
        signal,
        onProgress: progress,
      });
      return { ...done, output: basename(output), asideFile: basename(asideFile) };
    } finally {
      await service.close();
    }
  },
};
