/** What conformance suites look for in any value: texts in both languages without holes, and survival of JSON. */
import { isDeepStrictEqual } from 'node:util';
import { LANGUAGES } from '@gradus/base';
import { z } from 'zod';

/** What a sentence shows where a value was missing. */
const HOLE = /\bundefined\b|\bNaN\b|\bInfinity\b|\[object /;

/** Each text inside a value that is not there in both languages, or shows that something was missing. */
export function textProblems(value: unknown, where: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (LANGUAGES.some((language) => language in value)) {
    const texts: Readonly<Record<string, unknown>> = { ...value };
    return LANGUAGES.flatMap((language) => {
      const text = texts[language];
      if (typeof text !== 'string' || text.trim() === '') return [`${where}: no text in "${language}"`];
      return HOLE.test(text) ? [`${where}: "${text}" shows a missing value`] : [];
    });
  }
  return Object.entries(value).flatMap(([key, inner]) => textProblems(inner, `${where}.${key}`));
}

/** Whether a value is the same after JSON. */
export function jsonProblems(value: unknown, where: string): string[] {
  const text = JSON.stringify(value);
  const isSame = text !== undefined && isDeepStrictEqual(JSON.parse(text), plain(value));
  return isSame ? [] : [`${where} does not survive JSON`];
}

/** Fields that are undefined are absent from JSON, and mean the same. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, plain(inner)]])),
  );
}

/** Each option that does not say in both languages what it is. */
export function optionProblems(options: z.ZodType): string[] {
  if (!(options instanceof z.ZodObject)) return ['options: expected a Zod object'];
  return Object.entries(options.shape).flatMap(([name, schema]) => {
    const words = wordsOf(schema);
    return words ? textProblems(words, `options.${name}`) : [`options.${name}: no meta({ en, zh })`];
  });
}

/** An option's words may stand on the type or around it: `z.int().meta(…).default(28)`. */
function wordsOf(schema: unknown): { readonly en: unknown; readonly zh: unknown } | undefined {
  for (let inner = schema; inner instanceof z.ZodType; inner = innerOf(inner)) {
    const { en, zh } = inner.meta() ?? {};
    if (en !== undefined || zh !== undefined) return { en, zh };
  }
  return undefined;
}

const innerOf = (schema: z.ZodType): unknown =>
  'innerType' in schema.def ? schema.def.innerType : undefined;

/** Runs a check and makes a problem of what it throws. */
export async function attempt(
  what: string,
  check: () => Promise<readonly string[]> | readonly string[],
): Promise<readonly string[]> {
  try {
    return await check();
  } catch (error) {
    return [`${what} failed: ${error instanceof Error ? error.message : String(error)}`];
  }
}
