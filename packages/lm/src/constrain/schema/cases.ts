/**
 * A schema as a list of cases, each of one type of JSON: what `anyOf`, `allOf` and `$ref` say together, worked out. Schemas inside (of
 * properties, of items) stay lists of schemas that hold at once, and are worked out when they are needed: they may refer back.
 */
import { UserError } from '@gradus/base';
import { type Keywords, keywordsOf, type Located, pointed, type TypeName } from './keywords.ts';
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

const TYPES: readonly TypeName[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];
const MOST_CASES = 1000;
const ALL = Number.POSITIVE_INFINITY;

export class Cases {
  readonly #root: unknown;
  readonly #known = new Map<string, readonly Case[]>();
  readonly #languageHas: (text: string, patterns: StringCase['patterns']) => boolean;

  /** @param languageHas whether a text matches all patterns */
  constructor(root: unknown, languageHas: (text: string, patterns: StringCase['patterns']) => boolean) {
    this.#root = root;
    this.#languageHas = languageHas;
  }

  /** @throws UserError naming the place of what is wrong or cannot be kept to */
  of(schemas: Schemas): readonly Case[] {
    return this.#all(schemas, []);
  }

  /** @param within places that are being worked out */
  #all(schemas: Schemas, within: readonly string[]): readonly Case[] {
    let cases: readonly Case[] | undefined;
    for (const schema of schemas) {
      const own = this.#one(schema, within);
      cases = cases ? this.#both(cases, own, schema.place) : own;
    }
    return cases ?? casesOfTypes({}, '#', TYPES);
  }

  #one(located: Located, within: readonly string[]): readonly Case[] {
    const { place } = located;
    const known = this.#known.get(place);
    if (known) return known;
    if (within.includes(place)) {
      throw new UserError({
        en: `schema ${place} refers to itself without anything between: nothing says what it is`,
        zh: `schema ${place} 直接引用自身：无法确定其内容`,
      });
    }
    const made = this.#worked(located, [...within, place]);
    this.#known.set(place, made);
    return made;
  }

  #worked(located: Located, within: readonly string[]): readonly Case[] {
    const { place } = located;
    const keywords = keywordsOf(located);
    if (keywords === true) return casesOfTypes({}, place, TYPES);
    if (keywords === false) return [];
    const types = keywords.type === undefined ? TYPES : [keywords.type].flat();
    let cases: readonly Case[] = casesOfTypes(keywords, place, types);
    const meet = (others: readonly Case[], name: string) => {
      cases = this.#both(cases, others, pointed(place, name));
    };
    if (keywords.enum) meet([{ type: 'value', values: keywords.enum }], 'enum');
    if (Object.hasOwn(keywords, 'const')) meet([{ type: 'value', values: [keywords.const] }], 'const');
    if (keywords.$ref !== undefined) meet(this.#one(this.#referred(keywords.$ref, place), within), '$ref');
    for (const [i, schema] of (keywords.allOf ?? []).entries())
      meet(this.#one({ schema, place: pointed(place, 'allOf', i) }, within), 'allOf');
    for (const name of ['anyOf', 'oneOf'] as const) {
      const list = keywords[name];
      if (!list) continue;
      const each = list.map((schema, i) => this.#one({ schema, place: pointed(place, name, i) }, within));
      if (name === 'oneOf') this.#requireApart(each, place);
      meet(each.flat(), name);
    }
    return cases;
  }

  #referred(ref: string, place: string): Located {
    const steps = /^#(?:\/(.*))?$/s.exec(ref)?.[1]?.split('/') ?? (ref === '#' ? [] : undefined);
    let schema: unknown = this.#root;
    let at = '#';
    for (const step of steps ?? []) {
      const name = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
      schema =
        schema !== null && typeof schema === 'object' && Object.hasOwn(schema, name)
          ? (schema as Record<string, unknown>)[name]
          : undefined;
      at = pointed(at, name);
    }
    if (steps && schema !== undefined) return { schema, place: at };
    throw new UserError({
      en: `schema ${place}: $ref "${ref}" leads nowhere; references to places inside the schema are followed, such as #/$defs/name`,
      zh: `schema ${place}：$ref “${ref}” 无法解析；只支持引用 schema 内部的位置，例如 #/$defs/name`,
    });
  }

  /** What both lists allow. */
  #both(a: readonly Case[], b: readonly Case[], place: string): readonly Case[] {
    if (a.length * b.length > 100 * MOST_CASES) throw tooMany(place);
    const made = a.flatMap((one) =>
      b.flatMap((other) => {
        const met = this.#met(one, other);
        return met ? [met] : [];
      }),
    );
    if (made.length > MOST_CASES) throw tooMany(place);
    return made;
  }

  #met(a: Case, b: Case): Case | undefined {
    if (a.type === 'value' || b.type === 'value') {
      const listed = a.type === 'value' ? a : b;
      const other = listed === a ? b : a;
      if (listed.type !== 'value') return undefined;
      const kept = listed.values.filter((value) => this.#holds(value, other));
      return kept.length > 0 ? { type: 'value', values: kept } : undefined;
    }
    if (a.type !== b.type) return undefined;
    if (a.type === 'number') return metNumbers(a, b as NumberCase);
    if (a.type === 'string') {
      const other = b as StringCase;
      return {
        type: 'string',
        min: Math.max(a.min, other.min),
        max: Math.min(a.max, other.max),
        patterns: [...a.patterns, ...other.patterns],
      };
    }
    if (a.type === 'array') return metArrays(a, b as ArrayCase);
    return a.type === 'object' ? metObjects(a, b as ObjectCase) : a;
  }

  /** Whether a value is of a case. */
  #holds(value: unknown, of: Case): boolean {
    const all = (value: unknown, schemas: Schemas) =>
      this.#all(schemas, []).some((one) => this.#holds(value, one));
    switch (of.type) {
      case 'value':
        return of.values.some((other) => same(value, other));
      case 'null':
        return value === null;
      case 'boolean':
        return typeof value === 'boolean';
      case 'number': {
        if (typeof value !== 'number' || (of.integer && !Number.isInteger(value))) return false;
        const { low, high } = of;
        if (low && (value < low.value || (low.open && value === low.value))) return false;
        if (high && (value > high.value || (high.open && value === high.value))) return false;
        return of.multiples.every((step) => Math.abs(value / step - Math.round(value / step)) < 1e-9);
      }
      case 'string': {
        if (typeof value !== 'string') return false;
        const { length } = [...value];
        return length >= of.min && length <= of.max && this.#languageHas(value, of.patterns);
      }
      case 'array':
        if (!Array.isArray(value) || value.length < of.min || value.length > of.max) return false;
        return value.every((item, i) => all(item, of.prefix[i] ?? of.items));
      case 'object': {
        if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
        const entries = Object.entries(value);
        if (entries.length < of.min || entries.length > of.max) return false;
        if ([...of.required].some((name) => !Object.hasOwn(value, name))) return false;
        return entries.every(([name, inner]) => all(inner, of.properties.get(name) ?? of.additional));
      }
    }
  }

  /** @throws UserError where two of the lists might allow the same value */
  #requireApart(lists: readonly (readonly Case[])[], place: string): void {
    for (const [i, list] of lists.entries())
      for (let k = 0; k < i; k++) {
        if (list.every((one) => lists[k]!.every((other) => this.#apart(one, other, 0)))) continue;
        throw new UserError({
          en: `schema ${pointed(place, 'oneOf')}: nothing tells choice ${k} from choice ${i} for sure, so that exactly one might not hold. Give them different types, or a required property with another const in each; or use anyOf`,
          zh: `schema ${pointed(place, 'oneOf')}：无法确定第 ${k} 项与第 ${i} 项互斥。请使用不同的类型，或在各项中以不同的 const 设置同一必填属性；或改用 anyOf`,
        });
      }
  }

  #apart(a: Case, b: Case, depth: number): boolean {
    if (a.type === 'value') return !a.values.some((value) => this.#holds(value, b));
    if (b.type === 'value') return this.#apart(b, a, depth);
    if (a.type !== b.type) return true;
    if (a.type === 'number') return emptyNumbers(metNumbers(a, b as NumberCase));
    if (a.type === 'string' || a.type === 'array') {
      const other = b as StringCase | ArrayCase;
      return Math.max(a.min, other.min) > Math.min(a.max, other.max);
    }
    if (a.type !== 'object' || depth > 3) return false;
    const other = b as ObjectCase;
    const missing = (of: ObjectCase, name: string) =>
      !of.properties.has(name) && this.#all(of.additional, []).length === 0;
    return (
      [...a.required].some((name) => missing(other, name)) ||
      [...other.required].some((name) => missing(a, name)) ||
      [...a.required].some((name) => {
        if (!other.required.has(name)) return false;
        const inner = (of: ObjectCase) => this.#all(of.properties.get(name) ?? of.additional, []);
        return inner(a).every((one) => inner(other).every((two) => this.#apart(one, two, depth + 1)));
      })
    );
  }
}

function casesOfTypes(keywords: Keywords, place: string, types: readonly TypeName[]): Case[] {
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
function innermost(limits: readonly (Limit | undefined)[], inward: 1 | -1): Limit | undefined {
  return limits.reduce((best, next) => {
    if (!best || !next) return best ?? next;
    const further = (next.value - best.value) * inward;
    return further > 0 || (further === 0 && next.open) ? next : best;
  });
}

function metNumbers(a: NumberCase, b: NumberCase): NumberCase {
  const [low, high] = [innermost([a.low, b.low], 1), innermost([a.high, b.high], -1)];
  return {
    type: 'number',
    integer: a.integer || b.integer,
    multiples: [...new Set([...a.multiples, ...b.multiples])],
    ...(low && { low }),
    ...(high && { high }),
  };
}

const emptyNumbers = ({ low, high }: NumberCase): boolean =>
  low !== undefined &&
  high !== undefined &&
  (low.value > high.value || (low.value === high.value && (low.open || high.open)));

function metArrays(a: ArrayCase, b: ArrayCase): ArrayCase {
  const count = Math.max(a.prefix.length, b.prefix.length);
  const at = (of: ArrayCase, i: number) => of.prefix[i] ?? of.items;
  return {
    type: 'array',
    prefix: Array.from({ length: count }, (_, i) => joined(at(a, i), at(b, i))),
    items: joined(a.items, b.items),
    min: Math.max(a.min, b.min),
    max: Math.min(a.max, b.max),
  };
}

function metObjects(a: ObjectCase, b: ObjectCase): ObjectCase {
  const names = new Set([...a.properties.keys(), ...b.properties.keys()]);
  const of = (object: ObjectCase, name: string) => object.properties.get(name) ?? object.additional;
  return {
    type: 'object',
    properties: new Map([...names].map((name) => [name, joined(of(a, name), of(b, name))])),
    required: new Set([...a.required, ...b.required]),
    additional: joined(a.additional, b.additional),
    open: a.open && b.open,
    min: Math.max(a.min, b.min),
    max: Math.min(a.max, b.max),
  };
}

const joined = (a: Schemas, b: Schemas): Schemas => [
  ...new Map([...a, ...b].map((located) => [located.place, located])).values(),
];

const tooMany = (place: string): UserError =>
  new UserError({
    en: `schema ${place}: more than ${MOST_CASES} cases`,
    zh: `schema ${place}：情况超过 ${MOST_CASES} 种`,
  });

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** Whether two values of JSON are the same. */
function same(a: unknown, b: unknown): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [Object.entries(a), b as Record<string, unknown>];
  return (
    one.length === Object.keys(other).length &&
    one.every(([name, value]) => Object.hasOwn(other, name) && same(value, other[name]))
  );
}
