import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GPT2_PATTERN, GPT4_PATTERN } from '../pre-tokenizers.ts';
import { Pattern } from './pattern.ts';

/** All matches, as text.match(/…/g) has them. */
function matches(pattern: Pattern, text: string): string[] {
  const found: string[] = [];
  for (let at = 0; at <= text.length && pattern.find(text, at, 0, text.length); ) {
    found.push(text.slice(pattern.start, pattern.end));
    at =
      pattern.end > pattern.start
        ? pattern.end
        : pattern.end + (text.codePointAt(pattern.end)! > 0xffff ? 2 : 1);
  }
  return found;
}

/** Expressions that mean the same in JavaScript. */
const expression: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      'c',
      'c?',
      '[bc]*',
      '[ab]',
      '[^a]',
      '[a-b]',
      '(?=a)',
      '(?!b)',
      '(?<=a)',
      '(?<!b)',
      '中',
      '👍',
    ),
    fc.tuple(tie('tree'), tie('tree')).map(([x, y]) => x + y),
    fc.tuple(tie('tree'), tie('tree')).map(([x, y]) => `(?:${x}|${y})`),
    // Engines differ in how they repeat what may be empty: what is repeated begins with a character.
    fc
      .tuple(
        fc.constantFrom('a', 'b', '[ab]', '中'),
        tie('tree'),
        fc.constantFrom('*', '+', '?', '*?', '+?', '??', '{2}', '{1,3}', '{0,2}?', '{2,}'),
      )
      .map(([first, rest, count]) => `(?:${first}${rest})${count}`),
  ),
})).tree;
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '中', '👍'), maxLength: 12 });

describe('a pattern', () => {
  it('finds what JavaScript finds', () => {
    fc.assert(
      fc.property(expression, text, (source, given) => {
        // JavaScript looks behind from within a pair of surrogates too.
        const subject = source.includes('(?<') ? given.replaceAll('👍', '中') : given;
        const expected = subject.match(new RegExp(source, 'gu')) ?? [];
        expect(matches(new Pattern(source), subject)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
  it('cuts as GPT-2 and GPT-4 do', () => {
    expect(matches(new Pattern(GPT2_PATTERN), "Hello, it's 2024  中文字符,很好")).toEqual([
      'Hello',
      ',',
      ' it',
      "'s",
      ' 2024',
      ' ',
      ' 中文字符',
      ',',
      '很好',
    ]);
    expect(matches(new Pattern(GPT4_PATTERN), "IT'S 12345 \n\n x")).toEqual([
      'IT',
      "'S",
      ' ',
      '123',
      '45',
      ' \n\n',
      ' x',
    ]);
  });
  it('reads \\s, \\d, \\w and properties as Unicode has them', () => {
    expect(matches(new Pattern('\\s'), ' \u0085\u3000\ufeff')).toEqual([' ', '\u0085', '\u3000']);
    expect(matches(new Pattern('\\d+|\\p{Han}+|\\w+'), '١٢3 中文é_x')).toEqual(['١٢3', '中文', 'é_x']);
    expect(matches(new Pattern('[\\p{L}&&[^a-z]]+'), 'aBCdé中')).toEqual(['BC', 'é中']);
    expect(matches(new Pattern('[[:alpha:]]+|[^\\P{N}]'), 'ab1')).toEqual(['ab', '1']);
    expect(matches(new Pattern('(?i)strasse|(?i:k)'), 'STRASSEk')).toEqual(['STRASSE', 'k']);
    expect(matches(new Pattern('a?+b|\\x{4e2d}|^c$'), 'aab中\nc')).toEqual(['ab', '中', 'c']);
  });
  it('takes time in proportion to the text, whatever the expression', () => {
    const length = 100_000;
    for (const source of ['(?:a|a)*', '(?:a+)+', '(?:a*)*b?', 'a{0,50}a*a*a*'])
      expect(new Pattern(source).find('a'.repeat(length), 0, 0, length)).toBe(true);
    const slow = new Pattern('(?:a+)+b');
    expect(() => slow.find('a'.repeat(length), 0, 0, length)).toThrow(/takes too long/);
  });
  it('walks a run of millions of Chinese characters', () => {
    const run = '中'.repeat(5_000_000);
    const pattern = new Pattern(GPT4_PATTERN);
    expect(pattern.find(run, 0, 0, run.length) && pattern.end).toBe(run.length);
  });
  it('refuses what it cannot match, by name', () => {
    for (const [source, what] of [
      ['(a)\\1', '\\\\1'],
      ['(?=ab)', 'more than one character'],
      ['(?>a)', 'opens with "\\(\\?>"'],
      ['(ab)++', 'possessive'],
      ['a{1,100000}', 'repeat count'],
      ['\\p{Nonsense}', 'the property'],
      ['[a', 'without its "]"'],
      ['(a', 'without its "\\)"'],
      ['a)', 'without its "\\("'],
      ['*a', 'nothing to repeat'],
      ['(?x)a', 'the flags'],
      ['\\G', '\\\\G'],
      ['(?:(?:a{1000}){1000})', 'too complex'],
      ['('.repeat(500), 'too deeply'],
    ] as const)
      expect(() => new Pattern(source), source).toThrow(new RegExp(what));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab\\p{L}()[]^$.*+?|-&:=!<>iswd0') }), (source) => {
        try {
          new Pattern(source);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
