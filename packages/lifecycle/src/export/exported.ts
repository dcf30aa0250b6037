/** What is handed over: a model's versions, each with the files of its run, under a name. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { type FoundRun, findRun, type HandOver, MODEL_FILE, type Recipe } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { type ModelSignature, modelSignature } from '../model-file.ts';
import { recipeOf } from '../recipes.ts';
import { CHAMPION } from '../registry/aliases.ts';
import { runOfVersion, showModel } from '../registry/models.ts';
import { versionOf } from '../registry/traffic.ts';
import { parseModelUri } from '../registry/uri.ts';

export interface ExportedVersion {
  readonly number: number;
  readonly run: FoundRun;
}

export interface Exported {
  /** The registered model's, or the run's id. */
  readonly name: string;
  readonly recipe: Recipe;
  /** By number; the last is the requested one. */
  readonly versions: readonly [...ExportedVersion[], ExportedVersion];
}

/** A file of an export: its content, or a file to be copied; `path` is within the export's folder, with `/`. */
export type ExportedFile = { readonly path: string } & (
  | { readonly content: string | Uint8Array }
  | { readonly copy: string }
);

/** A champion's versions before it that go along, so that one can go back to them. */
const MOST_EARLIER = 4;

/**
 * A run's id or URI stands for the one version that it names; a registered model's bare name for its champion and the
 * versions before it, the champion last: engines that get no version take the highest.
 *
 * @throws UserError where there is no such run or model
 */
export async function resolveExported(
  database: Database,
  options: { readonly runs: string; readonly reference: string; readonly recipes: readonly Recipe[] },
): Promise<Exported> {
  const { runs, reference, recipes } = options;
  const { name, versions } = await versionsOf(database, runs, reference);
  const found = versions.map(({ number, run }) => ({ number, run: findRun(runs, run) }));
  const last = found.at(-1)!;
  return { name, recipe: recipeOf(recipes, last.run), versions: [...found.slice(0, -1), last] };
}

async function versionsOf(
  database: Database,
  runs: string,
  reference: string,
): Promise<{ name: string; versions: readonly { number: number; run: string }[] }> {
  const uri = parseModelUri(reference);
  if (uri?.kind === 'run') return { name: uri.run, versions: [{ number: 1, run: uri.run }] };
  if (uri) {
    const found =
      uri.kind === 'version'
        ? await runOfVersion(database, uri.model, uri.version)
        : await versionOf(database, uri.model, uri.alias);
    const number = 'number' in found ? Number(found.number) : found.version;
    return { name: uri.model, versions: [{ number, run: found.run }] };
  }
  const isModel = await database
    .selectFrom('models')
    .select('name')
    .where('name', '=', reference.normalize('NFC'))
    .executeTakeFirst();
  if (!isModel || existsSync(join(runs, reference))) {
    const { id } = findRun(runs, reference);
    return { name: id, versions: [{ number: 1, run: id }] };
  }
  const { name, aliases, versions } = await showModel(database, isModel.name);
  const champion = aliases[CHAMPION] ?? versions[0]!.version;
  const kept = versions.filter(({ version }) => version <= champion).slice(0, MOST_EARLIER + 1);
  return { name, versions: kept.reverse().map(({ version, run }) => ({ number: version, run })) };
}

/** @throws UserError where the run has no model.onnx, or one that cannot be read */
export async function requireSignature({ run }: ExportedVersion): Promise<ModelSignature> {
  const file = join(run.directory, MODEL_FILE);
  if (existsSync(file)) return modelSignature(file);
  throw new UserError({
    en: `The run ${run.id} has no ${MODEL_FILE}: it learnt nothing that a graph could hold, so there is nothing for this engine to serve.`,
    zh: `运行 ${run.id} 没有 ${MODEL_FILE}：它没有学到可由计算图表示的内容，因此该引擎没有可提供服务的模型。`,
  });
}

/** model.onnx, and the weights beside it where it is large; `folder` is where they go, ending in `/`, or empty. */
export function modelFiles({ run }: ExportedVersion, folder: string): ExportedFile[] {
  return readdirSync(run.directory)
    .filter((name) => name === MODEL_FILE || name === `${MODEL_FILE}.data`)
    .map((name) => ({ path: folder + name, copy: join(run.directory, name) }));
}

/** What the run's recipe adds for those who have no Gradus. */
export async function handOverOf(
  { recipe }: Exported,
  { run }: ExportedVersion,
): Promise<HandOver | undefined> {
  return recipe.handOver?.(run.directory);
}
