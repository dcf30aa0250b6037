/**
 * How a table's rows become a model's requests: a request that is a list (`{texts: [...]}`, `{rows: [{...}]}`) takes one row an
 * element. Which columns an element is made from is found by name, and can be named. Where elements are records of any names,
 * an element is the whole row.
 */

import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import type { RowElement, Service } from '@gradus/loop';
import { z } from 'zod';
import { isRecordSchema, type Schema } from '../record-schema.ts';

export interface RowReader {
  /** The field of a request that holds the rows. */
  readonly field: string;
  /** Rows of a request at most. */
  readonly most: number;
  /**
   * An element of a request; or why the row is none.
   *
   * @param columns All columns so far: those that the reader was made with, then others that came later
   */
  element(cells: readonly string[], columns: readonly string[]): Promise<RowElement>;
}

type ElementOf = (cells: readonly string[], columns: readonly string[]) => RowElement | Promise<RowElement>;

/** What a reader is made from. */
interface Reading {
  /** What a request must look like. */
  readonly request: z.ZodType;
  readonly service: Pick<Service, 'columns' | 'checkColumns' | 'rowOf'>;
  /** Of the file. */
  readonly columns: readonly string[];
  /** That the file is in. */
  readonly folder: string;
  /** Column names by field. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** @throws UserError where the model takes no rows, or a column cannot be found */
export function rowReader(reading: Reading): RowReader {
  const schema = z.toJSONSchema(reading.request, { io: 'input', unrepresentable: 'any' }) as Schema;
  const lists = Object.entries(schema.properties ?? {}).filter(([, { type }]) => type === 'array');
  if (lists.length !== 1) {
    throw new UserError({
      en: 'This model does not take its requests row by row, so it cannot predict a file.',
      zh: '此模型不逐行接收请求，因此不能预测文件。',
    });
  }
  const [field, { items = {}, maxItems = Number.POSITIVE_INFINITY }] = lists[0]!;
  const read = isRecordSchema(items) ? recordsOf(reading) : fieldsOf(reading, field, items);
  return {
    field,
    most: maxItems,
    element: async (cells, columns) => {
      const element = await read(cells, columns);
      if ('reason' in element) return element;
      const parsed = reading.request.safeParse({ [field]: [element.value] });
      return parsed.success ? element : { reason: reasonOf(parsed.error) };
    },
  };
}

/** Elements are whole rows, under the file's own names but for those that were chosen. */
function recordsOf({ service, columns: first, chosen, folder }: Reading): ElementOf {
  if (service.columns) requireFields(chosen, Object.keys(service.columns));
  for (const [name, column] of Object.entries(chosen)) {
    if (!first.includes(column)) throw noColumn(name, column, first);
  }
  const renamed = new Set(Object.values(chosen));
  const placesOf = (columns: readonly string[]) =>
    new Map([
      ...columns.flatMap((name, at): [string, number][] => (renamed.has(name) ? [] : [[name, at]])),
      ...Object.entries(chosen).map(([name, column]): [string, number] => [name, columns.indexOf(column)]),
    ]);
  let places = placesOf(first);
  let known = first.length;
  service.checkColumns?.([...places.keys()]);
  return (cells, columns) => {
    // Lines of JSON may have columns that no line before had.
    if (columns.length > known) {
      places = placesOf(columns);
      known = columns.length;
    }
    const row = [...places].map(([name, at]): [string, string] => [name, cells[at] ?? '']);
    if (service.rowOf) return service.rowOf(Object.fromEntries(row), folder);
    return { value: Object.fromEntries(row.filter(([, cell]) => cell !== '')) };
  };
}

/** Elements have the fields that the schema names, each from one column; or are what one column holds. */
function fieldsOf(
  { service: { columns: usual }, columns, chosen }: Reading,
  field: string,
  items: Schema,
): ElementOf {
  const fields: Readonly<Record<string, Schema>> =
    items.type === 'object' && items.properties ? items.properties : { [field]: items };
  requireFields(chosen, Object.keys(fields));
  const required = new Set(items.type === 'object' ? items.required : [field]);
  const places = new Map<string, number>();
  for (const name of Object.keys(fields)) {
    const at = find(name, columns, chosen[name], usual?.[name], Object.keys(fields).length === 1);
    if (at >= 0) places.set(name, at);
    else if (required.has(name) || chosen[name] !== undefined) throw noColumn(name, chosen[name], columns);
  }
  const bare = items.type !== 'object';
  return (cells) => {
    const entries: [string, unknown][] = [];
    for (const [name, at] of places) {
      const cell = cells[at] ?? '';
      if (cell === '' && !(bare && fields[name]!.type === 'string')) {
        if (!required.has(name)) continue;
        return { reason: { en: `${columns[at]} is empty`, zh: `${columns[at]} 为空` } };
      }
      const read = valueIn(cell, fields[name]!);
      if (read === undefined) {
        const type = String(fields[name]!.type);
        const text = cell.slice(0, 60);
        return {
          reason: {
            en: `${columns[at]}: "${text}" is no ${type}`,
            zh: `${columns[at]}：“${text}”不是${TYPES[type] ?? type}`,
          },
        };
      }
      entries.push([name, read]);
    }
    return { value: bare ? entries[0]![1] : Object.fromEntries(entries) };
  };
}

/** Names that a message lists at most. */
const NAMES_LISTED = 50;

/** @throws UserError where a column was chosen for a field that the model has not */
function requireFields(chosen: Readonly<Record<string, string>>, fields: readonly string[]): void {
  const unknown = Object.keys(chosen).find((name) => !fields.includes(name));
  if (unknown === undefined) return;
  const there = fields.slice(0, NAMES_LISTED);
  throw new UserError({
    en: `The model has no field "${unknown}". There are: ${there.join(', ')}.`,
    zh: `模型没有字段“${unknown}”。可用的有：${there.join('、')}。`,
  });
}

function noColumn(name: string, chosen: string | undefined, columns: readonly string[]): UserError {
  const there = columns.slice(0, NAMES_LISTED);
  return new UserError({
    en: `No column ${chosen === undefined ? `for "${name}"` : `"${chosen}"`}. There are: ${there.join(', ')}. Say which with: --column ${name}=COLUMN`,
    zh: `${chosen === undefined ? `找不到“${name}”对应的列` : `没有“${chosen}”列`}。现有：${there.join('、')}。请用 --column ${name}=COLUMN 指明`,
  });
}

function find(
  name: string,
  columns: readonly string[],
  chosen: string | undefined,
  usual: string | undefined,
  only: boolean,
): number {
  if (chosen !== undefined) return columns.indexOf(chosen);
  const lower = columns.map((column) => column.trim().toLowerCase());
  for (const wanted of [usual, name, name.replace(/s$/, '')]) {
    const at = wanted === undefined ? -1 : lower.indexOf(wanted.trim().toLowerCase());
    if (at >= 0) return at;
  }
  return only && columns.length === 1 ? 0 : -1;
}

/** JSON's types in Chinese. */
const TYPES: Readonly<Record<string, string>> = {
  number: '数字',
  integer: '整数',
  boolean: '布尔值（true 或 false）',
};

/** A cell as the schema's type has it; undefined where it is none. */
function valueIn(cell: string, { type }: Schema): unknown {
  switch (type) {
    case 'number':
    case 'integer': {
      const number = Number(cell.trim());
      return cell.trim() !== '' && Number.isFinite(number) ? number : undefined;
    }
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[cell.trim().toLowerCase()];
    case 'array':
    case 'object':
      try {
        return JSON.parse(cell) as unknown;
      } catch {
        return undefined;
      }
    default:
      return cell;
  }
}
