/** Corrections: what people say the model should have answered. Kept by lineage, learnt from by `iterate`. */

import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { FoundRun } from '@gradus/loop';
import { z } from 'zod';
import type { Database } from '../database/tables.ts';
import { InvalidInput } from '../errors.ts';
import { type Recorded, recordCorrected } from '../monitoring/outcomes.ts';
import { recordChange, thisUser } from '../registry/audit.ts';
import { lineageOf } from '../registry/lineage.ts';
import { readRows } from '../row-file.ts';
import { correctionTable } from './correction-table.ts';

export interface FeedbackResult {
  readonly recorded: number;
  /** By their place, corrections that are recorded, though the prediction that they name is not known. */
  readonly withoutPrediction?: Recorded['setAside'];
  /** Of a file, the lines that are no corrections, or whose prediction is not known. */
  readonly setAside?: readonly { readonly line: number; readonly reason: Localized }[];
}

interface FeedbackOptions {
  readonly runs: string;
  /** Whose lineage learns from them. */
  readonly run: FoundRun;
  /** For the audit log. */
  readonly by: string;
}

/** What parses corrections of this form. */
export const correctionParser =
  (schema: z.ZodType) =>
  (values: readonly unknown[]): unknown[] => {
    const parsed = z.strictObject({ corrections: z.array(schema) }).safeParse({ corrections: values });
    if (!parsed.success) throw new InvalidInput(parsed.error);
    return parsed.data.corrections;
  };

/** A value as the service's schema has parsed it, or why it is no correction. */
export type Checked = { readonly value: unknown } | { readonly reason: Localized };

/** What says of each value whether it is a correction of this form. */
export const correctionChecker =
  (schema: z.ZodType) =>
  (values: readonly unknown[]): Checked[] =>
    values.map((value) => {
      const parsed = schema.safeParse(value);
      return parsed.success ? { value: parsed.data } : { reason: reasonOf(parsed.error) };
    });

/** Values that are checked at once, so that who checks them answers others in between. */
const CHECKED_AT_ONCE = 1000;

/** Records corrections: all together or, where one is none, not at all. @throws UserError naming the field */
export async function recordCorrections(
  database: Database,
  {
    runs,
    run,
    parse,
    corrections,
    by,
  }: FeedbackOptions & {
    readonly corrections: readonly unknown[];
    /** @throws InvalidInput naming the first that is no correction */
    parse(values: readonly unknown[]): Promise<readonly unknown[]>;
  },
): Promise<FeedbackResult> {
  const named = corrections.map(predictionOf);
  const parsed = await parse(named.map(({ correction }) => correction));
  const { setAside } = await addCorrections(
    database,
    lineageOf(runs, run),
    parsed,
    'http',
    named.map(({ prediction }) => prediction),
    by,
  );
  return {
    recorded: corrections.length,
    ...(setAside.length > 0 && { withoutPrediction: setAside }),
  };
}

/**
 * Records the corrections of a file: CSV with a header, or JSON lines. Rows that are no corrections are set aside with
 * the reason; the others are recorded all together or, on an error, not at all.
 */
export async function correctionsOfFile(
  database: Database,
  options: FeedbackOptions & {
    /** What one correction must look like, as the run's recipe declares it. */
    readonly form: z.ZodType;
    check(values: readonly unknown[]): Promise<readonly Checked[]>;
    readonly file: string;
    readonly signal?: AbortSignal;
  },
): Promise<FeedbackResult> {
  const { runs, run, form, check, file, by, signal } = options;
  const rows = await readRows(file, { signal, table: correctionTable(form) });
  const setAside = [...rows.setAside];
  const corrections: unknown[] = [];
  const predictions: (string | undefined)[] = [];
  const lines: number[] = [];
  for (let i = 0; i < rows.values.length; i += CHECKED_AT_ONCE) {
    const some = rows.values.slice(i, i + CHECKED_AT_ONCE);
    const named = some.map(({ value }) => predictionOf(value));
    const checked = await check(named.map(({ correction }) => correction));
    for (const [k, one] of checked.entries()) {
      const { line } = some[k]!;
      if ('reason' in one) {
        setAside.push({ line, reason: one.reason });
        continue;
      }
      corrections.push(one.value);
      predictions.push(named[k]!.prediction);
      lines.push(line);
    }
  }
  if (corrections.length === 0) {
    const [first] = setAside;
    throw new UserError({
      en: `${basename(file)} holds no correction that can be used.${first ? ` Line ${first.line}: ${first.reason.en}.` : ''}`,
      zh: `${basename(file)} 中没有可用的更正。${first ? `第 ${first.line} 行：${first.reason.zh}。` : ''}`,
    });
  }
  const lineage = lineageOf(runs, run);
  const joined = await addCorrections(database, lineage, corrections, basename(file), predictions, by);
  for (const { index, reason } of joined.setAside) {
    setAside.push({
      line: lines[index]!,
      reason: { en: `its correction is recorded, but ${reason.en}`, zh: `更正已记录，但${reason.zh}` },
    });
  }
  return { recorded: corrections.length, setAside: setAside.sort((a, b) => a.line - b.line) };
}

/** A correction, and the prediction that it says it corrects. */
function predictionOf(value: unknown): { prediction: string | undefined; correction: unknown } {
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
