/**
 * Which version answers whom. Shares of the requests go to each version; a user, where the request names one, always gets
 * the same (an A/B test needs that), others by chance. Shadows answer as well, but nobody hears it.
 */
import { createHash } from 'node:crypto';
import { bothLanguages } from '@gradus/base/schema';
import { z } from 'zod';
import { type Database, inTransaction } from '../database/tables.ts';
import { InvalidInput } from '../errors.ts';
import { aliasTarget } from './aliases.ts';
import { recordChange } from './audit.ts';
import { holdModel, runOfVersion } from './models.ts';

const Share = z.object({
  /** An alias, or a version's number. */
  version: z.string().min(1).max(100),
  percent: z.number().min(0).max(100),
});

export const Traffic = z
  .object({
    answer: z.array(Share).min(1).max(10),
    shadow: z.array(Share).max(10).default([]),
  })
  .refine(({ answer }) => Math.abs(answer.reduce((sum, { percent }) => sum + percent, 0) - 100) < 1e-9, {
    path: ['answer'],
    ...bothLanguages({
      en: 'the percentages of the versions that answer must add up to 100',
      zh: '参与回答的各版本百分比之和必须为 100',
    }),
  });
export type Traffic = z.infer<typeof Traffic>;

/**
 * @param user Whoever asks, as the request names them
 * @param model Its name: a user in one model's test group is in another's by chance
 */
export function assign({ answer }: Traffic, model: string, user: string | undefined): string {
  let point = 100 * (user === undefined ? Math.random() : placeOf(`${model}\n${user}`));
  for (const { version, percent } of answer) {
    point -= percent;
    if (point < 0) return version;
  }
  return answer.findLast(({ percent }) => percent > 0)!.version;
}

/** The shadows that this request is shown to. */
export function shadowsOf({ shadow }: Traffic): string[] {
  return shadow.flatMap(({ version, percent }) => (100 * Math.random() < percent ? [version] : []));
}

/** Uniform in [0, 1), the same for the same text on every machine. */
function placeOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** How a model's requests are shared; undefined: all are the champion's. */
export async function trafficOf(database: Database, model: string): Promise<Traffic | undefined> {
  const row = await database
    .selectFrom('traffic')
    .select('traffic')
    .where('model', '=', model)
    .executeTakeFirst();
  return row && Traffic.parse(JSON.parse(row.traffic));
}

/**
 * @param traffic Undefined: all to the champion again
 * @throws UserError where a version is not there, or the shares do not add up
 */
export async function setTraffic(
  database: Database,
  options: { readonly model: string; readonly traffic: Traffic | undefined; readonly by: string },
): Promise<void> {
  const { model, by } = options;
  const checked = options.traffic && Traffic.safeParse(options.traffic);
  if (checked?.error) throw new InvalidInput(checked.error);
  const traffic = checked?.data;
  await inTransaction(database, async (transaction) => {
    await holdModel(transaction, model);
    const before = await trafficOf(transaction, model);
    for (const { version } of [...(traffic?.answer ?? []), ...(traffic?.shadow ?? [])]) {
      await versionOf(transaction, model, version);
    }
    if (traffic) {
      const values = { traffic: JSON.stringify(traffic) };
      await transaction
        .insertInto('traffic')
        .values({ model, ...values })
        .onConflict((conflict) => conflict.column('model').doUpdateSet(values))
        .execute();
    } else await transaction.deleteFrom('traffic').where('model', '=', model).execute();
    await recordChange(transaction, {
      who: by,
      what: 'traffic',
      model,
      before: before ?? null,
      after: traffic ?? null,
    });
  });
}

/** The version that an alias or a number stands for. @throws UserError where there is none */
export async function versionOf(
  database: Database,
  model: string,
  name: string,
): Promise<{ readonly number: string; readonly run: string }> {
  const { version, run } = /^\d+$/.test(name)
    ? await runOfVersion(database, model, Number(name))
    : await aliasTarget(database, model, name);
  return { number: String(version), run };
}

/** What should be served. */
export interface Desired {
  readonly traffic: Traffic;
  /** The run of every version that the traffic names, and its number, by the name it has there. */
  readonly versions: ReadonlyMap<string, { readonly number: string; readonly run: string }>;
}
