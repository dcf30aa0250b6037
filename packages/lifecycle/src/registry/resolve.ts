/** From what a user types, a run's id or a model's URI, to a run. */
import { join } from 'node:path';
import { type FoundRun, findRun, readRun } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { aliasTarget, CHAMPION } from './aliases.ts';
import { modelOfLineage } from './lineage.ts';
import { runOfVersion } from './models.ts';
import type { Desired } from './traffic.ts';
import { trafficOf, versionOf } from './traffic.ts';
import { type ModelUri, parseModelUri } from './uri.ts';

/** The run that a run's id, its beginning, `latest`, a directory or a URI stands for. */
export async function resolveRun(database: Database, runs: string, reference: string): Promise<FoundRun> {
  const uri = parseModelUri(reference);
  return uri ? readRun(join(runs, await runIdOf(database, uri))) : findRun(runs, reference);
}

/** What a server serves, looked up anew each time. */
export interface Served {
  /** The model's name; a run's id where it is a run by itself. */
  readonly name: string;
  readonly uri: string;
  desired(): Promise<Desired>;
}

/**
 * A name or a run's id stands for the champion, and a champion's requests go as its model's traffic says; any other URI
 * stands for the one version that it names.
 */
export async function resolveServed(
  database: Database,
  options: { readonly runs: string; readonly reference: string; readonly by: string },
): Promise<Served> {
  const { runs, reference, by } = options;
  const uri: ModelUri = parseModelUri(reference) ?? {
    kind: 'alias',
    model: await resolveModel(database, { runs, reference, by }),
    alias: CHAMPION,
  };
  if (uri.kind === 'run') {
    const only = { number: uri.run, run: uri.run };
    return { name: uri.run, uri: reference, desired: async () => allTo('run', new Map([['run', only]])) };
  }
  const { model } = uri;
  const one = uri.kind === 'version' ? String(uri.version) : uri.alias;
  return {
    name: model,
    uri: uri.kind === 'alias' ? `models:/${model}@${uri.alias}` : reference,
    desired: async () => {
      const traffic = one === CHAMPION ? await trafficOf(database, model) : undefined;
      if (!traffic) return allTo(one, new Map([[one, await versionOf(database, model, one)]]));
      const names = new Set([...traffic.answer, ...traffic.shadow].map(({ version }) => version));
      const versions = await Promise.all(
        Array.from(names, async (name) => [name, await versionOf(database, model, name)] as const),
      );
      return { traffic, versions: new Map(versions) };
    },
  };
}

const allTo = (version: string, versions: Desired['versions']): Desired => ({
  traffic: { answer: [{ version, percent: 100 }], shadow: [] },
  versions,
});

/** Whether a model is registered by this name. */
const isRegistered = async (database: Database, name: string): Promise<boolean> =>
  (await database.selectFrom('models').select('name').where('name', '=', name).executeTakeFirst()) !==
  undefined;

/** The model whose champion is to be improved: the one that a name or a URI names, or that of a run's lineage. */
export async function resolveModel(
  database: Database,
  options: { readonly runs: string; readonly reference: string; readonly by: string },
): Promise<string> {
  const uri = parseModelUri(options.reference);
  if (uri && uri.kind !== 'run') return uri.model;
  const name = options.reference.normalize('NFC');
  if (!uri && (await isRegistered(database, name))) return name;
  const run = await resolveRun(database, options.runs, options.reference);
  return modelOfLineage(database, { runs: options.runs, run, by: options.by });
}

/** The run that predicts: the one that a URI names, or the champion of a run's lineage. */
export async function resolvePredictor(
  database: Database,
  options: { readonly runs: string; readonly reference: string; readonly by: string },
): Promise<FoundRun> {
  const { runs, reference } = options;
  if (parseModelUri(reference)) return resolveRun(database, runs, reference);
  const model = await resolveModel(database, options);
  return readRun(join(runs, (await aliasTarget(database, model)).run));
}

async function runIdOf(database: Database, uri: ModelUri): Promise<string> {
  switch (uri.kind) {
    case 'run':
      return uri.run;
    case 'version':
      return (await runOfVersion(database, uri.model, uri.version)).run;
    case 'alias':
      return (await aliasTarget(database, uri.model, uri.alias)).run;
  }
}
