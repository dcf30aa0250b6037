/** JSON files of model folders, from anyone: size and fields are checked. */
import { readFileSync, statSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { z } from 'zod';

const MOST_BYTES = 64 * 1024 * 1024;

/** @throws UserError naming the file and the field that is missing or wrong */
export function readJson<T>(path: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    const { size } = statSync(path);
    if (size > MOST_BYTES) throw new Error(`${size} bytes; at most ${MOST_BYTES} are read`);
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      { en: `${path} cannot be read as JSON: ${message}`, zh: `无法将 ${path} 作为 JSON 读取：${message}` },
      { cause: error },
    );
  }
  return checkedFields(path, json, schema);
}

/** @throws UserError naming the field */
export function checkedFields<T>(place: string, value: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { en, zh } = reasonOf(result.error);
  throw new UserError({ en: `${place}: ${en}`, zh: `${place}：${zh}` });
}
