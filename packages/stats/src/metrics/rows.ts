/**
 * The checks that metrics make of their inputs. A metric of the wrong numbers is a number too: arguments that were swapped, scores
 * that are not numbers and labels of another kind are refused, with their row.
 */
import { UserError } from '@gradus/base';
import type { Numbers } from '../numbers.ts';

/** The number of rows, which must be the same, and not zero, in both arrays. Throws RangeError otherwise. */
export function countRows(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `A metric needs one value a row on both sides, got ${a.length} and ${b.length} values`,
    );
  }
  if (a.length === 0) throw new RangeError('A metric needs at least one row');
  return a.length;
}

/** How an argument is called in messages: the metric, and the argument's own name. */
export interface Argument {
  readonly metric: string;
  readonly name: string;
  /** The order of the metric's arguments, which people swap. */
  readonly order: string;
}

/** Classes 0 … classes − 1; true and false count as 1 and 0. @throws UserError naming the row of another value */
export function classesOf(values: Numbers, classes: number, argument: Argument): Numbers {
  return checked(values, argument, (value) => Number.isInteger(value) && value >= 0 && value < classes, {
    en: classes === 2 ? '0 or 1' : `a class from 0 to ${classes - 1}`,
    zh: classes === 2 ? ' 0 或 1' : ` 0 到 ${classes - 1} 的类别`,
  });
}

/** How far a sum of rounded probabilities may be from 1. */
const ROUNDING = 1e-6;

/** @throws UserError naming the row of a value that is no probability */
export function probabilitiesOf(values: Numbers, argument: Argument): Numbers {
  return checked(values, argument, (value) => value >= -ROUNDING && value <= 1 + ROUNDING, {
    en: 'a probability from 0 to 1',
    zh: ' 0 到 1 之间的概率',
  });
}

/** @throws UserError naming the row of a value that is no number */
export function numbersOf(values: Numbers, argument: Argument): Numbers {
  return checked(values, argument, (value) => !Number.isNaN(value), { en: 'a number', zh: '数字' });
}

/** The same numbers, where they are whole ones of 64 bits or true and false as plain numbers. */
export const plainNumbers = (values: Numbers): Numbers =>
  Array.isArray(values) || values instanceof BigInt64Array
    ? Array.from(values as readonly number[], Number)
    : values;

function checked(
  values: Numbers,
  { metric, name, order }: Argument,
  holds: (value: number) => boolean,
  expected: { readonly en: string; readonly zh: string },
): Numbers {
  let plain = true;
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    const known = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint';
    if (!known || !holds(Number(value))) {
      const shown = typeof value === 'string' ? `"${value}"` : String(value);
      throw new UserError({
        en: `${metric}: row ${i} of ${name} is ${shown}; expected ${expected.en}. The order is ${metric}(${order}).`,
        zh: `${metric}：${name} 的第 ${i} 行为 ${shown}；应为${expected.zh}。参数顺序为 ${metric}(${order})。`,
      });
    }
    plain &&= typeof value === 'number';
  }
  return plain ? values : Array.from({ length: values.length }, (_, i) => Number(values[i]));
}
