/** From what a user types, a run's id or a model's URI, to a run. */
import { join } from 'node:path';
import { type FoundRun, findRun, readRun } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { modelOfLineage } from '../lineage.ts';
import { aliasTarget, CHAMPION } from './aliases.ts';
import { runOfVersion } from './models.ts';
import { type ModelUri, parseModelUri } from './uri.ts';

/** The run that a run's id, its beginning, `latest`, a directory or a URI stands for. */
export async function resolveRun(database: Database, runs: string, wanted: string): Promise<FoundRun> {
  const uri = parseModelUri(wanted);
  return uri ? readRun(join(runs, await runIdOf(database, uri))) : findRun(runs, wanted);
}

/** What a server serves: always the same run, or whichever run the alias stands for at the moment. */
export interface Served {
  readonly uri: string;
  run(): Promise<FoundRun>;
}

/** A run's id stands for the champion of its lineage; a URI for what it says. */
export async function resolveServed(
  database: Database,
  options: { readonly runs: string; readonly wanted: string; readonly by: string },
): Promise<Served> {
  const { runs, wanted, by } = options;
  const given = parseModelUri(wanted);
  const uri: ModelUri = given ?? {
    kind: 'alias',
    model: await modelOfLineage(database, { runs, run: findRun(runs, wanted), by }),
    alias: CHAMPION,
  };
  return {
    uri: uri.kind === 'alias' ? `models:/${uri.model}@${uri.alias}` : wanted,
    run: async () => readRun(join(runs, await runIdOf(database, uri))),
  };
}

/** The model whose champion is to be improved: the one that a URI names, or that of a run's lineage. */
export async function resolveModel(
  database: Database,
  options: { readonly runs: string; readonly wanted: string; readonly by: string },
): Promise<string> {
  const uri = parseModelUri(options.wanted);
  if (uri && uri.kind !== 'run') return uri.model;
  const run = await resolveRun(database, options.runs, options.wanted);
  return modelOfLineage(database, { runs: options.runs, run, by: options.by });
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
