/**
 * A form for any request: one field for each property of its JSON Schema, which is made from the very schema that requests
 * are checked with. What a field cannot say is written as JSON in a text area. No script is needed: a browser sends the form,
 * and here its fields become the request again.
 */
import type { Language, Localized } from '@gradus/base';
import type { JsonSchema } from '@gradus/lifecycle';
import { escapeHtml } from '@gradus/report';
import { parseJson } from '../json/json.ts';

/** Fields as they were sent: texts, and files. */
export type Sent = Readonly<Record<string, string | Uint8Array>>;

interface Kind {
  /** What the field looks like, with what was sent last. */
  html(name: string, schema: JsonSchema, value: string): string;
  /** What it says. @throws Error where that is nothing */
  read(value: string | Uint8Array, schema: JsonSchema): unknown;
  readonly hint?: Localized;
}

const attributes = (schema: JsonSchema): string =>
  Object.entries({ min: schema.minimum, max: schema.maximum, maxlength: schema.maxLength })
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`))
    .join('');

const area = (name: string, value: string, more = ''): string =>
  `<textarea id="${name}" name="${name}"${more}>\n${value}</textarea>`;

/** A line longer than this is a text. */
const LONGEST_LINE = 200;

const KINDS = {
  choice: {
    html: (name, { enum: choices = [] }, value) =>
      `<select id="${name}" name="${name}"><option></option>${choices
        .map((choice) => {
          const text = escapeHtml(String(choice));
          return `<option${text === value ? ' selected' : ''}>${text}</option>`;
        })
        .join('')}</select>`,
    read: (value, { enum: choices = [] }) => choices.find((choice) => String(choice) === value) ?? value,
  },
  number: {
    html: (name, schema, value) =>
      `<input id="${name}" name="${name}" type="number" step="${schema.type === 'integer' ? '1' : 'any'}"${attributes(schema)} value="${value}">`,
    read: (value) => Number(value),
  },
  truth: {
    html: (name, _, value) =>
      `<select id="${name}" name="${name}"><option></option>${['true', 'false']
        .map((text) => `<option${text === value ? ' selected' : ''}>${text}</option>`)
        .join('')}</select>`,
    read: (value) => (value === 'true' ? true : value === 'false' ? false : value),
  },
  file: {
    html: (name) => `<input id="${name}" name="${name}" type="file">`,
    read: (value) => Buffer.from(value as Uint8Array).toString('base64'),
  },
  line: {
    html: (name, schema, value) =>
      `<input id="${name}" name="${name}"${attributes(schema)} value="${value}">`,
    read: (value) => value,
  },
  text: { html: (name, schema, value) => area(name, value, attributes(schema)), read: (value) => value },
  lines: {
    html: (name, _, value) => area(name, value),
    read: (value) =>
      String(value)
        .split(/\r?\n/)
        .filter((line) => line.trim() !== ''),
    hint: { en: 'one per line', zh: '每行一个' },
  },
  json: {
    html: (name, _, value) => area(name, value, ' class="json" spellcheck="false"'),
    read: (value) => parseJson(Buffer.from(value)),
    hint: { en: 'JSON', zh: 'JSON' },
  },
} satisfies Record<string, Kind>;

function kindOf(schema: JsonSchema): Kind {
  if (schema.enum) return KINDS.choice;
  if (schema.type === 'number' || schema.type === 'integer') return KINDS.number;
  if (schema.type === 'boolean') return KINDS.truth;
  if (schema.type === 'string') {
    if (schema.contentEncoding === 'base64') return KINDS.file;
    return (schema.maxLength ?? Number.POSITIVE_INFINITY) <= LONGEST_LINE ? KINDS.line : KINDS.text;
  }
  return schema.type === 'array' && schema.items?.type === 'string' ? KINDS.lines : KINDS.json;
}

const OPTIONAL: Localized = { en: ' (optional)', zh: '（可选）' };
const SEND: Localized = { en: 'Send', zh: '发送' };

/** The whole request as JSON, where it has no properties of its own. */
const WHOLE = 'request';

function fieldsOf(schema: JsonSchema): [name: string, schema: JsonSchema][] {
  return schema.type === 'object' && schema.properties ? Object.entries(schema.properties) : [[WHOLE, {}]];
}

export function formHtml(language: Language, schema: JsonSchema, sent: Sent): string {
  const fields = fieldsOf(schema).map(([name, field]) => {
    const { html, hint } = kindOf(field);
    const value = sent[name] ?? (field.default === undefined ? '' : asText(field.default));
    const safe = escapeHtml(name);
    const words = language === 'zh' ? (field.zh ?? field.description) : field.description;
    const about = [words, hint?.[language]].filter(Boolean).join(language === 'zh' ? '；' : '; ');
    const optional = schema.required?.includes(name) || name === WHOLE ? '' : OPTIONAL[language];
    const label = `<label for="${safe}"><code>${safe}</code>${optional}${about ? ` <small>${escapeHtml(about)}</small>` : ''}</label>`;
    return `<p>${label}\n${html(safe, field, typeof value === 'string' ? escapeHtml(value) : '')}</p>`;
  });
  return `<form method="post" action="/" enctype="multipart/form-data">
${fields.join('\n')}
<button>${SEND[language]}</button></form>`;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The request that a form's fields make. Fields left empty are left out.
 *
 * @throws Error naming the field that says nothing
 */
export function requestOf(schema: JsonSchema, sent: Sent): unknown {
  const entries = fieldsOf(schema).flatMap(([name, field]) => {
    const value = Object.hasOwn(sent, name) ? sent[name]! : '';
    if (value.length === 0) return [];
    try {
      return [[name, kindOf(field).read(value, field)] as const];
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
  });
  return schema.properties ? Object.fromEntries(entries) : entries[0]?.[1];
}

/** Whether a field of the form is for a file. */
export const hasFile = (schema: JsonSchema): boolean =>
  fieldsOf(schema).some(([, field]) => kindOf(field) === KINDS.file);

/** Whether anything was filled in. */
export const isFilled = (schema: JsonSchema, sent: Sent): boolean =>
  fieldsOf(schema).some(([name]) => Object.hasOwn(sent, name) && sent[name]!.length > 0);
