/**
 * Reads the regular expressions of tokenizer files, which are in the syntax that Oniguruma and Rust's regex crate share,
 * into a tree. Sets of characters become classes of JavaScript's `v` flag, so that Unicode's tables come from the
 * engine; \s, \w and \d mean what Unicode says, as they do there and not in JavaScript.
 *
 * What a walk from left to right cannot match is refused by name: references to groups, recursion, looks at more than
 * one character.
 */
import { UserError } from '@gradus/base';

export type Tree =
  /** One character of a set: a class in JavaScript's `v` syntax. */
  | { readonly kind: 'set'; readonly set: string; readonly ignoreCase: boolean }
  /** The next (or the previous) character is (not) of a set; beyond the text there is none. */
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly at: SetTree }
  | { readonly kind: 'sequence'; readonly parts: readonly Tree[] }
  /** The first that leads to a match is taken. */
  | { readonly kind: 'choice'; readonly options: readonly Tree[] }
  | {
      readonly kind: 'repeat';
      readonly body: Tree;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };
export type SetTree = Tree & { kind: 'set' };

const MAX_LENGTH = 20_000;
const MAX_DEPTH = 100;
const MAX_COUNT = 1000;

/** @throws UserError where the expression is not understood, or cannot be matched in one walk. */
export function parsePattern(source: string): Tree {
  if (source.length > MAX_LENGTH)
    throw new UserError({
      en: `A pattern of ${source.length} characters is too long; at most ${MAX_LENGTH}.`,
      zh: `模式有 ${source.length} 个字符，过长；最多 ${MAX_LENGTH} 个。`,
    });
  return new Parser(source).parse();
}

/** Sets that have a letter of their own; the capital is their complement. Oniguruma counts ¹ ² ³ ¼ ½ ¾ into words. */
const SHORT: Readonly<Record<string, string>> = {
  d: '\\p{Nd}',
  s: '\\p{White_Space}',
  w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}¹²³¼½¾',
  h: '0-9a-fA-F',
};
const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27, '0': 0 };
/** POSIX names, in [:brackets:] and \p{braces}. */
const POSIX: Readonly<Record<string, string>> = {
  alnum: '\\p{Alphabetic}\\p{Nd}',
  alpha: '\\p{Alphabetic}',
  ascii: '\\u{0}-\\u{7f}',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  lower: '\\p{Lowercase}',
  punct: '\\p{P}',
  space: '\\p{White_Space}',
  upper: '\\p{Uppercase}',
  word: SHORT.w!,
  xdigit: '0-9a-fA-F',
};
const WORD = `[${SHORT.w}]`;

class Parser {
  readonly #source: string;
  #at = 0;
  #ignoreCase = false;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Tree {
    const tree = this.#choice();
    if (this.#at < this.#source.length) this.#refuse('a ")" without its "("', '没有对应“(”的“)”');
    return tree;
  }

  #choice(): Tree {
    if (++this.#depth > MAX_DEPTH) this.#refuse('groups nested too deeply', '嵌套过深的分组');
    const options = [this.#sequence()];
    while (this.#take('|')) options.push(this.#sequence());
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(): Tree {
    const parts: Tree[] = [];
    // Flags set inside a group, (?i), hold to its end.
    const before = this.#ignoreCase;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const atom = this.#atom();
      if (atom) parts.push(this.#repeated(atom));
    }
    if (this.#depth > 1) this.#ignoreCase = before;
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(): Tree | undefined {
    if (this.#take('(')) return this.#group();
    if (this.#take('[')) return this.#set(this.#class());
    if (this.#take('.')) return this.#set('[^\\n]');
    if (this.#take('^')) return this.#look('[^\\n]', { behind: true, negated: true });
    if (this.#take('$')) return this.#look('[^\\n]', { behind: false, negated: true });
    if (this.#peek('*') || this.#peek('+') || this.#peek('?'))
      this.#refuse('a quantifier with nothing to repeat', '没有重复对象的量词');
    if (this.#take('\\')) {
      const letter = this.#source[this.#at] ?? '';
      const anchor = ANCHORS[letter];
      if (anchor) {
        this.#at += 1;
        return anchor;
      }
      return this.#set(`[${this.#escape()}]`);
    }
    return this.#set(`[${literal(this.#character())}]`);
  }

  #group(): Tree | undefined {
    let ignoreCase = this.#ignoreCase;
    if (this.#take('?')) {
      const behind = this.#peek('<=') || this.#peek('<!');
      if (behind || this.#peek('=') || this.#peek('!')) {
        if (behind) this.#at += 1;
        const negated = this.#source[this.#at++] === '!';
        const inner = this.#close(this.#choice());
        if (inner.kind !== 'set')
          this.#refuse('a look ahead or behind at more than one character', '超过一个字符的环视');
        return { kind: 'look', behind, negated, at: inner };
      }
      const named = /^P?<\w+>|^:/.exec(this.#source.slice(this.#at, this.#at + 80));
      const flags = /^([a-z]*)(?:-([a-z]+))?([:)])/.exec(this.#source.slice(this.#at, this.#at + 20));
      if (named) this.#at += named[0].length;
      else if (flags) {
        const [whole, on = '', off = '', end] = flags;
        if (/[^iu]/.test(on) || /[^i]/.test(off))
          this.#refuse(
            `the flags "${on}${off && '-'}${off}"; i is known`,
            `标志“${on}${off && '-'}${off}”（只支持 i）`,
          );
        this.#at += whole.length;
        if (on.includes('i')) ignoreCase = true;
        if (off.includes('i')) ignoreCase = false;
        if (end === ')') {
          this.#ignoreCase = ignoreCase;
          return undefined;
        }
      } else
        this.#refuse(
          `a group that opens with "(?${this.#source[this.#at] ?? ''}"`,
          `以“(?${this.#source[this.#at] ?? ''}”开头的分组`,
        );
    }
    const before = this.#ignoreCase;
    this.#ignoreCase = ignoreCase;
    const tree = this.#close(this.#choice());
    this.#ignoreCase = before;
    return tree;
  }

  #close(tree: Tree): Tree {
    if (!this.#take(')')) this.#refuse('a "(" without its ")"', '没有对应“)”的“(”');
    return tree;
  }

  #repeated(body: Tree): Tree {
    let tree = body;
    for (;;) {
      const count = /^(?:[*+?]|\{(\d{0,9})(,?)(\d{0,9})\})/.exec(this.#source.slice(this.#at, this.#at + 24));
      if (!count || count[0] === '{}' || count[0] === '{,}') return tree;
      this.#at += count[0].length;
      const [whole, low, comma, high] = count;
      const simple = SIMPLE[whole];
      const min = simple?.[0] ?? Number(low || 0);
      const max = simple?.[1] ?? (comma ? (high ? Number(high) : Number.POSITIVE_INFINITY) : min);
      if (min > max || min > MAX_COUNT || (max > MAX_COUNT && max !== Number.POSITIVE_INFINITY))
        this.#refuse(
          `the repeat count ${whole}; at most ${MAX_COUNT}`,
          `重复次数 ${whole}（最多 ${MAX_COUNT}）`,
        );
      const lazy = this.#take('?');
      const possessive = !lazy && simple !== undefined && this.#take('+');
      tree = { kind: 'repeat', body: tree, min, max, greedy: !lazy };
      if (possessive) {
        // X++ gives nothing back: what follows it is no X.
        if (body.kind !== 'set' || tree.body !== body)
          this.#refuse('a possessive quantifier on more than one character', '作用于多个字符的占有量词');
        const stop: Tree = { kind: 'look', behind: false, negated: true, at: body as SetTree };
        tree =
          whole === '?'
            ? { kind: 'choice', options: [body, stop] }
            : { kind: 'sequence', parts: [tree, stop] };
      }
    }
  }

  /** What stands between [ and ], as a class in `v` syntax; a set of sets where they intersect. */
  #class(): string {
    if (++this.#depth > MAX_DEPTH) this.#refuse('sets nested too deeply', '嵌套过深的字符集');
    const negated = this.#take('^');
    const operands: string[] = [];
    let union = '';
    for (let first = true; first || !this.#peek(']'); first = false) {
      if (this.#at >= this.#source.length) this.#refuse('a "[" without its "]"', '没有对应“]”的“[”');
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.#source.slice(this.#at, this.#at + 20));
      if (posix) {
        this.#at += posix[0].length;
        const set = Object.hasOwn(POSIX, posix[2]!)
          ? POSIX[posix[2]!]
          : this.#refuse(`the set ${posix[0]}`, `字符集 ${posix[0]}`);
        union += `[${posix[1]}${set}]`;
      } else if (this.#take('&&')) {
        operands.push(union);
        union = '';
      } else if (this.#take('[')) union += this.#class();
      else {
        const low = this.#take('\\') ? this.#escape() : literal(this.#character());
        if (/^\\u/.test(low) && this.#peek('-') && this.#source[this.#at + 1] !== ']') {
          this.#at += 1;
          const high = this.#take('\\') ? this.#escape() : literal(this.#character());
          if (!/^\\u/.test(high))
            this.#refuse('a range that does not end in a character', '不以字符结尾的范围');
          union += `${low}-${high}`;
        } else union += low;
      }
    }
    this.#at += 1;
    this.#depth--;
    const body = operands.length === 0 ? union : [...operands, union].map((set) => `[${set}]`).join('&&');
    return `[${negated ? '^' : ''}${body}]`;
  }

  /** What follows a backslash, as a part of a class. */
  #escape(): string {
    const letter = this.#character();
    const lower = letter.toLowerCase();
    if (Object.hasOwn(SHORT, lower)) return letter === lower ? `[${SHORT[lower]}]` : `[^${SHORT[lower]}]`;
    if (lower === 'p') return this.#property(letter === 'P');
    if (Object.hasOwn(CONTROL, letter)) return literal(String.fromCodePoint(CONTROL[letter]!));
    const code = /^x(?:\{([\da-f]{1,6})\}|([\da-f]{2}))|^u(?:\{([\da-f]{1,6})\}|([\da-f]{4}))/i.exec(
      this.#source.slice(this.#at - 1, this.#at + 10),
    );
    if (code) {
      this.#at += code[0].length - 1;
      const point = Number.parseInt(code.slice(1).find((hex) => hex !== undefined)!, 16);
      if (point > 0x10ffff) this.#refuse(`the character \\${code[0]}`, `字符 \\${code[0]}`);
      return literal(String.fromCodePoint(point));
    }
    if (/[A-Za-z0-9]/.test(letter)) this.#refuse(`\\${letter}`, `\\${letter}`);
    return literal(letter);
  }

  #property(complement: boolean): string {
    const property = /^(?:\{(\^?)([\w=& -]{1,60})\}|([A-Z]))/.exec(
      this.#source.slice(this.#at, this.#at + 64),
    );
    if (!property) this.#refuse('\\p without a name in braces', '花括号中没有名称的 \\p');
    this.#at += property![0].length;
    const negated = complement !== (property![1] === '^');
    const name = (property![2] ?? property![3]!).trim();
    const posix = name.toLowerCase();
    const names = [name, `Script=${name}`, `Script=${name.slice(0, 1).toUpperCase()}${posix.slice(1)}`];
    const set = Object.hasOwn(POSIX, posix)
      ? POSIX[posix]
      : names.map((known) => `\\p{${known}}`).find(isClass);
    if (!set) this.#refuse(`the property \\p{${name}}`, `属性 \\p{${name}}`);
    return `[${negated ? '^' : ''}${set}]`;
  }

  #set(set: string): SetTree {
    if (!isClass(set)) this.#refuse(`the set ${set}`, `字符集 ${set}`);
    return { kind: 'set', set, ignoreCase: this.#ignoreCase };
  }

  #look(set: string, how: { behind: boolean; negated: boolean }): Tree {
    return look(set, how);
  }

  #peek(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const there = this.#peek(text);
    if (there) this.#at += text.length;
    return there;
  }

  #character(): string {
    const point = this.#source.codePointAt(this.#at);
    if (point === undefined)
      this.#refuse('a backslash or a range with nothing behind it', '后面没有内容的反斜杠或范围');
    const character = String.fromCodePoint(point!);
    this.#at += character.length;
    return character;
  }

  #refuse(en: string, zh: string): never {
    const shown = this.#source.length > 200 ? `${this.#source.slice(0, 200)}…` : this.#source;
    throw new UserError({
      en: `The pattern ${JSON.stringify(shown)} has, before character ${this.#at + 1}, ${en}, which is not supported.`,
      zh: `模式 ${JSON.stringify(shown)} 在第 ${this.#at + 1} 个字符之前有${zh}，不受支持。`,
    });
  }
}

const SIMPLE: Readonly<Record<string, readonly [number, number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

const literal = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`;

function look(set: string, how: { behind: boolean; negated: boolean }): Tree {
  return { kind: 'look', ...how, at: { kind: 'set', set, ignoreCase: false } };
}

const sequence = (...parts: Tree[]): Tree => ({ kind: 'sequence', parts });
const wordBehind = (negated: boolean) => look(WORD, { behind: true, negated });
const wordAhead = (negated: boolean) => look(WORD, { behind: false, negated });

const ANCHORS: Readonly<Record<string, Tree | undefined>> = {
  A: look('[^]', { behind: true, negated: true }),
  z: look('[^]', { behind: false, negated: true }),
  b: {
    kind: 'choice',
    options: [sequence(wordBehind(false), wordAhead(true)), sequence(wordBehind(true), wordAhead(false))],
  },
  B: {
    kind: 'choice',
    options: [sequence(wordBehind(false), wordAhead(false)), sequence(wordBehind(true), wordAhead(true))],
  },
};

function isClass(set: string): boolean {
  try {
    new RegExp(set, 'v');
    return true;
  } catch {
    return false;
  }
}
