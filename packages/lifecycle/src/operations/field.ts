/**
 * Fields of an operation's input: Zod types that carry what they are in both languages. What reads them as JSON Schema (flags,
 * queries, OpenAPI, forms, the client) finds the words there, and sees which of them name data.
 */
import type { Localized } from '@gradus/base';
import { z } from 'zod';

/** What of JSON Schema is looked at, with the words that `field` puts in. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly prefixItems?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly contentEncoding?: string;
  readonly en?: string;
  readonly zh?: string;
  /** The field is the address of data: a file, a folder, a dataset, a database, an object of S3. */
  readonly source?: boolean;
  /** Names that may stand in place of the address. */
  readonly presets?: readonly string[];
  /** The field names a model or a run. */
  readonly reference?: boolean;
}

/** @param io What requests hold (defaults may be missing), or what answers hold */
export function jsonSchema(type: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema as JsonSchema;
}

/** A type with its words. */
export const field = <T extends z.ZodType>(type: T, words: Localized): T =>
  type.meta({ description: words.en, en: words.en, zh: words.zh });

const LONGEST_ADDRESS = 4000;

/** The address of data. Over HTTP it is guarded: a dataset of the workspace, or what the owner of the server allows. */
export const source = ({ en, zh }: Localized, presets: readonly string[] = []): z.ZodString => {
  const names = presets.join(', ');
  const words = {
    en: names === '' ? en : `${en}, or one of: ${names}`,
    zh: names === '' ? zh : `${zh}，或：${names}`,
  };
  return z
    .string()
    .min(1)
    .max(LONGEST_ADDRESS)
    .meta({
      description: words.en,
      ...words,
      source: true,
      ...(presets.length > 0 && { presets: [...presets] }),
    });
};

/** A registered model's name. */
export const modelName = field(z.string().min(1).max(100), {
  en: "the model's name",
  zh: '模型名称',
});

/** What stands for a model or a run. A command may also name a run's directory; a request may not. */
export const reference = ({ en, zh }: Localized): z.ZodString =>
  z.string().min(1).max(300).meta({ description: en, en, zh, reference: true });

export const modelReference = reference({
  en: 'a registered model or a run, for its champion, or a URI: models:/NAME@champion, models:/NAME/3, runs:/ID/model',
  zh: '已注册的模型或一次运行（代表其冠军），或 URI：models:/NAME@champion、models:/NAME/3、runs:/ID/model',
});

export const runReference = reference({
  en: 'a run’s id, the beginning of one, or "latest"',
  zh: '运行的 id、id 的开头，或 "latest"',
});

/** Text in both languages, in answers. */
export const LocalizedText = z.object({ en: z.string(), zh: z.string() });

/** How a field's value is written as text: in a command, in a query, in a path. */
export type FieldKind = 'text' | 'number' | 'boolean' | 'choice' | 'list' | 'record' | 'json';

export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  readonly words: Localized;
  readonly isRequired: boolean;
  readonly isSource: boolean;
  readonly isReference: boolean;
  readonly isInteger: boolean;
  readonly default: unknown;
  /** Of `choice`; of a list of choices as well. */
  readonly choices: readonly string[];
  readonly schema: JsonSchema;
}

/** The fields of an operation's input, in the order of its declaration. */
export function fieldsOf(input: z.ZodType): Field[] {
  const schema = jsonSchema(input, 'input');
  const options = schema.anyOf ?? schema.oneOf;
  const merged = options ? mergedOptions(options) : schema;
  return Object.entries(merged.properties ?? {}).map(([name, property]) => {
    const { en = property.description ?? '', zh = en } = property;
    return {
      name,
      kind: kindOf(property),
      words: { en, zh },
      isRequired: merged.required?.includes(name) ?? false,
      isSource: property.source === true,
      isReference: property.reference === true,
      isInteger: property.type === 'integer',
      default: property.default,
      choices: (property.enum ?? property.items?.enum ?? []).map(String),
      schema: property,
    };
  });
}

/** An input of several shapes has the fields of all; a field of constants that tells the shapes apart is a choice of them. */
function mergedOptions(options: readonly JsonSchema[]): JsonSchema {
  const names = [...new Set(options.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const properties = names.map((name): [string, JsonSchema] => {
    const shapes = options.flatMap(({ properties = {} }) => properties[name] ?? []);
    const constants = shapes.flatMap((shape) => shape.const ?? []);
    if (constants.length === shapes.length && constants.length > 1) {
      return [name, { ...shapes[0]!, type: 'string', enum: constants }];
    }
    return [name, shapes[0]!];
  });
  const required = names.filter((name) => options.every((option) => option.required?.includes(name)));
  return { type: 'object', properties: Object.fromEntries(properties), required };
}

function kindOf(schema: JsonSchema): FieldKind {
  if (schema.enum) return 'choice';
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array':
      return schema.items?.type === 'string' || schema.items?.enum ? 'list' : 'json';
    case 'object':
      return isRecord(schema) ? 'record' : 'json';
    default:
      return 'json';
  }
}

/** Names with a text or a number each: what NAME=VALUE can say. */
function isRecord({ properties, additionalProperties }: JsonSchema): boolean {
  const values = [
    ...Object.values(properties ?? {}),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  return values.length > 0 && values.every(isScalar);
}

function isScalar({ type, anyOf }: JsonSchema): boolean {
  if (anyOf) return anyOf.every(isScalar);
  return type === 'string' || type === 'number' || type === 'integer' || type === 'null';
}
