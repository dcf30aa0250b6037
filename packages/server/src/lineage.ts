/**
 * A lineage: a run, the runs retrained from it, theirs, and so on. It is named by its first run. One of its runs, the
 * champion, serves; a challenger takes over only when a comparison says so.
 */
import { type FoundRun, findRun, type Verdict } from '@gradus/loop';
import type { Database } from './database/tables.ts';

/** The id of the first run of the lineage that a run is of. */
export function lineageOf(runs: string, run: FoundRun): string {
  let first = run;
  for (const seen = new Set<string>(); first.parent !== undefined && !seen.has(first.id); ) {
    seen.add(first.id);
    first = findRun(runs, first.parent);
  }
  return first.id;
}

/** The id of the run that serves. */
export async function championOf(database: Database, lineage: string): Promise<string> {
  const last = await database
    .selectFrom('comparisons')
    .select('challenger')
    .where('lineage', '=', lineage)
    .where('promoted', '=', 1)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.challenger ?? lineage;
}

/** The highest id among the corrections that a challenger has learnt from so far; 0 before the first. */
export async function lastLearntCorrection(database: Database, lineage: string): Promise<number> {
  const { last } = await database
    .selectFrom('comparisons')
    .select(({ fn }) => fn.max('lastCorrection').as('last'))
    .where('lineage', '=', lineage)
    .executeTakeFirstOrThrow();
  return last ?? 0;
}

export async function recordComparison(
  database: Database,
  lineage: string,
  champion: string,
  challenger: string,
  lastCorrection: number,
  verdict: Verdict,
): Promise<void> {
  await database
    .insertInto('comparisons')
    .values({
      lineage,
      champion,
      challenger,
      promoted: verdict.promote ? 1 : 0,
      lastCorrection,
      verdict: JSON.stringify(verdict),
      at: new Date().toISOString(),
    })
    .execute();
}
