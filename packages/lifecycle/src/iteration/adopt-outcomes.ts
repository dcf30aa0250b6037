/**
 * What came of predictions as corrections: where it is known what an answer should have been, a model can learn it. The
 * requests are taken from the prediction log, as far as it holds them: redacted, and without those that were cut.
 */
import type { Service } from '@gradus/loop';
import { type Database, inTransaction } from '../database/tables.ts';
import { recordChange } from '../registry/audit.ts';

/** Parameters of one query. */
const AT_ONCE = 500;
/** Where such corrections come from, in place of a file's name. */
const SOURCE = 'outcome';

/**
 * Adds the outcomes of a model's predictions to its corrections, each once: one that changes later is another correction,
 * and the last of a text counts.
 *
 * @returns how many were added
 */
export async function adoptOutcomes(
  database: Database,
  {
    model,
    lineage,
    correction: schema,
    correctionOf,
    by,
  }: Required<Pick<Service, 'correction' | 'correctionOf'>> & {
    readonly model: string;
    readonly lineage: string;
    readonly by: string;
  },
): Promise<number> {
  let added = 0;
  let last = { prediction: '', row: 0 };
  for (;;) {
    const { prediction, row } = last;
    const found = await database
      .selectFrom('outcomes')
      .innerJoin('predictions', 'predictions.id', 'outcomes.prediction')
      .select(['outcomes.prediction', 'outcomes.row', 'outcomes.outcome', 'predictions.input'])
      .where('outcomes.source', '=', 'outcome')
      .where('predictions.role', '=', 'answer')
      .where('predictions.model', '=', model)
      .where((is) =>
        is.or([
          is('outcomes.prediction', '>', prediction),
          is.and([is('outcomes.prediction', '=', prediction), is('outcomes.row', '>', row)]),
        ]),
      )
      .orderBy('outcomes.prediction')
      .orderBy('outcomes.row')
      .limit(AT_ONCE)
      .execute();
    if (found.length === 0) break;
    last = found.at(-1)!;
    const taught = found.flatMap(({ prediction, row, outcome, input }) => {
      if (input === null) return [];
      const parsed = schema.safeParse(correctionOf(JSON.parse(input), row, JSON.parse(outcome)));
      return parsed.success
        ? [{ prediction: `${prediction}.${row}`, correction: JSON.stringify(parsed.data) }]
        : [];
    });
    if (taught.length === 0) continue;
    added += await inTransaction(database, async (transaction) => {
      const known = await transaction
        .selectFrom('corrections')
        .select(['prediction', 'correction'])
        .where('lineage', '=', lineage)
        .where('source', '=', SOURCE)
        .where(
          'prediction',
          'in',
          taught.map(({ prediction }) => prediction),
        )
        .orderBy('id')
        .execute();
      const latest = new Map(known.map(({ prediction, correction }) => [prediction, correction]));
      const at = new Date().toISOString();
      const fresh = taught
        .filter(({ prediction, correction }) => latest.get(prediction) !== correction)
        .map((row) => ({ ...row, lineage, source: SOURCE, at }));
      if (fresh.length === 0) return 0;
      await transaction.insertInto('corrections').values(fresh).execute();
      const after = { corrections: fresh.length, source: SOURCE };
      await recordChange(transaction, { who: by, what: 'feedback', model: lineage, before: null, after });
      return fresh.length;
    });
  }
  return added;
}
