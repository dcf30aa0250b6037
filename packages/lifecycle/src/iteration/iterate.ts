/**
 * The seventh step: a model learns from its corrections, from what came of its predictions, and from rows added to its
 * file. The champion's run is made again with them, the new run is compared with the old one on the same held-out rows and
 * on the newest ones, goes through the gates, and takes over, as the model's next version, only if it is better. Where it
 * is as good and no better, the champion stays.
 */

import { join } from 'node:path';
import { type Language, UserError } from '@gradus/base';
import { type FoundRun, mainSourceOf, type Progress, type Recipe, readRun, runLoop } from '@gradus/loop';
import type { z } from 'zod';
import type { Database } from '../database/tables.ts';
import { type OpenSource, openedSources } from '../datasets/opened-sources.ts';
import { recipeOf } from '../recipes.ts';
import { aliasTarget } from '../registry/aliases.ts';
import { lastComparison } from '../registry/comparisons.ts';
import { lastLearntCorrection, lineageOf, recordComparison } from '../registry/lineage.ts';
import { resolveModel } from '../registry/resolve.ts';
import type { Weighed } from '../registry/weighed.ts';
import { adoptOutcomes } from './adopt-outcomes.ts';
import { correctionsOf } from './feedback.ts';
import { costsOf, Gates, throughGates } from './gates.ts';
import { fingerprintOf, type Split, sourcesNow, splitCorrections } from './news.ts';

export interface Iteration {
  /** The registered model that was to be improved. */
  readonly model: string;
  readonly champion: string;
  readonly challenger: FoundRun;
  /** Corrections (outcomes among them) that the challenger learnt from, and those held back. */
  readonly corrections: number;
  readonly recent: number;
  readonly verdict: Weighed;
}

/** What an iteration that goes on after a crash must know of its beginning. */
export interface Plan {
  readonly champion: string;
  readonly split: Split;
}

interface IterateOptions {
  /** A run's id, for its lineage's model, or a URI of a registered one. */
  readonly model: string;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly gates?: z.input<typeof Gates>;
  readonly signal?: AbortSignal;
  /** The challenger's report opens in it. */
  readonly language?: Language;
  /** Opens what the champion was made from. Default: as it is. */
  source?: OpenSource;
  onProgress?(progress: Progress): void;
}

/**
 * @param options.id Gives the challenger's id.
 * @param options.plan Kept from a beginning that a crash cut off
 * @throws UserError where there is nothing new to learn, or the run's file is gone or changed.
 */
export async function iterateModel(
  database: Database,
  options: IterateOptions & {
    readonly by: string;
    readonly id?: (recipe: string) => string;
    readonly plan?: Plan | undefined;
    onPlan?(plan: Plan): void;
  },
): Promise<Iteration> {
  const { runs, recipes, signal, language, onProgress, by, source = async (address) => address } = options;
  const gates = Gates.parse(options.gates ?? {});
  const model = await resolveModel(database, { runs, reference: options.model, by });
  const championId = options.plan?.champion ?? (await aliasTarget(database, model)).run;
  const champion = readRun(join(runs, championId));
  const recipe = recipeOf(recipes, champion);
  const lineage = lineageOf(runs, champion);
  let { plan } = options;
  if (!plan) await learnOutcomes(database, { model, lineage, champion, recipe, by });
  const all = await correctionsOf(database, lineage);
  if (!plan) {
    const before = await lastLearntCorrection(database, { lineage, model });
    const split = splitCorrections(
      all.map(({ id }) => id),
      before,
    );
    await requireNews(database, {
      runs,
      model,
      champion,
      lineage,
      count: all.length,
      split,
      before,
      signal,
      source,
    });
    plan = { champion: champion.id, split };
    options.onPlan?.(plan);
  }
  const { learnt, seen } = plan.split;
  const corrections = all.filter(({ id }) => id <= learnt).map(({ correction }) => correction);
  const recent = all.filter(({ id }) => id > learnt && id <= seen).map(({ correction }) => correction);
  const challenger = await runLoop(recipe as Recipe<object>, {
    ...(await openedSources(addressesOf(champion), (address, name) =>
      champion.sources[name]!.kind === 'preset' ? Promise.resolve(address) : source(address),
    )),
    options: recipe.options.parse(champion.options) as object,
    seed: champion.seed,
    runs,
    parent: champion.id,
    corrections,
    recent,
    ...(options.id && { id: options.id(recipe.name) }),
    ...(signal && { signal }),
    ...(language && { language }),
    ...(onProgress && { onProgress }),
  });
  onProgress?.({ step: 'compare', done: 0 });
  const verdict = await recipe.compare(champion.directory, challenger.directory);
  const weighed = throughGates(verdict, await costsOf(recipe, champion, challenger), gates);
  const standing = await recordComparison(database, {
    lineage,
    model,
    champion: champion.id,
    challenger,
    lastCorrection: seen,
    verdict: weighed,
    by,
  });
  return {
    model,
    champion: champion.id,
    challenger,
    corrections: corrections.length,
    recent: recent.length,
    verdict: standing,
  };
}

const addressesOf = ({ sources }: FoundRun): Record<string, string> =>
  Object.fromEntries(Object.entries(sources).map(([name, { address }]) => [name, address]));

async function learnOutcomes(
  database: Database,
  {
    champion,
    recipe,
    ...rest
  }: {
    readonly model: string;
    readonly lineage: string;
    readonly champion: FoundRun;
    readonly recipe: Recipe;
    readonly by: string;
  },
): Promise<void> {
  const service = await recipe.service.open(champion.directory);
  try {
    const { correction = recipe.service.correction, correctionOf } = service;
    if (correctionOf) await adoptOutcomes(database, { ...rest, correction, correctionOf });
  } finally {
    await service.close();
  }
}

/** @throws UserError where there are neither new corrections nor new rows */
async function requireNews(
  database: Database,
  {
    runs,
    model,
    champion,
    lineage,
    count,
    split,
    before,
    signal,
    source,
  }: {
    readonly runs: string;
    readonly model: string;
    readonly champion: FoundRun;
    readonly lineage: string;
    readonly count: number;
    readonly split: Split;
    readonly before: number;
    readonly signal: AbortSignal | undefined;
    readonly source: OpenSource;
  },
): Promise<void> {
  const { grown, fingerprint } = await sourcesNow(champion, { signal, source });
  if (split.seen > before) return;
  const last = grown ? await lastComparison(database, model) : undefined;
  const tried =
    last?.champion === champion.id && fingerprintOf(readRun(join(runs, last.challenger))) === fingerprint;
  if (grown && !tried) return;
  const path = mainSourceOf(champion).address;
  const more = {
    en: `Give more with: gradus feedback ${lineage} FILE; or add rows to the end of ${path}`,
    zh: `用 gradus feedback ${lineage} FILE 提供更多，或在 ${path} 末尾增加行`,
  };
  if (tried) {
    throw new UserError({
      en: `The rows added to ${path} have been learnt from already, and ${champion.id} stayed the better one. ${more.en}`,
      zh: `已经从 ${path} 新增的行中学习过，而 ${champion.id} 仍然更好。${more.zh}`,
    });
  }
  throw new UserError(
    count === 0
      ? {
          en: `There are no corrections for ${lineage} to learn from. Give some with: gradus feedback ${lineage} FILE; or add rows to the end of ${path}`,
          zh: `${lineage} 没有可学习的更正。${more.zh}`,
        }
      : {
          en: `All ${count} corrections for ${lineage} have been learnt from already. ${more.en}`,
          zh: `${lineage} 的 ${count} 条更正都已学习过。${more.zh}`,
        },
  );
}
