/**
 * Aliases: names that stand for one version of a model, and can be moved to another. What serves is the alias
 * `champion`; moving it changes what serves, and rolling back gives it back to the version that had it before.
 */
import type { Transaction } from 'kysely';
import { type Database, inTransaction, type Tables } from '../database/tables.ts';
import { Conflict, NotFound } from '../errors.ts';
import { recordChange } from './audit.ts';
import { holdModel, runOfVersion } from './models.ts';
import { aliasName } from './uri.ts';

export const CHAMPION = 'champion';

/** So many earlier versions an alias remembers. */
const MOST_FORMER = 100;

interface Move {
  readonly model: string;
  /** Default: champion. */
  readonly alias?: string;
  /** For the audit log. */
  readonly by: string;
}

/** The version that an alias stands for. @throws UserError where the model or the alias is not there. */
export async function aliasTarget(
  database: Database,
  model: string,
  alias: string = CHAMPION,
): Promise<{ version: number; run: string }> {
  const found = await current(database, model, alias);
  if (found) return runOfVersion(database, model, found.version);
  const { version } = await runOfVersion(database, model, 'latest');
  const command = `gradus promote ${model} ${version}${alias === CHAMPION ? '' : ` --alias ${alias}`}`;
  throw new NotFound({
    en: `No version of "${model}" is its ${alias}. Make one: ${command}`,
    zh: `“${model}”没有版本是其 ${alias}。设置：${command}`,
  });
}

/** Gives an alias to a version. Where it has it already nothing changes. */
export async function promote(
  database: Database,
  options: Move & { readonly version: number },
): Promise<void> {
  const { model, version, by } = options;
  const alias = aliasName(options.alias ?? CHAMPION);
  await inTransaction(database, async (transaction) => {
    await holdModel(transaction, model);
    await runOfVersion(transaction, model, version);
    const before = await current(transaction, model, alias);
    if (before?.version === version) return;
    const former = before ? [...before.former, before.version].slice(-MOST_FORMER) : [];
    await put(transaction, { model, alias, version, former });
    await recordChange(transaction, {
      who: by,
      what: 'promote',
      model,
      before: before ? { alias, version: before.version } : null,
      after: { alias, version },
    });
  });
}

/**
 * Gives an alias back to the version that had it before; again, to the one before that.
 *
 * @returns the version that has it now. @throws UserError where there was none before.
 */
export async function rollback(database: Database, options: Move): Promise<number> {
  const { model, by } = options;
  const alias = aliasName(options.alias ?? CHAMPION);
  return inTransaction(database, async (transaction) => {
    await holdModel(transaction, model);
    const before = await current(transaction, model, alias);
    const version = before?.former.at(-1);
    if (!before || version === undefined) {
      throw new Conflict(
        before
          ? {
              en: `Version ${before.version} of "${model}" is the first ${alias}: there is none to roll back to.`,
              zh: `“${model}”的第 ${before.version} 版是首个 ${alias}：没有可回退的版本。`,
            }
          : {
              en: `No version of "${model}" is its ${alias}, so there is nothing to roll back.`,
              zh: `“${model}”没有版本是其 ${alias}，因此无可回退。`,
            },
      );
    }
    await put(transaction, { model, alias, version, former: before.former.slice(0, -1) });
    await recordChange(transaction, {
      who: by,
      what: 'rollback',
      model,
      before: { alias, version: before.version },
      after: { alias, version },
    });
    return version;
  });
}

/** Takes an alias away, with its memory of earlier versions. @throws UserError where it is not there. */
export async function deleteAlias(
  database: Database,
  options: Move & { readonly alias: string },
): Promise<void> {
  const { model, alias, by } = options;
  await inTransaction(database, async (transaction) => {
    await holdModel(transaction, model);
    const before = await current(transaction, model, alias);
    if (!before) {
      throw new NotFound({
        en: `"${model}" has no alias "${alias}".`,
        zh: `“${model}”没有别名“${alias}”。`,
      });
    }
    await transaction.deleteFrom('aliases').where('model', '=', model).where('alias', '=', alias).execute();
    await recordChange(transaction, {
      who: by,
      what: 'delete alias',
      model,
      before: { alias, version: before.version },
      after: null,
    });
  });
}

async function current(
  database: Database,
  model: string,
  alias: string,
): Promise<{ version: number; former: number[] } | undefined> {
  const row = await database
    .selectFrom('aliases')
    .select(['version', 'former'])
    .where('model', '=', model)
    .where('alias', '=', alias)
    .executeTakeFirst();
  return row && { version: row.version, former: JSON.parse(row.former) as number[] };
}

async function put(
  transaction: Transaction<Tables>,
  { model, alias, version, former }: { model: string; alias: string; version: number; former: number[] },
): Promise<void> {
  const values = { version, former: JSON.stringify(former) };
  await transaction
    .insertInto('aliases')
    .values({ model, alias, ...values })
    .onConflict((conflict) => conflict.columns(['model', 'alias']).doUpdateSet(values))
    .execute();
}
