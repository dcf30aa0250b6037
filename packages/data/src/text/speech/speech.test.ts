/** Error rates against jiwer's published answers and against each other; numbers against what people say for them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCharacterText, speechTokens, writtenCharacters, writtenWords } from './speech-tokens.ts';
import { errorCount, wordErrors } from './word-errors.ts';

const rate = (pairs: readonly (readonly [string, string])[], cut: (text: string) => string[]) => {
  const all = pairs.map(([said, heard]) => wordErrors(cut(said), cut(heard)));
  const errors = all.reduce((sum, one) => sum + errorCount(one), 0);
  return errors / all.reduce((sum, { length }) => sum + length, 0);
};

// github.com/jitsi/jiwer, issue 52: ten sentences, what a recognizer made of them, and the answers of jiwer.
const TEN: readonly (readonly [string, string])[] = [
  ['宋朝末年年间定居粉岭围。', '宋朝末年年间定居分定为'],
  ['渐渐行动不便', '建境行动不片'],
  ['二十一年去世。', '二十一年去世'],
  ['他们自称恰哈拉。', '他们自称家哈'],
  ['局部干涩的例子包括有口干、眼睛干燥、及阴道干燥。', '菊物干寺的例子包括有口肝眼睛干照以及阴到干'],
  ['嘉靖三十八年，登进士第三甲第二名。', '嘉靖三十八年登进士第三甲第二名'],
  ['这一名称一直沿用至今。', '这一名称一直沿用是心'],
  ['同时乔凡尼还得到包税合同和许多明矾矿的经营权。', '同时桥凡妮还得到包税合同和许多民繁矿的经营权'],
  [
    '为了惩罚西扎城和塞尔柱的结盟，盟军在抵达后将外城烧毁。',
    '为了曾罚西扎城和塞尔素的节盟盟军在抵达后将外曾烧毁',
  ],
  ['河内盛产黄色无鱼鳞的鳍射鱼。', '合类生场环色无鱼林的骑射鱼'],
];

describe('error rates', () => {
  it('are those of jiwer on ten Chinese sentences: by character 0.302, by word all wrong', () => {
    expect(rate(TEN, writtenCharacters)).toBeCloseTo(0.30201342281879195, 12);
    expect(rate(TEN, writtenWords)).toBe(1);
  });

  it('do not count punctuation, which nobody speaks', () => {
    expect(rate(TEN, speechTokens)).toBeLessThan(0.25);
    expect(rate(TEN, speechTokens)).toBeGreaterThan(0.2);
  });

  // jiwer's README and tests: "hello world" / "hello duck" is 0.5; one of four words left out and one changed is 0.5.
  it.each([
    ['hello world', 'hello duck', 0.5],
    ['hello world', 'hello world', 0],
    ['i like monty python', 'i like python', 0.25],
    ['this is a test', 'the test is this a', 1],
    ['hello', '', 1],
  ])('"%s" heard as "%s": %d', (said, heard, expected) => {
    expect(rate([[said, heard]], writtenWords)).toBeCloseTo(expected, 12);
  });

  it('are a distance: nothing to itself, the same the other way, no longer by a detour', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 });
    const between = (a: string[], b: string[]) => errorCount(wordErrors(a, b));
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(between(a, a)).toBe(0);
        expect(between(a, b)).toBe(between(b, a));
        expect(between(a, c)).toBeLessThanOrEqual(between(a, b) + between(b, c));
        const { substitutions, deletions, length } = wordErrors(a, b);
        expect(substitutions + deletions).toBeLessThanOrEqual(length);
      }),
    );
  });
});

describe('what makes no difference', () => {
  it.each([
    ['百分之五十', '50%'],
    ['二零二四年', '2024年'],
    ['两千零二十四', '2024'],
    ['三百二', '320'],
    ['一万二千', '12000'],
    ['三点一四', '3.14'],
    ['今天是五月一号，对吗？', '今天是5月1号对吗'],
    ['三亿五千万', '350000000'],
    ['ＡＢＣ十五', 'abc15'],
    ['Set an alarm for ten a.m.', 'set an alarm for 10 AM'],
    ['twenty-five percent', '25%'],
    ['twenty twenty four', '2024'],
    ['two thousand and five', '2005'],
    ['may twenty first', 'May 21st'],
    ['ten thirty', '10:30'],
    ['it costs five dollars', 'it costs $5'],
    ['one hundred and one', '101'],
    ['1,250 people', 'one thousand two hundred fifty people'],
    ["don't", 'don’t'],
  ])('%s is %s', (one, other) => {
    const byCharacter = isCharacterText(one);
    expect(speechTokens(one)).toEqual(speechTokens(other, byCharacter));
  });

  it.each([
    ['万一', '万1'],
    ['fifty', 'fifteen'],
    ['wait a second', 'wait a 2nd'],
    ['五十', '十五'],
  ])('%s is not %s', (one, other) => {
    if (one === '万一') expect(speechTokens(one)).toEqual(['万', '一']);
    else expect(speechTokens(one)).not.toEqual(speechTokens(other));
  });

  it('keeps no token of nothing, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        for (const token of speechTokens(text)) expect(token.trim()).not.toBe('');
      }),
    );
  });
});
