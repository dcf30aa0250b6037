/** Corrections: what people say the model should have answered. Kept by lineage, learnt from by `iterate`. */

import { basename } from 'node:path';
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { Recipe } from '@gradus/loop';
import { openDatabase } from './database/open.ts';
import type { Database } from './database/tables.ts';
import { type Recorded, recordCorrected } from './monitoring/outcomes.ts';
import { recipeOf } from './recipes.ts';
import { recordChange, thisUser } from './registry/audit.ts';
import { lineageOf } from './registry/lineage.ts';
import { resolveRun } from './registry/resolve.ts';
import { readRows } from './row-file.ts';

export interface FeedbackResult {
  readonly recorded: number;
  readonly setAside: readonly { readonly line: number; readonly reason: string }[];
}

/**
 * Records the corrections of a file: CSV with a header, or JSON lines. Rows that are no corrections are set aside with
 * the reason; the others are recorded all together or, on an error, not at all.
 */
export async function recordFeedback(options: {
  /** A run's id, or a URI of a registered model. */
  readonly model: string;
  readonly runs: string;
  readonly file: string;
  readonly recipes: readonly Recipe[];
  readonly signal?: AbortSignal;
}): Promise<FeedbackResult> {
  const { model, runs, file, recipes, signal } = options;
  const rows = await readRows(file, signal);
  const database = await openDatabase(runs);
  try {
    const run = await resolveRun(database, runs, model);
    const setAside = [...rows.setAside];
    const corrections: unknown[] = [];
    const predictions: (string | undefined)[] = [];
    const lines: number[] = [];
    const declared = recipeOf(recipes, run).service;
    const service = await declared.open(run.directory);
    const schema = service.correction ?? declared.correction;
    try {
      for (const { line, value } of rows.values) {
        const { prediction, correction } = predictionOf(value);
        const parsed = schema.safeParse(correction);
        if (parsed.success) {
          corrections.push(parsed.data);
          predictions.push(prediction);
          lines.push(line);
        } else setAside.push({ line, reason: reasonOf(parsed.error).en });
      }
    } finally {
      await service.close();
    }
    if (corrections.length === 0) {
      const why = setAside[0] ? ` Line ${setAside[0].line}: ${setAside[0].reason}.` : '';
      throw new UserError(`${basename(file)} holds no correction that can be used.${why}`);
    }
    const joined = await addCorrections(
      database,
      lineageOf(runs, run),
      corrections,
      basename(file),
      predictions,
    );
    for (const { index, reason } of joined.setAside) {
      setAside.push({ line: lines[index]!, reason: `its correction is recorded, but ${reason}` });
    }
    return {
      recorded: corrections.length,
      setAside: setAside.sort((a, b) => a.line - b.line),
    };
  } finally {
    await database.destroy();
  }
}

/** A correction, and the prediction that it says it corrects. */
export function predictionOf(value: unknown): { prediction: string | undefined; correction: unknown } {
  if (typeof value !== 'object' || value === null || !('prediction' in value)) {
    return { prediction: undefined, correction: value };
  }
  const { prediction, ...correction } = value;
  return typeof prediction === 'string'
    ? { prediction, correction }
    : { prediction: undefined, correction: value };
}

/**
 * @param corrections As the service's schema has parsed them
 * @param predictions The prediction that each corrects, where it says so
 * @param by For the audit log
 * @returns how the corrections that name a prediction were joined to it; each is recorded all the same
 */
export async function addCorrections(
  database: Database,
  lineage: string,
  corrections: readonly unknown[],
  source: string,
  predictions: readonly (string | undefined)[] = [],
  by = thisUser(),
): Promise<Recorded> {
  const at = new Date().toISOString();
  const rows = corrections.map((correction, i) => ({
    lineage,
    correction: JSON.stringify(correction),
    source,
    at,
    prediction: predictions[i]?.slice(0, 100) ?? null,
  }));
  const named = corrections.flatMap((correction, index) => {
    const prediction = predictions[index];
    return prediction === undefined ? [] : [{ index, prediction, correction }];
  });
  return database.transaction().execute(async (transaction) => {
    for (let i = 0; i < rows.length; i += 500) {
      await transaction
        .insertInto('corrections')
        .values(rows.slice(i, i + 500))
        .execute();
    }
    const after = { corrections: rows.length, source };
    await recordChange(transaction, { who: by, what: 'feedback', model: lineage, before: null, after });
    const joined = await recordCorrected(transaction, named, source);
    return {
      ...joined,
      setAside: joined.setAside.map(({ index, reason }) => ({ index: named[index]!.index, reason })),
    };
  });
}

/** All corrections of a lineage, oldest first. */
export async function correctionsOf(
  database: Database,
  lineage: string,
): Promise<{ readonly id: number; readonly correction: unknown }[]> {
  const rows = await database
    .selectFrom('corrections')
    .select(['id', 'correction'])
    .where('lineage', '=', lineage)
    .orderBy('id')
    .execute();
  return rows.map(({ id, correction }) => ({ id, correction: JSON.parse(correction) as unknown }));
}
