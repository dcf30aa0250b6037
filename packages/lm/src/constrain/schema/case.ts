/** One type of JSON with what keywords ask of it. */
import { UserError } from '@gradus/base';
import { type Keywords, type Located, pointed, type TypeName } from './keywords.ts';
import type { Limit } from './numbers.ts';

/** Schemas that hold at once; none: anything. */
export type Schemas = readonly Located[];

export interface StringCase {
  readonly type: 'string';
  readonly min: number;
  readonly max: number;
  readonly patterns: readonly { readonly source: string; readonly place: string; readonly format: boolean }[];
}
export interface NumberCase {
  readonly type: 'number';
  readonly integer: boolean;
  readonly low?: Limit;
  readonly high?: Limit;
  readonly multiples: readonly number[];
}
export interface ArrayCase {
  readonly type: 'array';
  readonly prefix: readonly Schemas[];
  readonly items: Schemas;
  readonly min: number;
  readonly max: number;
}
export interface ObjectCase {
  readonly type: 'object';
  readonly properties: ReadonlyMap<string, Schemas>;
  readonly required: ReadonlySet<string>;
  /** Of properties that are not listed. */
  readonly additional: Schemas;
  /** Whether properties that are not listed are asked for: by additionalProperties, or because none are listed. */
  readonly open: boolean;
  readonly min: number;
  readonly max: number;
}
export type Case =
  | { readonly type: 'null' }
  | { readonly type: 'boolean' }
  | NumberCase
  | StringCase
  | ArrayCase
  | ObjectCase
  | { readonly type: 'value'; readonly values: readonly unknown[] };

export const TYPES: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];
const ALL = Number.POSITIVE_INFINITY;

/** What keywords ask of each of some types. */
export function casesOfTypes(keywords: Keywords, place: string, types: readonly TypeName[]): Case[] {
  // Integers are numbers: where both are asked for, numbers are.
  const kept = types.filter((type) => type !== 'integer' || !types.includes('number'));
  return kept.map((type) => caseOf(type, keywords, place));
}

function caseOf(type: TypeName, keywords: Keywords, place: string): Case {
  switch (type) {
    case 'null':
    case 'boolean':
      return { type };
    case 'integer':
    case 'number': {
      const low = innermost([limit(keywords.minimum, false), limit(keywords.exclusiveMinimum, true)], 1);
      const high = innermost([limit(keywords.maximum, false), limit(keywords.exclusiveMaximum, true)], -1);
      const multiples = keywords.multipleOf === undefined ? [] : [keywords.multipleOf];
      return {
        type: 'number',
        integer: type === 'integer',
        multiples,
        ...(low && { low }),
        ...(high && { high }),
      };
    }
    case 'string':
      return {
        type,
        min: keywords.minLength ?? 0,
        max: keywords.maxLength ?? ALL,
        patterns: [
          ...(keywords.pattern === undefined
            ? []
            : [{ source: keywords.pattern, place: pointed(place, 'pattern'), format: false }]),
          ...(keywords.format === undefined
            ? []
            : [{ source: keywords.format, place: pointed(place, 'format'), format: true }]),
        ],
      };
    case 'array': {
      const { prefixItems = [], items, minItems = 0, maxItems = ALL } = keywords;
      if (keywords.uniqueItems && maxItems > 1) {
        throw new UserError({
          en: `schema ${pointed(place, 'uniqueItems')}: that items differ cannot be kept to where there may be more than one`,
          zh: `schema ${pointed(place, 'uniqueItems')}：元素可能多于一个时无法保证互不相同`,
        });
      }
      return {
        type,
        prefix: prefixItems.map((schema, i) => [{ schema, place: pointed(place, 'prefixItems', i) }]),
        items: items === undefined ? [] : [{ schema: items, place: pointed(place, 'items') }],
        min: minItems,
        max: maxItems,
      };
    }
    case 'object': {
      const { properties = {}, additionalProperties: additional } = keywords;
      const rest =
        additional === undefined || additional === true
          ? []
          : [{ schema: additional, place: pointed(place, 'additionalProperties') }];
      return {
        type,
        properties: new Map(
          Object.entries(properties).map(([name, schema]) => [
            name,
            [{ schema, place: pointed(place, 'properties', name) }],
          ]),
        ),
        required: new Set(keywords.required),
        additional: rest,
        open: additional === undefined ? keywords.properties === undefined : additional !== false,
        min: keywords.minProperties ?? 0,
        max: keywords.maxProperties ?? ALL,
      };
    }
  }
}

const limit = (value: number | undefined, open: boolean): Limit | undefined =>
  value === undefined ? undefined : { value, open };

/** The limit furthest in. @param inward 1 for lower limits, −1 for upper ones */
export function innermost(limits: readonly (Limit | undefined)[], inward: 1 | -1): Limit | undefined {
  return limits.reduce((best, next) => {
    if (!best || !next) return best ?? next;
    const further = (next.value - best.value) * inward;
    return further > 0 || (further === 0 && next.open) ? next : best;
  });
}
