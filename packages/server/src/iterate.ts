/**
 * The seventh step: a model learns from its corrections. The champion's run is made again with them, the new run is
 * compared with the old one on the same held-out rows, and takes over, as the model's next version, only if it is better.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '@gradus/engine';
import { type FoundRun, type Progress, type Recipe, readRun, runLoop, type Verdict } from '@gradus/loop';
import { openDatabase } from './database/open.ts';
import { correctionsOf } from './feedback.ts';
import { lastLearntCorrection, lineageOf, recordComparison } from './lineage.ts';
import { recipeOf } from './recipes.ts';
import { aliasTarget } from './registry/aliases.ts';
import { thisUser } from './registry/audit.ts';
import { resolveModel } from './registry/resolve.ts';

export interface Iteration {
  /** The registered model that was to be improved. */
  readonly model: string;
  readonly champion: string;
  readonly challenger: FoundRun;
  /** Corrections that the challenger learnt from. */
  readonly corrections: number;
  readonly verdict: Verdict;
}

/** @throws UserError where there is nothing new to learn, or the run's file is gone or changed. */
export async function iterate(options: {
  /** A run's id, for its lineage's model, or a URI of a registered one. */
  readonly model: string;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly signal?: AbortSignal;
  onProgress?(progress: Progress): void;
}): Promise<Iteration> {
  const { runs, recipes, signal, onProgress } = options;
  const by = thisUser();
  const database = await openDatabase(runs);
  try {
    const model = await resolveModel(database, { runs, wanted: options.model, by });
    const champion = readRun(join(runs, (await aliasTarget(database, model)).run));
    const recipe = recipeOf(recipes, champion);
    const lineage = lineageOf(runs, champion);
    const corrections = await correctionsOf(database, lineage);
    const last = corrections.at(-1)?.id ?? 0;
    if (last <= (await lastLearntCorrection(database, { lineage, model }))) {
      throw new UserError(
        corrections.length === 0
          ? `There are no corrections for ${lineage} to learn from. Give some with: gradus feedback ${lineage} FILE`
          : `All ${corrections.length} corrections for ${lineage} have been learnt from already. Give more with: gradus feedback ${lineage} FILE`,
      );
    }
    await requireUnchanged(champion);
    const challenger = await runLoop(recipe as Recipe<object>, {
      input: champion.input.path,
      options: recipe.options.parse(champion.options) as object,
      seed: champion.seed,
      runs,
      parent: champion.id,
      corrections: corrections.map(({ correction }) => correction),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    });
    const verdict = await recipe.compare(champion.directory, challenger.directory);
    const standing = await recordComparison(database, {
      lineage,
      model,
      champion: champion.id,
      challenger,
      lastCorrection: last,
      verdict,
      by,
    });
    return { model, champion: champion.id, challenger, corrections: corrections.length, verdict: standing };
  } finally {
    await database.destroy();
  }
}

/** Held-out rows are the same only if the file is. */
async function requireUnchanged({ id, input }: FoundRun): Promise<void> {
  if (!existsSync(input.path)) {
    throw new UserError(
      `The file that ${id} was made from is gone: ${input.path}. Put it back, or make a new run.`,
    );
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(input.path), hash);
  if (hash.digest('hex') !== input.sha256) {
    throw new UserError(
      `${input.path} has changed since ${id} was made from it, so old and new model could not be compared on the same rows. Make a new run from it.`,
    );
  }
}
