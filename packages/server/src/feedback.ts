/** Corrections: what people say the model should have answered. Kept by lineage, learnt from by `iterate`. */
import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { readTable } from '@gradus/data';
import { UserError } from '@gradus/engine';
import type { Recipe } from '@gradus/loop';
import { openDatabase } from './database/open.ts';
import type { Database } from './database/tables.ts';
import { reasonOf } from './http/errors.ts';
import { lineageOf } from './lineage.ts';
import { recipeOf } from './recipes.ts';
import { recordChange, thisUser } from './registry/audit.ts';
import { resolveRun } from './registry/resolve.ts';

export interface FeedbackResult {
  readonly recorded: number;
  readonly setAside: readonly { readonly line: number; readonly reason: string }[];
}

const LARGEST_JSON_LINES = 100 * 2 ** 20;

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
  const rows = isJson(file) ? readJsonLines(file) : await readCsv(file, signal);
  const database = await openDatabase(runs);
  try {
    const run = await resolveRun(database, runs, model);
    const setAside = [...rows.setAside];
    const corrections: unknown[] = [];
    const service = await recipeOf(recipes, run).open(run.directory);
    try {
      for (const { line, value } of rows.values) {
        const parsed = service.correction.safeParse(value);
        if (parsed.success) corrections.push(parsed.data);
        else setAside.push({ line, reason: reasonOf(parsed.error) });
      }
    } finally {
      await service.close();
    }
    if (corrections.length === 0) {
      const why = setAside[0] ? ` Line ${setAside[0].line}: ${setAside[0].reason}.` : '';
      throw new UserError(`${basename(file)} holds no correction that can be used.${why}`);
    }
    await addCorrections(database, lineageOf(runs, run), corrections, basename(file));
    return {
      recorded: corrections.length,
      setAside: setAside.sort((a, b) => a.line - b.line),
    };
  } finally {
    await database.destroy();
  }
}

/** @param corrections As the service's schema has parsed them. @param by For the audit log. */
export async function addCorrections(
  database: Database,
  lineage: string,
  corrections: readonly unknown[],
  source: string,
  by = thisUser(),
): Promise<void> {
  const at = new Date().toISOString();
  const rows = corrections.map((correction) => ({
    lineage,
    correction: JSON.stringify(correction),
    source,
    at,
  }));
  await database.transaction().execute(async (transaction) => {
    for (let i = 0; i < rows.length; i += 500) {
      await transaction
        .insertInto('corrections')
        .values(rows.slice(i, i + 500))
        .execute();
    }
    const after = { corrections: rows.length, source };
    await recordChange(transaction, { who: by, what: 'feedback', model: lineage, before: null, after });
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

interface Rows {
  readonly values: readonly { readonly line: number; readonly value: unknown }[];
  readonly setAside: readonly { readonly line: number; readonly reason: string }[];
}

const isJson = (file: string): boolean =>
  ['.json', '.jsonl', '.ndjson'].includes(extname(file).toLowerCase());

function readJsonLines(file: string): Rows {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError(`There is no file ${file}.`);
  if (found.size > LARGEST_JSON_LINES)
    throw new UserError(`${file} is larger than 100 MB. Give it in parts.`);
  const values: { line: number; value: unknown }[] = [];
  const setAside: { line: number; reason: string }[] = [];
  for (const [i, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    try {
      values.push({ line: i + 1, value: JSON.parse(text) });
    } catch {
      setAside.push({ line: i + 1, reason: 'it is not JSON' });
    }
  }
  return { values, setAside };
}

async function readCsv(file: string, signal: AbortSignal | undefined): Promise<Rows> {
  const table = await readTable(file, { ...(signal && { signal }) });
  const values = table.rows.map((row, i) => ({
    line: table.numbers[i]! + 1,
    value: Object.fromEntries(
      table.columns.flatMap((column, k) => (row[k] === '' ? [] : [[column.toLowerCase(), row[k]!]])),
    ),
  }));
  return { values, setAside: table.setAside.rows };
}
