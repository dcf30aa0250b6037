/** Whatever the logits say, an answer is valid by its schema and ends within its tokens; ajv judges. */
import { Random, UserError } from '@gradus/base';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLevelModel, sentencePieceModel } from '../testing/byte-model.ts';
import type { Constraint } from './constraint.ts';
import { type ConstrainedModel, jsonSchemaConstraint, patternConstraint } from './json-schema.ts';

const MODELS = { 'byte-level BPE': byteLevelModel(), 'SentencePiece with bytes': sentencePieceModel() };
const [byteLevel, sentencePiece] = Object.values(MODELS) as [ConstrainedModel, ConstrainedModel];

/** A text drawn from random logits, within so many tokens. */
function drawn(
  constraint: Constraint,
  { tokenizer, end }: ConstrainedModel,
  most: number,
  random: Random,
): string {
  const state = constraint.start();
  const ids: number[] = [];
  for (let left = most; left > 0 && !state.finished; left--) {
    const logits = Float32Array.from({ length: tokenizer.size + 3 }, () => random.uniform());
    state.mask(logits, left);
    const id = logits.indexOf(Math.max(...logits));
    expect(logits[id]).not.toBe(Number.NEGATIVE_INFINITY);
    state.accept(id);
    if (end.includes(id)) break;
    ids.push(id);
  }
  expect(state.complete).toBe(true);
  return tokenizer.decode(ids);
}

function judge(schema: unknown): (value: unknown) => boolean {
  // It divides in float64: 123456789.01 is no multiple of 0.01 to nine places.
  const ajv = new Ajv2020({ strict: false, allErrors: false, multipleOfPrecision: 4 });
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  return ajv.compile(schema as object | boolean) as (value: unknown) => boolean;
}

const size = fc.tuple(fc.nat(3), fc.nat(4)).map(([low, more]) => [low, low + more] as const);
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const given = (keywords: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
const NAMES = ['a', 'b', 'name', '名', 'x y', 'quote"d', 'ab'];
const limits = fc.tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 1, max: 500 }));

/** Schemas that allow something. */
const schemas = fc.letrec<{ schema: unknown; object: Record<string, unknown> }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(true, {}, { type: 'null' }, { type: 'boolean' }, { type: ['string', 'null'] }),
    fc
      .tuple(limits, some(fc.constantFrom(1, 3, 7)))
      .map(([[low, more], step]) =>
        given({ type: 'integer', minimum: low, maximum: low + more + 10, multipleOf: step }),
      ),
    fc
      .tuple(limits, fc.integer({ min: 1, max: 1000 }))
      .map(([[low, more], parts]) =>
        given({ type: 'number', exclusiveMinimum: low / parts, maximum: low / parts + more / 100 }),
      ),
    fc.constantFrom<unknown>(
      { type: 'number' },
      { type: 'integer' },
      { type: 'number', multipleOf: 0.01, minimum: 0, maximum: 1e9 },
    ),
    some(size).map((lengths) => given({ type: 'string', minLength: lengths?.[0], maxLength: lengths?.[1] })),
    fc
      .constantFrom(
        'date',
        'time',
        'date-time',
        'duration',
        'email',
        'hostname',
        'ipv4',
        'ipv6',
        'uuid',
        'uri',
      )
      .map((format) => ({ type: 'string', format })),
    fc
      .constantFrom(
        '^[A-Z]{2}-\\d+$',
        'b',
        '^(?:foo|ba[rz])',
        '[^a-z]$',
        '^\\p{L}+$',
        '^.{2,5}$',
        'é|中',
        '^"\\\\',
      )
      .chain((pattern) =>
        some(fc.constantFrom(9, 30)).map((maxLength) => given({ type: 'string', pattern, maxLength })),
      ),
    fc
      .uniqueArray(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 5 })
      .map((list) => ({ enum: list })),
    fc.jsonValue({ maxDepth: 2 }).map((value) => ({ const: value })),
    fc
      .tuple(tie('schema'), size)
      .map(([items, [minItems, maxItems]]) => ({ type: 'array', items, minItems, maxItems })),
    fc
      .tuple(fc.array(tie('schema'), { minLength: 1, maxLength: 3 }), some(fc.constant(false)))
      .map(([prefixItems, items]) =>
        given({ type: 'array', prefixItems, items, maxItems: items ?? 4, minItems: 1 }),
      )
      .map(({ maxItems, ...schema }) => (maxItems === false ? schema : { ...schema, maxItems })),
    tie('object'),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie('object').map((object) => ({ allOf: [object, { type: 'object' }], title: 'both' })),
    fc.tuple(tie('object'), tie('object')).map(([a, b]) => ({
      oneOf: [tagged(a, 'one'), tagged(b, 'other'), { type: 'null' }],
    })),
    fc.constant({ $ref: '#/$defs/tree' }),
  ),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), tie('schema'), fc.boolean()), {
        selector: ([name]) => name,
        maxLength: 4,
      }),
      fc.oneof(fc.constantFrom(false, undefined, true), tie('schema')),
    )
    .map(([list, additionalProperties]) =>
      given({
        type: 'object',
        properties: Object.fromEntries(list),
        required: list.filter(([, , required]) => required).map(([name]) => name),
        additionalProperties,
      }),
    ),
}));
const tagged = (object: Record<string, unknown>, kind: string) => ({
  ...object,
  properties: { ...(object.properties as object), kind: { const: kind } },
  required: [...(object.required as string[]), 'kind'],
});
const TREE = {
  type: 'object',
  properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
  required: ['value', 'children'],
  additionalProperties: false,
};
const whole = schemas.schema.map((schema) => ({
  ...(schema === true ? {} : (schema as object)),
  $defs: { tree: TREE },
}));

describe.each(Object.entries(MODELS))('answers by random logits, with %s', (_, model) => {
  it('are valid by random schemas, and end within their tokens', () => {
    fc.assert(
      fc.property(whole, fc.integer(), fc.nat(60), (schema, seed, more) => {
        const constraint = jsonSchemaConstraint(schema, model);
        const answer = drawn(constraint, model, constraint.shortest + more, new Random(seed));
        expect(judge(schema)(JSON.parse(answer)), answer).toBe(true);
      }),
      // 300 in all.
      { numRuns: 150 },
    );
  });

  it('match regular expressions from end to end', () => {
    const patterns = [
      '(?:ab|ba){2,4}',
      '[A-Z]\\w*@x\\.(?:com|cn)',
      '[中文]+|👍?é',
      '\\d{3}(?:-\\d{2})*',
      '[^\\x00-\\x7f]{3}',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...patterns), fc.integer(), fc.nat(30), (pattern, seed, more) => {
        const constraint = patternConstraint(pattern, model);
        const answer = drawn(constraint, model, constraint.shortest + more, new Random(seed));
        expect(answer).toMatch(new RegExp(`^(?:${pattern})$`, 'u'));
      }),
    );
  });
});

describe('what is not generated', () => {
  it.each<[string, unknown, string]>([
    [
      'an empty range',
      { properties: { a: { type: 'integer', minimum: 5, maximum: 4 } }, required: ['a'], type: 'object' },
      '#/properties/a allows nothing',
    ],
    ['false', { type: 'array', items: false, minItems: 1 }, '#/items allows nothing'],
    ['types that exclude each other', { allOf: [{ type: 'string' }, { type: 'null' }] }, '# allows nothing'],
    [
      'recursion without an end',
      {
        $ref: '#/$defs/a',
        $defs: { a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, required: ['a'] } },
      },
      '#/$defs/a/properties/a allows nothing',
    ],
    ['a reference to itself', { anyOf: [{ $ref: '#' }] }, '# refers to itself'],
    ['a reference to nowhere', { $ref: '#/$defs/none' }, '$ref "#/$defs/none" leads nowhere'],
    ['a reference elsewhere', { $ref: 'https://example.com/a.json' }, 'leads nowhere'],
    [
      'an unknown keyword',
      { properties: { a: { type: 'string', minLenght: 3 } } },
      '#/properties/a: the keyword "minLenght"',
    ],
    ['an unknown type', { items: { type: 'text' } }, '#/items: type'],
    ['choices that cannot be told apart', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, '#/oneOf'],
    ['items that must differ', { uniqueItems: true, type: 'array' }, '#/uniqueItems'],
    ['an unknown format', { type: 'string', format: 'postcode' }, '#/format: the format "postcode"'],
    [
      'a look ahead',
      { type: 'string', pattern: '^(?=.*\\d).+$' },
      '#/pattern: the pattern has, at character 3',
    ],
    ['a reference back', { type: 'string', pattern: '(a)\\1' }, '#/pattern'],
    ['no regular expression', { type: 'string', pattern: '(' }, '#/pattern: no regular expression'],
    [
      'a pattern of too many states',
      { type: 'string', pattern: '((a{0,50}){0,50}){0,50}b(.*c){30}' },
      '#/pattern: the pattern has more than',
    ],
    ['a schema that is none', 'string', '#: expected an object'],
    [
      'lengths that exclude a pattern',
      { type: 'string', pattern: '^abc$', maxLength: 2 },
      '#/pattern allows nothing',
    ],
  ])('%s is refused by its place', (_, schema, message) => {
    expect(() => jsonSchemaConstraint(schema, byteLevel)).toThrow(message);
    expect(() => jsonSchemaConstraint(schema, byteLevel)).toThrow(UserError);
  });

  it('nesting and references of any depth end in an answer or an error', () => {
    let deep: unknown = { type: 'null' };
    for (let i = 0; i < 5000; i++) deep = { type: 'array', items: deep };
    expect(() => jsonSchemaConstraint(deep, byteLevel)).toThrow('nested deeper');
    // Two lists that look alike are told apart by their length alone, at every level.
    const ambiguous = {
      anyOf: [
        { type: 'array', items: { $ref: '#' } },
        { type: 'array', items: { $ref: '#' }, maxItems: 3 },
      ],
    };
    const constraint = jsonSchemaConstraint(ambiguous, sentencePiece);
    const answer = drawn(constraint, sentencePiece, 300, new Random(1));
    expect(judge(ambiguous)(JSON.parse(answer))).toBe(true);
  });

  it('a token that may not follow is refused, and other texts of the constraint go on', () => {
    const constraint = jsonSchemaConstraint({ const: 'ab' }, byteLevel);
    const id = (token: string) => byteLevel.tokenizer.idOf(token)!;
    const [one, other] = [constraint.start(), constraint.start()];
    one.accept(id('"'));
    expect(() => one.accept(id('"'))).toThrow('may not follow');
    for (const token of ['"', 'a', 'b', '"']) other.accept(id(token));
    expect([one.complete, other.complete, other.finished]).toEqual([false, true, true]);
  });

  it('tells types by enum and allOf, and gives the only value there is', () => {
    const schema = {
      allOf: [{ enum: [1, 'x', null, [2]] }, { type: ['string', 'array'] }, { minLength: 1, minItems: 2 }],
    };
    expect(drawn(jsonSchemaConstraint(schema, byteLevel), byteLevel, 20, new Random(3))).toBe('"x"');
  });
});
