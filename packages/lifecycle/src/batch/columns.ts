/**
 * How a table's rows become a model's requests: a request that is a list (`{texts: [...]}`, `{rows: [{...}]}`) takes one row an
 * element. Which columns an element is made from is found by name, and can be named.
 */

import { type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { z } from 'zod';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxItems?: number;
}

export interface RowReader {
  /** The field of a request that holds the rows. */
  readonly field: string;
  /** Rows of a request at most. */
  readonly most: number;
  /** The columns that are used, by field. */
  readonly columns: Readonly<Record<string, string>>;
  /** An element of a request; or why the row is none. */
  element(cells: readonly string[]): { readonly value: unknown } | { readonly reason: Localized };
}

/**
 * @param usual Column names by field, as the file had them that the model was made from
 * @param chosen Column names by field
 * @throws UserError where the model takes no rows, or a column cannot be found
 */
export function rowReader(
  request: z.ZodType,
  usual: Readonly<Record<string, string>> | undefined,
  columns: readonly string[],
  chosen: Readonly<Record<string, string>> = {},
): RowReader {
  const schema = z.toJSONSchema(request, { io: 'input', unrepresentable: 'any' }) as Schema;
  const lists = Object.entries(schema.properties ?? {}).filter(([, { type }]) => type === 'array');
  if (lists.length !== 1) {
    throw new UserError({
      en: 'This model does not take its requests row by row, so it cannot predict a file.',
      zh: '此模型不逐行接收请求，因此不能预测文件。',
    });
  }
  const [field, { items = {}, maxItems = Number.POSITIVE_INFINITY }] = lists[0]!;
  const fields: Readonly<Record<string, Schema>> =
    items.type === 'object' && items.properties ? items.properties : { [field]: items };
  const unknown = Object.keys(chosen).filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) {
    throw new UserError({
      en: `The model has no field "${unknown[0]}". There are: ${Object.keys(fields).join(', ')}.`,
      zh: `模型没有字段“${unknown[0]}”。可用的有：${Object.keys(fields).join('、')}。`,
    });
  }
  const required = new Set(items.type === 'object' ? items.required : [field]);
  const places = new Map<string, number>();
  for (const name of Object.keys(fields)) {
    const at = find(name, columns, chosen[name], usual?.[name], Object.keys(fields).length === 1);
    if (at >= 0) places.set(name, at);
    else if (required.has(name) || chosen[name] !== undefined) {
      const there = columns.slice(0, 50);
      throw new UserError({
        en: `No column ${chosen[name] === undefined ? `for "${name}"` : `"${chosen[name]}"`}. There are: ${there.join(', ')}. Say which with: --column ${name}=COLUMN`,
        zh: `${chosen[name] === undefined ? `找不到“${name}”对应的列` : `没有“${chosen[name]}”列`}。现有：${there.join('、')}。请用 --column ${name}=COLUMN 指明`,
      });
    }
  }
  const bare = items.type !== 'object';
  return {
    field,
    most: maxItems,
    columns: Object.fromEntries([...places].map(([name, at]) => [name, columns[at]!])),
    element: (cells) => {
      const entries: [string, unknown][] = [];
      for (const [name, at] of places) {
        const cell = cells[at] ?? '';
        if (cell === '' && !(bare && fields[name]!.type === 'string')) {
          if (!required.has(name)) continue;
          return { reason: { en: `${columns[at]} is empty`, zh: `${columns[at]} 为空` } };
        }
        const read = valueIn(cell, fields[name]!);
        if (read === undefined) {
          const { type } = fields[name]!;
          const text = cell.slice(0, 60);
          return {
            reason: {
              en: `${columns[at]}: "${text}" is no ${type}`,
              zh: `${columns[at]}：“${text}”不是${TYPES[type!] ?? type}`,
            },
          };
        }
        entries.push([name, read]);
      }
      const value = bare ? entries[0]![1] : Object.fromEntries(entries);
      const parsed = request.safeParse({ [field]: [value] });
      return parsed.success ? { value } : { reason: reasonOf(parsed.error) };
    },
  };
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
