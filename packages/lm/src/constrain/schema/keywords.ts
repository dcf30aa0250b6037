/**
 * The keywords of JSON Schema (draft 2020-12) that are followed, and those that say nothing about what is valid. Any other is refused
 * by its place: what is not followed would not be kept.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { checkedFields } from '../../json.ts';

const TYPE = z.enum(['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']);
export type TypeName = z.output<typeof TYPE>;

const SCHEMA = z.union([z.boolean(), z.record(z.string(), z.unknown())]);
const LIST = z.array(SCHEMA).min(1).max(1000);
const SIZE = z.int().min(0);

const FOLLOWED = z
  .object({
    type: z.union([TYPE, z.array(TYPE).min(1).max(7)]),
    enum: z.array(z.unknown()).max(100_000),
    const: z.unknown(),
    properties: z.record(z.string(), SCHEMA),
    required: z.array(z.string()).max(10_000),
    additionalProperties: SCHEMA,
    minProperties: SIZE,
    maxProperties: SIZE,
    prefixItems: LIST,
    items: SCHEMA,
    minItems: SIZE,
    maxItems: SIZE,
    uniqueItems: z.boolean(),
    minLength: SIZE,
    maxLength: SIZE,
    pattern: z.string(),
    format: z.string(),
    minimum: z.number(),
    maximum: z.number(),
    exclusiveMinimum: z.number(),
    exclusiveMaximum: z.number(),
    multipleOf: z.number().gt(0),
    anyOf: LIST,
    oneOf: LIST,
    allOf: LIST,
    $ref: z.string(),
  })
  .partial();
export type Keywords = z.output<typeof FOLLOWED>;

const ANNOTATIONS: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  '$comment',
  '$schema',
  '$id',
  '$defs',
  'definitions',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'discriminator',
]);

/** A schema, and where it stands: `#/properties/name`. */
export interface Located {
  readonly schema: unknown;
  readonly place: string;
}

/** @throws UserError naming the place of a keyword that is wrong, or not followed */
export function keywordsOf({ schema, place }: Located): Keywords | boolean {
  if (typeof schema === 'boolean') return schema;
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    throw new UserError({
      en: `schema ${place}: expected an object, true or false`,
      zh: `schema ${place}：应为对象、true 或 false`,
    });
  }
  for (const name of Object.keys(schema)) {
    if (Object.hasOwn(FOLLOWED.shape, name) || ANNOTATIONS.has(name) || name.startsWith('x-')) continue;
    throw new UserError({
      en: `schema ${place}: the keyword "${name}" is not known, or cannot be kept to; known are ${Object.keys(FOLLOWED.shape).join(', ')}`,
      zh: `schema ${place}：关键字“${name}”未知或无法遵守；支持 ${Object.keys(FOLLOWED.shape).join('、')}`,
    });
  }
  return checkedFields(`schema ${place}`, schema, FOLLOWED);
}

/** A part of a place, as JSON pointers write it. */
export const pointed = (place: string, ...steps: readonly (string | number)[]): string =>
  [place, ...steps.map((step) => `${step}`.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
