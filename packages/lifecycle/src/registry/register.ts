/**
 * Registering: a run becomes the next version of a model. Numbers count up from 1 without a gap, whoever else
 * registers at the same time: the number is taken by an update of the model's row, which the others wait for.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { type FoundRun, mainSourceOf } from '@gradus/loop';
import { type Database, inTransaction } from '../database/tables.ts';
import { recordChange } from './audit.ts';
import type { DataFingerprint } from './models.ts';
import { signatureOf } from './signature.ts';
import { checkTag } from './tags.ts';
import { modelName } from './uri.ts';

const CARD_FILE = 'card.md';
const LARGEST_CARD = 2 ** 20;

/** What a version keeps of its run. */
export type RunDescription = ReturnType<typeof describeRun>;

/** Reads what the registry keeps of a run. Apart from the registering itself, so that nobody waits for files. */
export function describeRun(run: FoundRun) {
  const { address, bytes, sha256 } = mainSourceOf(run);
  const data: DataFingerprint = { path: address, bytes, sha256, corrections: run.corrections };
  return {
    run: run.id,
    recipe: run.recipe,
    parent: run.parent ?? null,
    data,
    signature: signatureOf(run.directory),
    metrics: run.summary.metrics,
    card: cardOf(run.directory),
  };
}

/** @returns the version's number. @throws UserError where the model holds another recipe's runs. */
export async function register(
  database: Database,
  options: {
    readonly model: string;
    readonly run: RunDescription;
    readonly tags?: Readonly<Record<string, string>>;
    readonly by: string;
  },
): Promise<number> {
  const { run, tags = {}, by } = options;
  const model = modelName(options.model);
  for (const [name, value] of Object.entries(tags)) checkTag(name, value);
  const at = new Date().toISOString();
  return inTransaction(database, async (transaction) => {
    const { versions: version, recipe } = await transaction
      .insertInto('models')
      .values({ name: model, recipe: run.recipe, versions: 1, createdAt: at })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet(({ eb, ref }) => ({ versions: eb(ref('models.versions'), '+', 1) })),
      )
      .returning(['versions', 'recipe'])
      .executeTakeFirstOrThrow();
    if (recipe !== run.recipe) {
      throw new UserError({
        en: `The model "${model}" holds runs of the recipe "${recipe}", and ${run.run} is of "${run.recipe}". Register it under another name.`,
        zh: `模型“${model}”包含配方“${recipe}”的运行，而 ${run.run} 属于“${run.recipe}”。请以其他名称注册。`,
      });
    }
    await transaction
      .insertInto('modelVersions')
      .values({
        model,
        version,
        run: run.run,
        parent: run.parent,
        data: JSON.stringify(run.data),
        signature: JSON.stringify(run.signature),
        metrics: JSON.stringify(run.metrics),
        card: run.card,
        createdAt: at,
      })
      .execute();
    const rows = Object.entries(tags).map(([name, value]) => ({ model, version, name, value }));
    if (rows.length > 0) await transaction.insertInto('tags').values(rows).execute();
    await recordChange(transaction, {
      who: by,
      what: 'register',
      model,
      before: null,
      after: { version, run: run.run, ...(rows.length > 0 && { tags }) },
    });
    return version;
  });
}

function cardOf(directory: string): string | null {
  const path = join(directory, CARD_FILE);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > LARGEST_CARD) return null;
  // Postgres keeps no NUL in texts.
  return readFileSync(path, 'utf8').replaceAll('\u0000', '');
}
