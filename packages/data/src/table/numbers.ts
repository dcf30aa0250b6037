/**
 * Numbers as tables write them: 1,234.5 and 1.234,5; 1 234,5 and 1'234.5; ￥12.5, １２, (7), 12%, 3.5万.
 *
 * `1,234` alone does not show whether a comma groups digits or begins the decimals. So the form is decided once for a column,
 * by its unambiguous cells; a cell that does not fit that form is no number, rather than a wrong one.
 */
import { halfWidth } from './half-width.ts';

export type DecimalMark = '.' | ',';

export interface ParsedNumbers {
  /** undefined where a cell is no number of the column's form. */
  readonly numbers: readonly (number | undefined)[];
  readonly decimal: DecimalMark;
  /** Set where cells like 1,234 are ambiguous and no other cell decides, so that `.` is assumed. */
  readonly assumed?: true;
}

/** @param known The form that the column is already known to have. */
export function parseNumbers(cells: readonly string[], known?: DecimalMark): ParsedNumbers {
  const parts = cells.map(partsOf);
  if (known) return { numbers: parts.map((part) => part && numberOf(part, known)), decimal: known };
  const votes = { '.': 0, ',': 0 };
  let unclear = false;
  for (const { digits } of parts.filter((part) => part !== undefined)) {
    const mark = decimalOf(digits);
    if (mark === 'unclear') unclear = true;
    else if (mark) votes[mark] += 1;
  }
  const decimal = votes[','] > votes['.'] ? ',' : '.';
  const numbers = parts.map((part) => part && numberOf(part, decimal));
  return { numbers, decimal, ...(unclear && votes['.'] + votes[','] === 0 && { assumed: true }) };
}

interface Parts {
  readonly sign: 1 | -1;
  /** Digits and the marks among them. */
  readonly digits: string;
  readonly scale: number;
}

/** What the characters behind a number multiply it by. */
const SCALES: Readonly<Record<string, number>> = {
  '': 1,
  '%': 0.01,
  '‰': 0.001,
  千: 1e3,
  万: 1e4,
  百万: 1e6,
  千万: 1e7,
  亿: 1e8,
  萬: 1e4,
  億: 1e8,
};

const CURRENCY = String.raw`(?:[A-Z]{0,2}\p{Sc}|[元圆圓块]|CNY|RMB|USD|EUR|GBP|JPY|HKD|TWD)`;
const SCALE = Object.keys(SCALES)
  .filter(Boolean)
  .sort((a, b) => b.length - a.length)
  .join('|');
const WHOLE = new RegExp(
  String.raw`^([-+]?)\s*${CURRENCY}?\s*([-+]?)\s*([\d.,'\s]*\d[\d.,]*(?:e[-+]?\d+)?)\s*(${SCALE})?\s*${CURRENCY}?$`,
  'iu',
);
/** Of a cell that may be a number. It also bounds what the pattern above has to try. */
const LONGEST = 60;
/** As accounts write what is negative. */
const BRACKETED = /^\((.*)\)$/;

/** As most numbers are written. */
const PLAIN = /^(-?)(\d+(?:\.\d+)?)$/;
/** No more digits than a double keeps. */
const DIGITS = /^\d{1,15}$/;
const DECIMALS = /^(?=.{1,16}$)\d+\.\d+$/;

function partsOf(cell: string): Parts | undefined {
  if (cell.length > LONGEST) return undefined;
  const plain = PLAIN.exec(cell);
  if (plain) return { sign: plain[1] === '-' ? -1 : 1, digits: plain[2]!, scale: 1 };
  const text = halfWidth(cell).trim().replace(/\s+/g, ' ').replace(/[−–]/g, '-').replace(/[’‘]/g, "'");
  const inner = BRACKETED.exec(text)?.[1];
  const [, before = '', after = '', digits = '', scale = ''] = WHOLE.exec(inner ?? text) ?? [];
  const signs = before + after;
  if (digits === '' || signs.length > 1 || (inner !== undefined && signs !== '')) return undefined;
  return {
    sign: signs === '-' || inner !== undefined ? -1 : 1,
    digits: digits.trim(),
    scale: SCALES[scale]!,
  };
}

/** Which mark begins the decimals; undefined where there is no mark. */
function decimalOf(digits: string): DecimalMark | 'unclear' | undefined {
  if (DIGITS.test(digits)) return undefined;
  const marks = digits.match(/[.,]/g) ?? [];
  const [first] = marks as DecimalMark[];
  if (!first) return undefined;
  const last = marks.at(-1) as DecimalMark;
  if (first !== last) return last;
  const other = first === '.' ? ',' : '.';
  if (marks.length > 1) return other;
  // 1'234.567 and 1 234,567: the digits are grouped by something else already.
  if (/[\s']/.test(digits)) return first;
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? 'unclear' : first;
}

const FORMS: Readonly<Record<DecimalMark, RegExp>> = { '.': formOf('.', ','), ',': formOf(',', '.') };

/** Plain, grouped by threes, or grouped as in India: 12,34,567. */
function formOf(decimal: string, group: string): RegExp {
  return new RegExp(
    String.raw`^(?:\d+|\d{1,3}(?:([${group}'\s])\d{3})(?:\1\d{3})*|\d{1,2}(?:${group}\d{2})+${group}\d{3})?(?:[${decimal}]\d*)?(?:e[-+]?\d+)?$`,
    'iu',
  );
}

function numberOf({ sign, digits, scale }: Parts, decimal: DecimalMark): number | undefined {
  if (scale === 1 && (DIGITS.test(digits) || (decimal === '.' && DECIMALS.test(digits))))
    return sign * Number(digits);
  if (!FORMS[decimal].test(digits)) return undefined;
  const plain = digits.replace(decimal === '.' ? /[,'\s]/g : /[.'\s]/g, '').replace(',', '.');
  const number = Number(plain);
  if (!Number.isFinite(number)) return undefined;
  // 12% by division: 12 * 0.01 would be 0.12 and a little.
  return sign * (scale < 1 ? number / Math.round(1 / scale) : Number((number * scale).toPrecision(15)));
}
