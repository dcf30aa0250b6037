/**
 * What came of predictions: reported days later, more than once, or of predictions that are not in the log any more. Each of
 * these is said, so that whoever sends them can tell a mistake from a repetition.
 *
 * For the same row of the same prediction the last outcome counts. Corrections that name their prediction are kept beside,
 * and apart: people correct what is wrong, so the accuracy cannot be estimated from them.
 */

import type { Localized } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { Described } from '@gradus/loop';
import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, inTransaction, type Tables } from '../database/tables.ts';
import { readRows } from '../row-file.ts';
import { parsePrediction } from './log/prediction-id.ts';
import { outcomeOf } from './watches/quality.ts';

const Value = z.union([z.string().max(1000), z.number(), z.boolean()]);

export const Outcome = z.strictObject({
  /** As the header `x-gradus-prediction` said; `ID.ROW` where the request asked about many things. */
  prediction: z.string().max(60),
  outcome: z.union([
    Value,
    z.record(z.string().max(200), Value).refine((values) => Object.keys(values).length <= 50, {
      error: 'more than 50 values',
    }),
  ]),
});
export type Outcome = z.infer<typeof Outcome>;

export interface Recorded {
  /** New ones. */
  readonly recorded: number;
  /** Known already, and the same. */
  readonly repeated: number;
  /** Known already, and another: the new one counts. */
  readonly replaced: number;
  /** What could not be recorded, by its place in the request. */
  readonly setAside: readonly { readonly index: number; readonly reason: Localized }[];
}

/** Parameters of one query. */
const AT_ONCE = 500;

export function recordOutcomes(
  database: Database,
  outcomes: readonly Outcome[],
  by: string,
): Promise<Recorded> {
  const given = outcomes.map(({ prediction, outcome }) => ({ prediction, tell: () => outcome }));
  return inTransaction(database, (transaction) => record(transaction, given, 'outcome', by));
}

/** The corrections that name a prediction, as far as they speak of what it answered. */
export function recordCorrected(
  transaction: Transaction<Tables>,
  corrections: readonly { readonly prediction: string; readonly correction: unknown }[],
  by: string,
): Promise<Recorded> {
  const given = corrections.map(({ prediction, correction }) => ({
    prediction,
    tell: (described: Described | undefined) => outcomeOf(correction, described),
  }));
  return record(transaction, given, 'correction', by);
}

interface Given {
  readonly prediction: string;
  tell(described: Described | undefined): unknown;
}

async function record(
  transaction: Transaction<Tables>,
  given: readonly Given[],
  source: 'outcome' | 'correction',
  by: string,
): Promise<Recorded> {
  const setAside: { index: number; reason: Localized }[] = [];
  const [at, counts] = [new Date().toISOString(), { recorded: 0, repeated: 0, replaced: 0 }];
  for (let from = 0; from < given.length; from += AT_ONCE) {
    const part = given.slice(from, from + AT_ONCE);
    const named = part.map(({ prediction }) => parsePrediction(prediction));
    const ids = [...new Set(named.flatMap((name) => name?.id ?? []))];
    const logged = await loggedOf(transaction, ids);
    const known = await knownOf(transaction, ids, source);
    const fresh = new Map<string, Tables['outcomes']>();
    for (const [i, { prediction, tell }] of part.entries()) {
      const name = named[i];
      const found = name && logged.get(name.id);
      const reason = !name
        ? notAnId(prediction.slice(0, 60))
        : !found
          ? notLogged(name.id)
          : rowProblem(name, found.rows);
      if (reason !== undefined) {
        setAside.push({ index: from + i, reason });
        continue;
      }
      const row = name!.row ?? 0;
      const outcome = JSON.stringify(tell(found!.described[row]));
      const key = `${name!.id}.${row}`;
      const before = known.get(key);
      if (before === outcome) counts.repeated += 1;
      else {
        counts[before === undefined ? 'recorded' : 'replaced'] += 1;
        fresh.set(key, { prediction: name!.id, row, source, outcome, by, at });
        known.set(key, outcome);
      }
    }
    if (fresh.size === 0) continue;
    await transaction
      .insertInto('outcomes')
      .values([...fresh.values()])
      .onConflict((conflict) =>
        conflict.columns(['prediction', 'row', 'source']).doUpdateSet((column) => ({
          outcome: column.ref('excluded.outcome'),
          by: column.ref('excluded.by'),
          at: column.ref('excluded.at'),
        })),
      )
      .execute();
  }
  return { ...counts, setAside };
}

const notAnId = (text: string): Localized => ({
  en: `"${text}" is no prediction's id`,
  zh: `“${text}”不是预测编号`,
});

const notLogged = (id: string): Localized => ({
  en: `no prediction ${id} is in the log: it was never logged here, or is older than the log is kept`,
  zh: `日志中没有预测 ${id}：从未记录，或已超过日志保留期限`,
});

function rowProblem(
  { id, row }: { readonly id: string; readonly row: number | undefined },
  rows: number,
): Localized | undefined {
  if (row === undefined) {
    if (rows === 1) return undefined;
    return {
      en: `prediction ${id} is of ${rows} rows: name one, ${id}.0 to .${rows - 1}`,
      zh: `预测 ${id} 有 ${rows} 行：请指明其中一行，${id}.0 至 .${rows - 1}`,
    };
  }
  if (row < rows) return undefined;
  return {
    en: `prediction ${id} has ${rows} rows; ${row} is none of them, the first is 0`,
    zh: `预测 ${id} 有 ${rows} 行；没有第 ${row} 行，首行为 0`,
  };
}

async function loggedOf(
  transaction: Transaction<Tables>,
  ids: readonly string[],
): Promise<Map<string, { rows: number; described: readonly Described[] }>> {
  if (ids.length === 0) return new Map();
  const found = await transaction
    .selectFrom('predictions')
    .select(['id', 'rows', 'features'])
    .where('id', 'in', ids)
    .where('role', '=', 'answer')
    .execute();
  return new Map(
    found.map(({ id, rows, features }) => [id, { rows, described: JSON.parse(features) as Described[] }]),
  );
}

async function knownOf(
  transaction: Transaction<Tables>,
  ids: readonly string[],
  source: 'outcome' | 'correction',
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await transaction
    .selectFrom('outcomes')
    .select(['prediction', 'row', 'outcome'])
    .where('prediction', 'in', ids)
    .where('source', '=', source)
    .execute();
  return new Map(found.map(({ prediction, row, outcome }) => [`${prediction}.${row}`, outcome]));
}

/**
 * The outcomes of a file: CSV with the columns `prediction` and `outcome`, or JSON lines of the same names. What is no outcome
 * is set aside, by its line.
 */
export async function outcomesOfFile(
  file: string,
  signal?: AbortSignal,
): Promise<{
  readonly outcomes: readonly { readonly line: number; readonly outcome: Outcome }[];
  readonly setAside: readonly { readonly line: number; readonly reason: Localized }[];
}> {
  const rows = await readRows(file, { signal });
  const setAside = [...rows.setAside];
  const outcomes: { line: number; outcome: Outcome }[] = [];
  for (const { line, value } of rows.values) {
    const parsed = Outcome.safeParse(value);
    if (parsed.success) outcomes.push({ line, outcome: parsed.data });
    else setAside.push({ line, reason: reasonOf(parsed.error) });
  }
  return { outcomes, setAside };
}
