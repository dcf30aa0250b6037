/**
 * Reads regular expressions as JSON Schema means them (ECMA-262, flag u) into expressions over code points. What no automaton can do
 * (references back, looks ahead and behind) is refused by its place.
 */
import { UserError } from '@gradus/base';
import { complement, LAST_CODE_POINT, merged } from './code-points.ts';
import { choice, type Expression, type Ranges, repeat, sequence, symbols } from './expression.ts';

/** Stand before and after a text, for ^ and $. */
export const BEGIN = LAST_CODE_POINT + 1;
export const END = LAST_CODE_POINT + 2;

const MOST_LENGTH = 10_000;
const MOST_DEPTH = 100;
const MOST_COUNT = 10_000;

/**
 * @param place where the pattern stands, for errors
 * @throws UserError naming the place and what is not understood
 */
export function readRegularExpression(source: string, place: string): Expression {
  try {
    new RegExp(source, 'u');
  } catch (error) {
    const { message } = error as Error;
    throw refusal(place, `no regular expression: ${message}`, `不是正则表达式：${message}`);
  }
  if (source.length > MOST_LENGTH)
    throw refusal(
      place,
      `a pattern of ${source.length} characters; at most ${MOST_LENGTH}`,
      `模式有 ${source.length} 个字符，最多 ${MOST_LENGTH} 个`,
    );
  return new Reader(source, place).read();
}

const refusal = (place: string, en: string, zh: string): UserError =>
  new UserError({ en: `${place}: ${en}`, zh: `${place}：${zh}` });

const DIGITS: Ranges = [48, 57];
const WORD: Ranges = [48, 57, 65, 90, 95, 95, 97, 122];
const SPACE: Ranges = merged(
  [9, 10, 11, 12, 13, 0x20, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]
    .flatMap((point) => [point, point])
    .concat(0x2000, 0x200a),
);
const LINE_ENDS: Ranges = [10, 10, 13, 13, 0x2028, 0x2029];
const SETS: Readonly<Record<string, Ranges>> = {
  d: DIGITS,
  D: complement(DIGITS),
  w: WORD,
  W: complement(WORD),
  s: SPACE,
  S: complement(SPACE),
};
const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };
const COUNTS: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

/** Whether the source is in the language is known already; this only takes it apart. */
class Reader {
  readonly #source: string;
  readonly #place: string;
  #at = 0;
  #depth = 0;

  constructor(source: string, place: string) {
    this.#source = source;
    this.#place = place;
  }

  read(): Expression {
    return this.#choice();
  }

  #choice(): Expression {
    if (++this.#depth > MOST_DEPTH) throw this.#refused('groups nested too deeply', '嵌套过深的分组');
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth--;
    return choice(...options);
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!))
      parts.push(this.#repeated(this.#atom()));
    return sequence(...parts);
  }

  #repeated(body: Expression): Expression {
    const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at, this.#at + 64));
    if (!found) return body;
    const [whole, low = '', comma, high] = found;
    const [min, max] = COUNTS[whole[0]!] ?? [
      Number(low),
      comma ? (high ? Number(high) : Number.POSITIVE_INFINITY) : Number(low),
    ];
    if (min > MOST_COUNT || (max > MOST_COUNT && max !== Number.POSITIVE_INFINITY))
      throw this.#refused(
        `the count ${whole}; at most ${MOST_COUNT}`,
        `重复次数 ${whole}（最多 ${MOST_COUNT}）`,
      );
    this.#at += whole.length;
    return repeat(body, min, max);
  }

  #atom(): Expression {
    if (this.#take('^')) return symbols([BEGIN, BEGIN]);
    if (this.#take('$')) return symbols([END, END]);
    if (this.#take('.')) return symbols(complement(LINE_ENDS));
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return symbols(this.#class());
    if (this.#peek('\\b') || this.#peek('\\B'))
      throw this.#refused('a boundary of words (\\b)', '单词边界（\\b）');
    if (/^\\(?:[1-9]|k<)/.test(this.#source.slice(this.#at, this.#at + 3)))
      throw this.#refused('a reference to a group', '对分组的引用');
    const set = this.#member();
    return symbols(typeof set === 'number' ? [set, set] : set);
  }

  #group(): Expression {
    const opening = /^\?(?::|<(?![=!])[^>]*>)/.exec(this.#source.slice(this.#at, this.#at + 1000));
    if (opening) this.#at += opening[0].length;
    else if (this.#peek('?')) throw this.#refused('a look ahead or behind, or flags', '环视断言或标志');
    const inner = this.#choice();
    this.#take(')');
    return inner;
  }

  /** What stands after [. */
  #class(): Ranges {
    const negated = this.#take('^');
    const ranges: number[] = [];
    while (!this.#take(']')) {
      const low = this.#member();
      if (typeof low !== 'number') ranges.push(...low);
      else if (this.#peek('-') && !this.#peek('-]')) {
        this.#take('-');
        ranges.push(low, this.#member() as number);
      } else ranges.push(low, low);
    }
    return negated ? complement(merged(ranges)) : merged(ranges);
  }

  /** A code point, or the set that an escape names. */
  #member(): number | Ranges {
    if (!this.#take('\\')) return this.#character();
    const rest = this.#source.slice(this.#at, this.#at + 100);
    const letter = rest[0]!;
    const property = /^[pP]\{[^}]*\}/.exec(rest)?.[0];
    if (property) {
      this.#at += property.length;
      return withProperty(`\\${property}`);
    }
    const code =
      /^u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|^(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2}))/i.exec(
        rest,
      );
    if (code) {
      this.#at += code[0].length;
      const [, high, low, ...one] = code;
      if (high && low) return JSON.parse(`"\\u${high}\\u${low}"`).codePointAt(0);
      return Number.parseInt(one.find((hex) => hex !== undefined)!, 16);
    }
    this.#at++;
    if (Object.hasOwn(SETS, letter)) return SETS[letter]!;
    if (Object.hasOwn(CONTROLS, letter)) return CONTROLS[letter]!;
    if (letter === 'c') return this.#character() % 32;
    if (letter === 'b') return 8;
    this.#at--;
    return this.#character();
  }

  #character(): number {
    const point = this.#source.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const there = this.#peek(text);
    if (there) this.#at += text.length;
    return there;
  }

  #refused(en: string, zh: string): UserError {
    return refusal(
      this.#place,
      `the pattern has, at character ${this.#at + 1}, ${en}, which is not supported`,
      `模式在第 ${this.#at + 1} 个字符处有${zh}，不受支持`,
    );
  }
}

const properties = new Map<string, Ranges>();

/** The code points of a Unicode property, from the engine's own tables. */
function withProperty(property: string): Ranges {
  const known = properties.get(property);
  if (known) return known;
  const test = new RegExp(`^${property}$`, 'u');
  const ranges: number[] = [];
  let inside = false;
  for (let point = 0; point <= LAST_CODE_POINT; point++) {
    if (test.test(String.fromCodePoint(point)) === inside) continue;
    if (inside) ranges.push(point - 1);
    else ranges.push(point);
    inside = !inside;
  }
  if (inside) ranges.push(LAST_CODE_POINT);
  if (properties.size < 100) properties.set(property, ranges);
  return ranges;
}
