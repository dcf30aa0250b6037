/**
 * A schema as a list of cases, each of one type of JSON: what `anyOf`, `allOf` and `$ref` say together, worked out. Schemas inside (of
 * properties, of items) stay lists of schemas that hold at once, and are worked out when they are needed: they may refer back.
 */
import { UserError } from '@gradus/base';
import {
  type ArrayCase,
  type Case,
  casesOfTypes,
  type NumberCase,
  type ObjectCase,
  type Schemas,
  type StringCase,
  TYPES,
} from './case.ts';
import { keywordsOf, type Located, pointed } from './keywords.ts';
import { emptyNumbers, metArrays, metNumbers, metObjects } from './met.ts';

const MOST_CASES = 1000;

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
