/**
 * Phone, identity and card numbers among a column's numbers: the "remark" or "contact" of an order system holds an amount in one
 * cell and a mobile number in the next. One number in thirty looks like a phone's by chance and one in ten has a card's check
 * digit, so a number counts only where it is unlike the column's own: of a length of which nearly all can be such numbers.
 */
import { z } from 'zod';
import { isCard } from './cards.ts';
import { isResidentId } from './identity-numbers.ts';
import type { PersonalKind } from './kinds.ts';
import { isMobile } from './phones.ts';

export const NUMBER_RULE = z.strictObject({
  /** How many digits the column's own numbers have, which stay whatever they look like. */
  own: z.array(z.int()),
  /** What a number of seven digits or more is, by the column's name. */
  named: z.enum(['phone', 'id', 'card', 'passport', 'account']).optional(),
});
export type NumberRule = z.infer<typeof NUMBER_RULE>;

/** A whole number as tables write it: after an apostrophe, which keeps spreadsheets from rounding it, or with ".0" of a float. */
const WHOLE = /^\s*['’]?\+?(\d{7,19})(?:\.0{1,2})?\s*$/;
/** Any number or time, which holds nobody. */
const PLAIN =
  /^[-+(]?\s*[$€£¥￥]?\s*[\d.,' ]{0,30}\d(?:e[-+]?\d{1,3})?[%)]?$|^[\d\s:/.,TZ+年月日时分秒-]{6,35}$/i;
/** The digits of the shortest number that is somebody's. */
const SHORTEST = 11;
const CARD_LENGTHS = [13, 14, 15, 16, 17, 18, 19];
const NEARLY_ALL = 0.9;
/** What a column of amounts or times is called. */
const AMOUNTS =
  /amount|price|total|revenue|sales|cost|qty|quantity|balance|budget|salary|income|time|stamp|date|金额|价|总额|数量|收入|余额|成本|时间|日期|件数|库存/i;
/** Amounts are round, and phone numbers hardly ever. */
const ROUND = /0{5}$/;

/** The digits of a cell that is a whole number of seven digits or more, and nothing else. */
const wholeNumber = (cell: string): string | undefined => WHOLE.exec(cell)?.[1];

const isPhone = (digits: string): boolean => isMobile(digits) && !ROUND.test(digits);

/** What a number is whose column does not say. */
function kindOf(digits: string): PersonalKind | undefined {
  if (isResidentId(digits)) return 'id';
  if (isPhone(digits)) return 'phone';
  return isCard(digits) && !ROUND.test(digits) ? 'card' : undefined;
}

/** The rule of a column of numbers; undefined: nothing in it can be anybody's. */
export function fitNumbers(
  name: string,
  cells: readonly string[],
  named: NumberRule['named'],
): NumberRule | undefined {
  const numbers = cells.map(wholeNumber).filter((digits) => digits !== undefined);
  if (named) return { own: [], named };
  if (AMOUNTS.test(name)) {
    return cells.every((cell) => PLAIN.test(cell.trim())) ? undefined : { own: allLengths() };
  }
  const own = new Set<number>();
  const check = (lengths: readonly number[], test: (digits: string) => boolean) => {
    const group = numbers.filter((digits) => lengths.includes(digits.length) && !isResidentId(digits));
    if (group.length > 0 && group.filter(test).length / group.length < NEARLY_ALL) {
      for (const length of lengths) own.add(length);
    }
  };
  for (const length of [SHORTEST, SHORTEST + 2, SHORTEST + 4])
    check([length], (digits) => isPhone(digits) || isCard(digits));
  check(CARD_LENGTHS, (digits) => isPhone(digits) || isCard(digits));
  return { own: [...own].sort((a, b) => a - b) };
}

const allLengths = (): number[] => Array.from({ length: 13 }, (_, i) => i + 7);

/** What a cell of such a column is: a kind, where it goes; `text`, where it is to be looked through; undefined: it stays. */
export function numberCell(cell: string, { own, named }: NumberRule): PersonalKind | 'text' | undefined {
  const digits = wholeNumber(cell);
  if (digits === undefined) return PLAIN.test(cell.trim()) ? undefined : 'text';
  if (named) return named;
  const kind = kindOf(digits);
  return kind === 'id' || !own.includes(digits.length) ? kind : undefined;
}
