/**
 * The parts of a tokenizer file. Each kind (normalizers, pre-tokenizers, …) is a table from the name in the file to
 * what reads its fields and makes the function that does the work.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { issueText } from '../../issue.ts';

/** Makes a part from its fields; `place` says where in the file they stand. */
export type Component<M> = (fields: unknown, place: string) => M;
export type Components<M> = Readonly<Record<string, Component<M>>>;

/** Parts within parts, at most so deep. */
const MAX_DEPTH = 16;

/** A part with fields of this shape. Fields that it does not have are let pass. */
export function component<S extends z.ZodRawShape, M>(
  shape: S,
  make: (fields: z.output<z.ZodObject<S>>, place: string) => M,
): Component<M> {
  const schema = z.object(shape);
  return (fields, place) => make(checked(schema, fields, place), place);
}

/** The part that `json.type` names. @throws UserError where there is none of that name, or its fields do not fit. */
export function build<M>(table: Components<M>, json: unknown, place: string): M {
  const { type } = checked(z.object({ type: z.string() }), json, place);
  if (place.split('.').length > MAX_DEPTH)
    throw new UserError({ en: `${place} is nested too deeply.`, zh: `${place} 嵌套过深。` });
  if (!Object.hasOwn(table, type))
    throw new UserError({
      en: `${place} is of type ${JSON.stringify(type)}, which is not supported. Known are ${Object.keys(table).join(', ')}.`,
      zh: `${place} 的类型是 ${JSON.stringify(type)}，不受支持。支持的类型：${Object.keys(table).join('、')}。`,
    });
  return table[type]!(json, place);
}

/** Parts in a list, under `place`.`field`. */
export function buildAll<M>(table: Components<M>, list: readonly unknown[], place: string): M[] {
  return list.map((json, i) => build(table, json, `${place}.${i}`));
}

/** `value` as the schema describes it. @throws UserError that names the field. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const field = [place, ...issue.path.map(String)].join('.');
  const { en, zh } = issueText(issue);
  throw new UserError({ en: `${field} does not fit: ${en}.`, zh: `${field} 不符合要求：${zh}。` });
}
