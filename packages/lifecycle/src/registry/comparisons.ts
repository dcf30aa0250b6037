/** The comparisons of challengers with champions that a model has been through: who won, and why or why not. */

import type { Database } from '../database/tables.ts';
import type { Weighed } from './weighed.ts';

export interface Comparison {
  readonly champion: string;
  readonly challenger: string;
  readonly promoted: boolean;
  /** Of comparisons made before there were gates, without them. */
  readonly verdict: Omit<Weighed, 'gates'> & Partial<Pick<Weighed, 'gates'>>;
  readonly at: string;
}

/** The latest first. */
export async function comparisonsOf(database: Database, model: string, most = 10): Promise<Comparison[]> {
  const rows = await database
    .selectFrom('comparisons')
    .selectAll()
    .where('model', '=', model)
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map(({ champion, challenger, promoted, verdict, at }) => ({
    champion,
    challenger,
    promoted: promoted === 1,
    verdict: JSON.parse(verdict) as Comparison['verdict'],
    at,
  }));
}

export const lastComparison = async (database: Database, model: string): Promise<Comparison | undefined> =>
  (await comparisonsOf(database, model, 1))[0];
