/** Lists in pages, as OpenAI's clients go through them: `limit` of them behind the one with the id `after`. */
import { InvalidInput } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';

const MOST = 10_000;
const LIMIT = z.coerce.number().pipe(z.int().min(1).max(MOST));

/** @throws InvalidInput where it is no number from 1 to 10,000 */
export function limitOf(context: Context, standard: number): number {
  const given = context.req.query('limit');
  if (given === undefined) return standard;
  const parsed = LIMIT.safeParse(given);
  if (parsed.success) return parsed.data;
  throw InvalidInput.ofField(['limit'], {
    en: `a number from 1 to ${MOST}`,
    zh: `1 到 ${MOST} 的数字`,
  });
}

export interface Page<T> {
  readonly object: 'list';
  readonly data: readonly T[];
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** The page that a request asks for. One that follows none that there is is empty. */
export function pageOf<T extends { readonly id: string }>(
  context: Context,
  all: readonly T[],
  standard = MOST,
): Page<T> {
  const after = context.req.query('after');
  const at = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const rest = after !== undefined && at === 0 ? [] : all.slice(at);
  return listOf(rest.slice(0, limitOf(context, standard)), rest.length > limitOf(context, standard));
}

export const listOf = <T extends { readonly id: string }>(data: readonly T[], more: boolean): Page<T> => ({
  object: 'list',
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: more,
});
