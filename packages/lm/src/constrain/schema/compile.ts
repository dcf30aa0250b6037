/** Cases of JSON as an expression over bytes: properties in the order they are listed, spaces where people put them. */
import { UserError } from '@gradus/base';
import {
  ANY_JSON_CHARACTER,
  CHARACTERS,
  complement,
  intersection,
  jsonCharacter,
  merged,
} from '../code-points.ts';
import {
  choice,
  EMPTY,
  type Expression,
  NOTHING,
  oneOfTexts,
  optional,
  partsOf,
  type Rule,
  repeat,
  rule,
  sequence,
  symbols,
  text,
} from '../expression.ts';
import { found, Language, whole } from '../language.ts';
import { readRegularExpression } from '../regular-expression.ts';
import type { ArrayCase, Case, ObjectCase, Schemas, StringCase } from './case.ts';
import { Cases } from './cases.ts';
import { FORMATS } from './formats.ts';
import { numberExpression } from './numbers.ts';

const MOST_RULES = 50_000;
/** Of all patterns together. */
const MOST_STATES = 50_000;
const MOST_DEPTH = 200;
/** Of a name that others are told from: what goes on beyond is another's. */
const MOST_NAME = 200;
/** Spaces of a line, so that what is generated gets on. */
const MOST_INDENT = 40;

const SPACE = choice(EMPTY, text(' '), sequence(text('\n'), repeat(symbols([9, 9, 32, 32]), 0, MOST_INDENT)));
const QUOTE = text('"');
const ANY_STRING = sequence(QUOTE, repeat(ANY_JSON_CHARACTER), QUOTE);
const COMMA = sequence(text(','), SPACE);

const written = (value: unknown): number[] => [...new TextEncoder().encode(JSON.stringify(value))];

/** @throws UserError naming the place of what is wrong or cannot be kept to */
export function compileSchema(root: unknown): Rule {
  return new Compiler(root).rule([{ schema: root, place: '#' }]);
}

class Compiler {
  readonly #cases: Cases;
  readonly #rules = new Map<string, Rule>();
  #statesLeft = MOST_STATES;
  readonly #languages = new Map<string, Language>();

  constructor(root: unknown) {
    this.#cases = new Cases(root, (value, patterns) => this.#language(patterns)?.has(value) ?? true);
  }

  /** What schemas that hold at once allow. */
  rule(schemas: Schemas): Rule {
    const open: (() => void)[] = [];
    const made = this.#rule(schemas, open);
    for (let next = open.pop(); next; next = open.pop()) next();
    return made;
  }

  /** @param open what is made later, so that nesting is no recursion */
  #rule(schemas: Schemas, open: (() => void)[]): Rule {
    const key = schemas
      .map(({ place }) => place)
      .sort()
      .join(' ');
    const known = this.#rules.get(key);
    if (known) return known;
    const place = schemas[0]?.place ?? '#';
    if (this.#rules.size >= MOST_RULES) {
      throw new UserError({
        en: `schema ${place}: it is larger than ${MOST_RULES} rules`,
        zh: `schema ${place}：超过 ${MOST_RULES} 条规则`,
      });
    }
    const made = rule(`schema ${place}`);
    this.#rules.set(key, made);
    open.push(() => {
      made.body = choice(...this.#cases.of(schemas).map((one) => this.#case(one, place, open)));
    });
    return made;
  }

  #case(of: Case, place: string, open: (() => void)[]): Expression {
    switch (of.type) {
      case 'null':
        return text('null');
      case 'boolean':
        return choice(text('true'), text('false'));
      case 'value':
        return oneOfTexts(
          [...new Set(of.values.map((value) => JSON.stringify(value)))].map((json) =>
            written(JSON.parse(json)),
          ),
        );
      case 'number':
        return numberExpression(of, `schema ${place}`);
      case 'string':
        return this.#string(of);
      case 'array':
        return this.#array(of, (schemas) => this.#rule(schemas, open));
      case 'object':
        return this.#object(of, (schemas) => this.#rule(schemas, open));
    }
  }

  #string({ min, max, patterns }: StringCase): Expression {
    if (min > max) return NOTHING;
    const language = this.#language(patterns);
    if (language) {
      const characters = language.expression(jsonCharacter, { min, max, most: this.#statesLeft });
      this.#statesLeft -= partsOf(characters).filter(({ kind }) => kind === 'rule').length;
      return sequence(QUOTE, characters, QUOTE);
    }
    if (min === 0 && max === Number.POSITIVE_INFINITY) return ANY_STRING;
    return sequence(QUOTE, repeat(ANY_JSON_CHARACTER, min, max), QUOTE);
  }

  #language(patterns: StringCase['patterns']): Language | undefined {
    if (patterns.length === 0) return undefined;
    const key = patterns.map(({ place }) => place).join(' ');
    const known = this.#languages.get(key);
    if (known) return known;
    const expressions = patterns.map(({ source, place, format }) => {
      if (!format) return found(readRegularExpression(source, `schema ${place}`));
      if (Object.hasOwn(FORMATS, source)) return whole(readRegularExpression(FORMATS[source]!, place));
      throw new UserError({
        en: `schema ${place}: the format "${source}" is not known; known are ${Object.keys(FORMATS).join(', ')}`,
        zh: `schema ${place}：不支持格式“${source}”；支持 ${Object.keys(FORMATS).join('、')}`,
      });
    });
    const made = new Language(expressions, `schema ${patterns.map(({ place }) => place).join(', ')}`);
    this.#languages.set(key, made);
    return made;
  }

  #array({ prefix, items, min, max }: ArrayCase, rule: (schemas: Schemas) => Expression): Expression {
    if (min > max) return NOTHING;
    const empty = sequence(text('['), SPACE, text(']'));
    if (max === 0) return empty;
    const rest = rule(items);
    // What follows after so many items; built from the last on.
    const listed = Math.min(prefix.length, max);
    let after: Expression =
      listed === 0 ? NOTHING : repeat(sequence(COMMA, rest), Math.max(0, min - listed), max - listed);
    for (let i = listed - 1; i > 0; i--)
      after = choice(i >= min ? EMPTY : NOTHING, sequence(COMMA, rule(prefix[i]!), after));
    const first = rule(prefix[0] ?? items);
    if (listed === 0) after = repeat(sequence(COMMA, rest), Math.max(0, min - 1), max - 1);
    return choice(min === 0 ? empty : NOTHING, sequence(text('['), SPACE, first, after, SPACE, text(']')));
  }

  #object(object: ObjectCase, rule: (schemas: Schemas) => Expression): Expression {
    const { additional, open } = object;
    const listed = new Map(object.properties);
    // What is required and not listed is as any other property.
    for (const name of object.required) if (!listed.has(name)) listed.set(name, additional);
    const names = [...listed.keys()];
    const required = new Set(object.required);
    // The smallest number of properties is reached by those that are listed, in their order; the rest may be left out.
    for (const name of names) if (required.size < object.min) required.add(name);
    const others = open ? Math.max(0, object.max - names.length) : 0;
    const least = Math.max(0, object.min - required.size);
    if (
      required.size > object.max ||
      least > 0 ||
      (names.length > object.max && names.length > required.size)
    ) {
      if (required.size > object.max) return NOTHING;
      throw new UserError({
        en: `the schema: minProperties ${object.min} or maxProperties ${object.max} cannot be kept to with ${names.length} properties listed and ${required.size} required: list and require them`,
        zh: `schema：列出 ${names.length} 个属性、其中 ${required.size} 个必填时，无法保证 minProperties ${object.min} 或 maxProperties ${object.max}：请列出并设为必填`,
      });
    }
    const member = (name: string) =>
      sequence(text(written(name)), SPACE, text(':'), SPACE, rule(listed.get(name)!));
    const other =
      others > 0
        ? sequence(QUOTE, this.#otherThan(names), QUOTE, SPACE, text(':'), SPACE, rule(additional))
        : NOTHING;
    // After the first member the others follow commas.
    let [first, later]: [Expression, Expression] = [
      others > 0 ? optional(sequence(other, repeat(sequence(COMMA, other), 0, others - 1))) : EMPTY,
      others > 0 ? repeat(sequence(COMMA, other), 0, others) : EMPTY,
    ];
    for (const name of names.reverse()) {
      const own = member(name);
      const left = required.has(name);
      [first, later] = [
        choice(left ? NOTHING : first, sequence(own, later)),
        choice(left ? NOTHING : later, sequence(COMMA, own, later)),
      ];
    }
    return sequence(text('{'), SPACE, first, SPACE, text('}'));
  }

  /** Names that are none of these, written in one way. */
  #otherThan(names: readonly string[]): Expression {
    const any = repeat(jsonCharacter(CHARACTERS));
    const characters = new Map<string, Expression>();
    return from(
      names.map((name) => [...name].map((letter) => letter.codePointAt(0)!)),
      0,
    );

    function from(rest: readonly (readonly number[])[], at: number): Expression {
      if (rest.length === 0) return any;
      const end = rest.some(({ length }) => length === at) ? NOTHING : EMPTY;
      if (at === MOST_NAME) return end;
      const nexts = new Map<number, (readonly number[])[]>();
      for (const name of rest)
        if (name.length > at) nexts.set(name[at]!, [...(nexts.get(name[at]!) ?? []), name]);
      const taken = merged([...nexts.keys()].flatMap((point) => [point, point]));
      const other =
        characters.get(taken.join()) ?? jsonCharacter(intersection(CHARACTERS, complement(taken)));
      characters.set(taken.join(), other);
      return choice(
        end,
        sequence(other, any),
        ...[...nexts].map(([point, names]) => sequence(jsonCharacter([point, point]), from(names, at + 1))),
      );
    }
  }
}

/** @throws UserError where a schema is nested too deeply */
export function requireDepth(root: unknown): void {
  const open: [unknown, number][] = [[root, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, depth] = next;
    if (depth > MOST_DEPTH)
      throw new UserError({
        en: `the schema is nested deeper than ${MOST_DEPTH} levels`,
        zh: `schema 的嵌套超过 ${MOST_DEPTH} 层`,
      });
    if (value !== null && typeof value === 'object')
      for (const inner of Object.values(value)) open.push([inner, depth + 1]);
  }
}
