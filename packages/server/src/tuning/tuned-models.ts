/**
 * What trainings made: adapters, each under a name that it is served by, beside its base.
 *
 *     runs/.tuned/ftjob-12/model.json    its name
 *     runs/.tuned/ftjob-12/adapter       peft's layout; there when it is complete
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { z } from 'zod';

export interface TunedModel {
  readonly name: string;
  /** Of its adapter. */
  readonly path: string;
}

const DIRECTORY = '.tuned';
const Named = z.object({ name: z.string() });

/** As OpenAI names them: what it was made of, what its maker calls it, which training it was. */
export const tunedName = (base: string, suffix: string | undefined, job: number): string =>
  ['ft', base, ...(suffix === undefined ? [] : [suffix]), job].join(':');

/** Where the adapter of a training goes. */
export function tunedPlace(runs: string, job: number, name: string): string {
  const folder = join(resolve(runs), DIRECTORY, `ftjob-${job}`);
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, 'model.json'), JSON.stringify({ name }));
  return join(folder, 'adapter');
}

/** Those that are complete. */
export function tunedModels(runs: string): TunedModel[] {
  const directory = join(resolve(runs), DIRECTORY);
  const folders = existsSync(directory) ? readdirSync(directory).sort() : [];
  return folders.flatMap((folder) => {
    const path = join(directory, folder, 'adapter');
    if (!existsSync(path)) return [];
    try {
      const { name } = Named.parse(JSON.parse(readFileSync(join(directory, folder, 'model.json'), 'utf8')));
      return [{ name, path }];
    } catch {
      return [];
    }
  });
}
