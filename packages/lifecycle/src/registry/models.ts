/** What is registered: models, their versions, and what these are known by. */
import type { Transaction } from 'kysely';
import type { Database, Tables } from '../database/tables.ts';
import { NotFound } from '../errors.ts';
import { type Comparison, comparisonsOf } from './comparisons.ts';
import type { Signature } from './signature.ts';

export interface DataFingerprint {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** How many corrections were learnt beside it. */
  readonly corrections: number;
}

export interface ModelVersion {
  readonly version: number;
  readonly run: string;
  readonly parent: string | null;
  readonly data: DataFingerprint;
  readonly signature: Signature;
  readonly metrics: Readonly<Record<string, number>>;
  readonly card: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  readonly createdAt: string;
}

export interface ModelSummary {
  readonly name: string;
  readonly recipe: string;
  /** The number of the last version. */
  readonly versions: number;
  readonly aliases: Readonly<Record<string, number>>;
  readonly createdAt: string;
}

export interface RegisteredModel extends Omit<ModelSummary, 'versions'> {
  /** The latest first. */
  readonly versions: readonly ModelVersion[];
  /** The latest first. */
  readonly comparisons: readonly Comparison[];
}

/** All models by name. */
export async function listModels(database: Database): Promise<ModelSummary[]> {
  const models = await database
    .selectFrom('models')
    .selectAll()
    .orderBy('createdAt')
    .orderBy('name')
    .execute();
  const aliases = await database.selectFrom('aliases').selectAll().orderBy('alias').execute();
  return models.map((model) => ({
    ...model,
    aliases: Object.fromEntries(
      aliases.filter((row) => row.model === model.name).map(({ alias, version }) => [alias, version]),
    ),
  }));
}

/** A model with all its versions. @throws UserError naming the models that there are. */
export async function showModel(database: Database, name: string): Promise<RegisteredModel> {
  const model = await database.selectFrom('models').selectAll().where('name', '=', name).executeTakeFirst();
  if (!model) throw await noSuchModel(database, name);
  const [versions, aliases, tags, comparisons] = await Promise.all([
    database
      .selectFrom('modelVersions')
      .selectAll()
      .where('model', '=', name)
      .orderBy('version', 'desc')
      .execute(),
    database.selectFrom('aliases').selectAll().where('model', '=', name).orderBy('alias').execute(),
    database.selectFrom('tags').selectAll().where('model', '=', name).orderBy('name').execute(),
    comparisonsOf(database, name),
  ]);
  return {
    name,
    recipe: model.recipe,
    createdAt: model.createdAt,
    comparisons,
    aliases: Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])),
    versions: versions.map((row) => ({
      version: row.version,
      run: row.run,
      parent: row.parent,
      data: JSON.parse(row.data) as DataFingerprint,
      signature: JSON.parse(row.signature) as Signature,
      metrics: JSON.parse(row.metrics) as Record<string, number>,
      card: row.card,
      createdAt: row.createdAt,
      tags: Object.fromEntries(
        tags.filter(({ version }) => version === row.version).map(({ name: tag, value }) => [tag, value]),
      ),
      aliases: aliases.filter(({ version }) => version === row.version).map(({ alias }) => alias),
    })),
  };
}

/** The id of a version's run. @throws UserError where there is no such model or version. */
export async function runOfVersion(
  database: Database,
  model: string,
  version: number | 'latest',
): Promise<{ version: number; run: string }> {
  const found = await database
    .selectFrom('modelVersions')
    .select(['version', 'run'])
    .where('model', '=', model)
    .$if(version !== 'latest', (query) => query.where('version', '=', version as number))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (found) return found;
  const last = await database
    .selectFrom('models')
    .select('versions')
    .where('name', '=', model)
    .executeTakeFirst();
  if (!last) throw await noSuchModel(database, model);
  throw new NotFound({
    en: `The model "${model}" has no version ${version}. Its versions go from 1 to ${last.versions}.`,
    zh: `模型“${model}”没有第 ${version} 版。其版本为 1 到 ${last.versions}。`,
  });
}

/** Holds a model against other writers until the transaction ends. @throws UserError where there is none. */
export async function holdModel(transaction: Transaction<Tables>, name: string): Promise<void> {
  // An update that changes nothing locks the row in Postgres; SQLite has but one writer at a time anyhow.
  const held = await transaction
    .updateTable('models')
    .set(({ ref }) => ({ versions: ref('versions') }))
    .where('name', '=', name)
    .returning('name')
    .executeTakeFirst();
  if (!held) throw await noSuchModel(transaction, name);
}

async function noSuchModel(database: Database, name: string): Promise<NotFound> {
  const found = await database.selectFrom('models').select('name').orderBy('name').limit(10).execute();
  const names = found.map((model) => model.name);
  const there =
    names.length > 0
      ? { en: `There are: ${names.join(', ')}.`, zh: `现有：${names.join('、')}。` }
      : { en: 'There are none yet.', zh: '目前还没有任何模型。' };
  return new NotFound({
    en: `There is no registered model "${name}". ${there.en} Register one with: gradus register RUN NAME`,
    zh: `没有名为“${name}”的已注册模型。${there.zh}注册：gradus register RUN NAME`,
  });
}
