/** Sets of code points as ranges, and how they are written in UTF-8 and between the quotes of JSON. */
import { choice, type Expression, type Ranges, sequence, symbols, text } from './expression.ts';

export const LAST_CODE_POINT = 0x10ffff;

/** Ascending and apart: those that touch or overlap become one. */
export function merged(ranges: Ranges): number[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const made: number[] = [];
  for (const [first, last] of pairs) {
    if (made.length > 0 && first <= made.at(-1)! + 1) made[made.length - 1] = Math.max(made.at(-1)!, last);
    else made.push(first, last);
  }
  return made;
}

/** All code points but these. */
export function complement(ranges: Ranges): number[] {
  const made: number[] = [];
  let from = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    if (ranges[i]! > from) made.push(from, ranges[i]! - 1);
    from = ranges[i + 1]! + 1;
  }
  if (from <= LAST_CODE_POINT) made.push(from, LAST_CODE_POINT);
  return made;
}

export function intersection(a: Ranges, b: Ranges): number[] {
  const made: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const first = Math.max(a[i]!, b[j]!);
    const last = Math.min(a[i + 1]!, b[j + 1]!);
    if (first <= last) made.push(first, last);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return made;
}

/** Code points that a text can have: no halves of surrogate pairs. */
export const CHARACTERS: Ranges = [0, 0xd7ff, 0xe000, LAST_CODE_POINT];

/** One character of a set, in UTF-8. */
export function utf8(ranges: Ranges): Expression {
  const list: ByteRanges[] = [];
  const kept = intersection(ranges, CHARACTERS);
  for (let i = 0; i < kept.length; i += 2) splitByLength(kept[i]!, kept[i + 1]!, list);
  return tree(list);
}

/** The ranges of the bytes of a character, first to last. */
type ByteRanges = readonly (readonly [number, number])[];

const LENGTHS = [0x7f, 0x7ff, 0xffff, LAST_CODE_POINT];

function splitByLength(from: number, last: number, list: ByteRanges[]): void {
  let first = from;
  for (const [i, most] of LENGTHS.entries()) {
    if (first > last || first > most) continue;
    splitByByte(first, Math.min(last, most), i, list);
    first = most + 1;
  }
}

/** Splits until every byte runs over its whole range whatever those before it are. @param low continuation bytes */
function splitByByte(first: number, last: number, low: number, list: ByteRanges[]): void {
  for (let size = 1; size <= low; size++) {
    const mask = (1 << (6 * size)) - 1;
    if ((first & ~mask) === (last & ~mask)) continue;
    if ((first & mask) !== 0) {
      splitByByte(first, first | mask, low, list);
      splitByByte((first | mask) + 1, last, low, list);
      return;
    }
    if ((last & mask) !== mask) {
      splitByByte(first, (last & ~mask) - 1, low, list);
      splitByByte(last & ~mask, last, low, list);
      return;
    }
  }
  const [a, b] = [encoded(first), encoded(last)];
  list.push(a.map((byte, i) => [byte, b[i]!] as const));
}

const encoded = (point: number): number[] => [...new TextEncoder().encode(String.fromCodePoint(point))];

/** Those whose first bytes are alike share them; those that differ in the last byte only are one. */
function tree(list: readonly ByteRanges[]): Expression {
  const last: number[] = [];
  const groups = new Map<string, { range: readonly [number, number]; rest: ByteRanges[] }>();
  for (const [range, ...rest] of list) {
    if (rest.length === 0) {
      last.push(...range!);
      continue;
    }
    const key = range!.join();
    const group = groups.get(key) ?? { range: range!, rest: [] };
    group.rest.push(rest);
    groups.set(key, group);
  }
  return choice(
    symbols(merged(last)),
    ...[...groups.values()].map(({ range, rest }) => sequence(symbols(range), tree(rest))),
  );
}

const SHORT: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};
/** What may stand between quotes as it is. */
const PLAIN: Ranges = [0x20, 0x21, 0x23, 0x5b, 0x5d, LAST_CODE_POINT];

/** One character of a set between the quotes of JSON, written in one way: as it is where it can be. */
export function jsonCharacter(ranges: Ranges): Expression {
  const escaped = intersection(ranges, complement(PLAIN));
  const ways: Expression[] = [utf8(intersection(ranges, PLAIN))];
  for (let i = 0; i < escaped.length; i += 2)
    for (let point = escaped[i]!; point <= escaped[i + 1]!; point++)
      ways.push(text(SHORT[point] ?? `\\u${point.toString(16).padStart(4, '0')}`));
  return choice(...ways);
}

const bytes = (letters: string): Expression =>
  symbols(merged([...letters].flatMap((letter) => [letter.charCodeAt(0), letter.charCodeAt(0)])));
const HEX = bytes('0123456789abcdefABCDEF');

/** Any character between the quotes of JSON, written in any way: as it is, or escaped. */
export const ANY_JSON_CHARACTER: Expression = choice(
  utf8(PLAIN),
  sequence(
    text('\\'),
    choice(
      bytes('"\\/bfnrt'),
      sequence(
        text('u'),
        choice(
          sequence(bytes('0123456789abcefABCEF'), HEX, HEX, HEX),
          sequence(bytes('dD'), bytes('01234567'), HEX, HEX),
          sequence(
            bytes('dD'),
            bytes('89abAB'),
            HEX,
            HEX,
            text('\\u'),
            bytes('dD'),
            bytes('cdefCDEF'),
            HEX,
            HEX,
          ),
        ),
      ),
    ),
  ),
);
