/** What workers can do. */

import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { z } from 'zod';
import type { Handler } from '../worker.ts';
import { iterate } from './iterate.ts';
import type { JobKind, Workplace } from './kind.ts';
import { predict } from './predict.ts';
import { train } from './train.ts';

export const KINDS = { train, iterate, predict } as const;
export type Kind = keyof typeof KINDS;

/** The kinds as a worker takes them: what a job was given is checked again, for it may be another version's. */
export function handlers(workplace: Workplace): Readonly<Record<Kind, Handler>> {
  const all = Object.entries(KINDS) as unknown as [Kind, JobKind<unknown>][];
  return Object.fromEntries(
    all.map(([name, { payload, run }]): [Kind, Handler] => [
      name,
      (given, context) => run(requireParsed(payload, given), context, workplace),
    ]),
  ) as Record<Kind, Handler>;
}

/** @throws UserError where a payload is not as its kind has it */
export function requireParsed<Payload>(schema: z.ZodType<Payload>, given: unknown): Payload {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(`The job cannot be done as it is asked for: ${reasonOf(parsed.error)}.`);
}
