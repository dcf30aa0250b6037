import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  characterTokens,
  charNgrams,
  cleanText,
  encoder,
  fitTfidf,
  fitVocabulary,
  isStopWord,
  splitClauses,
  tfidf,
  vocabularySize,
  wordNgrams,
  words,
} from '../index.ts';

describe('cleanText', () => {
  it('takes markup, entities and invisible characters away and keeps what was said', () => {
    expect(cleanText('<p>Good&nbsp;&amp; fast<br/>\u200b \u0007delivery &lt;3</p>')).toBe(
      'Good & fast delivery <3',
    );
    expect(cleanText('ＡＢＣ１２３，很好！')).toBe('ABC123,很好!');
    expect(cleanText('price < 5 and > 3 👍🏽')).toBe('price < 5 and > 3 👍🏽');
  });
  it.each([
    ['<div><p>Good</p><script>var page="buy now";</script><style>.a{color:red}</style></div>', 'Good'],
    ['Good <SCRIPT type="x">\nlet a = "</p>";\n</SCRIPT > soup', 'Good soup'],
    ['Good<style>.a { color: red', 'Good'],
    ['I typed <script> into the box', 'I typed into the box'],
    ['Fast <!-- hidden <b> --> delivery <!-- cut', 'Fast delivery'],
    ['&lt;p&gt;Good&lt;/p&gt; &amp;lt;br&amp;gt; &amp;amp; fast', 'Good & fast'],
    ['caf&eacute; &uuml;ber &Ntilde;o &hellip; 5&euro;', 'café über Ño ... 5€'],
    ['[b]Good[/b] [url=https://a.example/x]shop[/url] [img]https://a.example/i.png[/img]', 'Good shop'],
    ['**Good** and __fast__, ~~slow~~ ![photo](https://a.example/i.png)', 'Good and fast, slow photo'],
    [
      '# Title\n> quoted\n- one\n* two\nsee [the shop](https://a.example/x "t")',
      'Title quoted one two see the shop',
    ],
    ['Dear {{ customer.name }}, {% if x %}thanks{% endif %} *|FNAME|*', 'Dear , thanks'],
    [`Dear $${'{name}'}, thanks`, 'Dear , thanks'],
    ['<section class="a"><o:p>Good</o:p></section>', 'Good'],
  ])('takes away what a page does not show: %s', (text, plain) => {
    expect(cleanText(text)).toBe(plain);
  });
  it.each([
    'price < 5 and > 3',
    'I <3 it',
    'a[0] is 5 * 3 * 2, snake_case_name and __init__.py',
    'my [EMAIL] and [CARD] [ACCOUNT]',
    'it is 5 - 3 (see #12) #great',
    'AT&T; R&D &unknown; {braces} [brackets](not a link)',
    '-20 degrees',
  ])('keeps what only looks like markup: %s', (text) => {
    expect(cleanText(text)).toBe(text.replace('__init__', 'init'));
  });
  it('takes time that grows with the text only', () => {
    for (const piece of [
      '<script>',
      '<!--',
      '<a ',
      '**',
      '[url=',
      '![',
      '{{',
      '&lt;',
      '```',
      '[b](',
      '<style>{',
    ])
      cleanText(piece.repeat(60_000));
  }, 5000);
  it('never fails, and is done after one pass over plain text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text)).not.toMatch(/[\p{Cc}]|^\s|\s$/u);
      }),
    );
  });
});

describe('words', () => {
  it('cuts Chinese by dictionary and other languages at spaces', () => {
    expect(words('味道不错速度很快')).toEqual(['味道', '不错', '速度', '很快']);
    expect(words("It's 3.5 Stars, don't buy 👎")).toEqual(["it's", '3.5', 'stars', "don't", 'buy', '👎']);
    expect(words('App 连不上 WiFi')).toContain('wifi');
    expect(characterTokens("不好吃, it's OK!")).toEqual(['不', '好', '吃', ',', "it's", 'ok', '!']);
  });
});

describe('splitClauses', () => {
  it('returns one clause per statement', () => {
    expect(splitClauses('Fast delivery, but the soup was cold. Costs 3,500.50 though it works')).toEqual([
      'Fast delivery, ',
      'but the soup was cold. ',
      'Costs 3,500.50 ',
      'though it works',
    ]);
    expect(splitClauses('送餐很快,就是菜有点凉,味道不错!下次还来')).toEqual([
      '送餐很快,',
      '就是菜有点凉,',
      '味道不错!',
      '下次还来',
    ]);
  });
  it('gives the short end of a sentence to its sentence', () => {
    expect(splitClauses('感觉被坑,这次。刚买完就降价')).toEqual(['感觉被坑,这次。', '刚买完就降价']);
    expect(splitClauses('It broke again, sadly. Great colour')).toEqual([
      'It broke again, sadly. ',
      'Great colour',
    ]);
  });
  it('cuts neither behind initials and titles nor behind a conjunction', () => {
    expect(splitClauses('Samuel L. Jackson is great. So is Dr. Wang')).toEqual([
      'Samuel L. Jackson is great. ',
      'So is Dr. Wang',
    ]);
    expect(splitClauses('不过啊,菜有点凉')).toEqual(['不过啊,菜有点凉']);
  });
  it('leaves no clause without a statement, and loses nothing', () => {
    expect(splitClauses('嗯,很好吃,')).toEqual(['嗯,很好吃,']);
    const text = fc.array(
      fc.constantFrom('很好', ',', 'but ', 'ok', '. ', ' - ', '3', '但是', '。', '👍', ' '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          text.map((parts) => parts.join('')),
        ),
        (whole) => {
          expect(splitClauses(whole).join('')).toBe(whole);
        },
      ),
    );
  });
});

describe('tfidf', () => {
  it('weighs as scikit-learn does', () => {
    const documents = ['good food good price', 'bad food', 'good service slow service bad bad', 'price'].map(
      (d) => d.split(' '),
    );
    const model = fitTfidf(documents);
    expect(model.terms).toEqual(['bad', 'food', 'good', 'price']);
    expect(Array.from(model.idf)).toEqual(
      [1.51083, 1.51083, 1.51083, 1.51083].map((v) => expect.closeTo(v, 5)),
    );
    const { offsets, indices, values } = tfidf(model, documents);
    const dense = documents.map((_, row) => {
      const line = [0, 0, 0, 0];
      for (let k = offsets[row]!; k < offsets[row + 1]!; k++) line[indices[k]!] = values[k]!;
      return line;
    });
    const expected = [
      [0, 0.45329, 0.76749, 0.45329],
      [Math.SQRT1_2, Math.SQRT1_2, 0, 0],
      [0.86104, 0, 0.50854, 0],
      [0, 0, 0, 1],
    ];
    for (const [row, line] of expected.entries())
      for (const [i, v] of line.entries()) expect(dense[row]![i]).toBeCloseTo(v, 4);
  });
  it('returns an empty row for a document of unknown terms', () => {
    const { offsets } = tfidf(fitTfidf([['a'], ['a']]), [['x'], ['a'], []]);
    expect(Array.from(offsets)).toEqual([0, 0, 1, 1]);
  });
});

describe('the rest', () => {
  it('n-grams, vocabulary, stop words', () => {
    expect(wordNgrams(['a', 'b', 'c'], 2)).toEqual(['a', 'b', 'c', 'a b', 'b c']);
    expect(charNgrams('好吃👍', 1, 2)).toEqual(['好', '吃', '👍', '好吃', '吃👍']);
    const vocabulary = fitVocabulary([
      ['b', 'a'],
      ['a', 'b'],
      ['a', 'c'],
    ]);
    expect(vocabulary.tokens).toEqual(['a', 'b']);
    expect(vocabularySize(vocabulary)).toBe(4);
    expect(Array.from(encoder(vocabulary)(['a', 'c', 'b', 'a'], 3))).toEqual([2, 1, 3]);
    expect(['the', '的', '5', 'x'].every((word) => isStopWord(word))).toBe(true);
    expect(['not', '不', '没有', '好吃'].some((word) => isStopWord(word))).toBe(false);
  });
});
