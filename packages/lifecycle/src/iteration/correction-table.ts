/**
 * Corrections of rows in a table. Where a correction says of a record of any names what should have been answered
 * (`{row: {…}, label}`), a line of a table is one: the columns that are called like its other fields hold these, all others
 * are the row.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { parsePrediction } from '../monitoring/log/prediction-id.ts';
import { isRecordSchema, type Schema } from '../record-schema.ts';
import type { TableReader } from '../row-file.ts';

/** Names the prediction that is corrected. A model's own column of this name holds no ids, and belongs to the row. */
const PREDICTION = 'prediction';

/**
 * @param form What one correction must look like
 * @returns undefined where corrections have no record: each column is then a field
 */
export function correctionTable(form: z.ZodType): TableReader | undefined {
  const schema = z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' }) as Schema;
  const properties = Object.entries(schema.properties ?? {});
  const [record, another] = properties.filter(([, field]) => isRecordSchema(field));
  if (!record || another) return undefined;
  const fields = properties.map(([name]) => name).filter((name) => name !== record[0]);
  return (columns) => {
    const places = new Map(
      fields.flatMap((name): [string, number][] => {
        const at = placeOf(name, columns);
        return at < 0 ? [] : [[name, at]];
      }),
    );
    for (const name of schema.required ?? []) {
      if (name !== record[0] && !places.has(name)) throw noColumn(name, columns);
    }
    const prediction = placeOf(PREDICTION, columns);
    const taken = new Set(places.values());
    return (cells) => {
      const filled = (at: number): boolean => (cells[at] ?? '') !== '';
      const isNamed = filled(prediction) && parsePrediction(cells[prediction]!) !== undefined;
      const row = columns.flatMap((name, at): [string, string][] =>
        taken.has(at) || !filled(at) || (isNamed && at === prediction) ? [] : [[name, cells[at]!]],
      );
      const others = [...places].filter(([, at]) => filled(at)).map(([name, at]) => [name, cells[at]!]);
      return {
        [record[0]]: Object.fromEntries(row),
        ...Object.fromEntries(others),
        ...(isNamed && { [PREDICTION]: cells[prediction]! }),
      };
    };
  };
}

/** The column of this name, else the first of it in other letters' case; −1 where there is none. */
function placeOf(name: string, columns: readonly string[]): number {
  const exact = columns.indexOf(name);
  return exact >= 0 ? exact : columns.findIndex((column) => column.toLowerCase() === name.toLowerCase());
}

function noColumn(name: string, columns: readonly string[]): UserError {
  const there = columns.slice(0, 50);
  return new UserError({
    en: `There is no column "${name}", which says what the model should have answered to each row. There are: ${there.join(', ')}.`,
    zh: `缺少“${name}”列，它说明模型对各行本应给出的回答。现有：${there.join('、')}。`,
  });
}
