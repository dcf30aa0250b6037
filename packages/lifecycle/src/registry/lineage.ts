/**
 * A lineage: a run, the runs retrained from it, theirs, and so on. It is known by its first run's id, which begins
 * with the recipe's name, and is a registered model of that name: the first run is version 1, each challenger that wins
 * is the next, and the alias `champion` is on the one that serves.
 */

import { type FoundRun, findRun } from '@gradus/loop';
import type { Database } from '../database/tables.ts';
import { aliasTarget, CHAMPION, promote } from './aliases.ts';
import { holdModel } from './models.ts';
import { describeRun, register } from './register.ts';
import type { Weighed } from './weighed.ts';

/** The id of the first run of the lineage that a run is of. */
export function lineageOf(runs: string, run: FoundRun): string {
  let first = run;
  for (const seen = new Set<string>(); first.parent !== undefined && !seen.has(first.id); ) {
    seen.add(first.id);
    first = findRun(runs, first.parent);
  }
  return first.id;
}

/** The name of a lineage's own model, which is registered if it is not yet. */
export async function modelOfLineage(
  database: Database,
  { runs, run, by }: { readonly runs: string; readonly run: FoundRun; readonly by: string },
): Promise<string> {
  const model = lineageOf(runs, run);
  const known = await database
    .selectFrom('models')
    .select('name')
    .where('name', '=', model)
    .executeTakeFirst();
  if (known) return model;
  // Winners of comparisons that were made before there was a registry.
  const winners = await database
    .selectFrom('comparisons')
    .select('challenger')
    .where('model', '=', model)
    .where('promoted', '=', 1)
    .orderBy('id')
    .execute();
  const versions = [model, ...winners.map(({ challenger }) => challenger)].map((id) =>
    describeRun(findRun(runs, id)),
  );
  await database.transaction().execute(async (transaction) => {
    const made = await transaction
      .insertInto('models')
      .values({ name: model, recipe: run.recipe, versions: 0, createdAt: new Date().toISOString() })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst();
    // Where another process was faster, it has done all this.
    if (!made) return;
    for (const version of versions) {
      await promote(transaction, {
        model,
        version: await register(transaction, { model, run: version, by }),
        by,
      });
    }
  });
  return model;
}

/** The highest id among the corrections that a challenger of a model has learnt from so far; 0 before the first. */
export async function lastLearntCorrection(
  database: Database,
  { lineage, model }: { readonly lineage: string; readonly model: string },
): Promise<number> {
  const { last } = await database
    .selectFrom('comparisons')
    .select(({ fn }) => fn.max('lastCorrection').as('last'))
    .where('lineage', '=', lineage)
    .where('model', '=', model)
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

/**
 * Records a comparison. A challenger that won becomes the model's next version and its champion, unless there is
 * another champion by now than the one it was compared with. Recorded twice, the first time counts: whoever did it may have
 * been killed before they could say so.
 *
 * @returns the verdict as it stands.
 */
export async function recordComparison(
  database: Database,
  comparison: {
    readonly lineage: string;
    readonly model: string;
    readonly champion: string;
    readonly challenger: FoundRun;
    readonly lastCorrection: number;
    readonly verdict: Weighed;
    readonly by: string;
  },
): Promise<Weighed> {
  const { lineage, model, champion, challenger, lastCorrection, by } = comparison;
  const described = describeRun(challenger);
  return database.transaction().execute(async (transaction) => {
    await holdModel(transaction, model);
    const done = await transaction
      .selectFrom('comparisons')
      .select('verdict')
      .where('model', '=', model)
      .where('challenger', '=', challenger.id)
      .executeTakeFirst();
    if (done) return JSON.parse(done.verdict) as Weighed;
    const now = await aliasTarget(transaction, model, CHAMPION);
    const verdict = now.run === champion ? comparison.verdict : overtaken(comparison.verdict, now.run);
    await transaction
      .insertInto('comparisons')
      .values({
        lineage,
        model,
        champion,
        challenger: challenger.id,
        promoted: verdict.promote ? 1 : 0,
        lastCorrection,
        verdict: JSON.stringify(verdict),
        at: new Date().toISOString(),
      })
      .execute();
    if (verdict.promote) {
      const version = await register(transaction, { model, run: described, by });
      await promote(transaction, { model, version, by });
    }
    return verdict;
  });
}

function overtaken(verdict: Weighed, champion: string): Weighed {
  if (!verdict.promote) return verdict;
  return {
    ...verdict,
    promote: false,
    reason: {
      en: `Not promoted: while it was being trained, ${champion} became the champion, and it was not compared with that.`,
      zh: `未提升：在训练期间，${champion} 已成为冠军，而它没有与之比较过。`,
    },
  };
}
