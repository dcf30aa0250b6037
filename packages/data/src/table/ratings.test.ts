import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRoles, isNoAnswer, parseLabel, parseRating, readLabels, readRatings } from '../index.ts';
import { parseAnswer } from './answer-words.ts';
import { tableOf } from './testing/table-of.ts';

/** So many cells of each value. */
const cells = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([cell, n]) => Array.from({ length: n }, () => cell));
const FIVE = { 1: 30, 2: 20, 3: 20, 4: 30, 5: 60 };
const SEVEN = { 1: 20, 2: 20, 3: 20, 4: 20, 5: 20, 6: 30, 7: 30 };
const TEN = { 1: 10, 2: 10, 3: 10, 4: 10, 5: 10, 6: 10, 7: 20, 8: 30, 9: 30, 10: 30 };

describe('one rating', () => {
  it.each([
    ['4', 4],
    ['4.5', 4.5],
    ['4,5', 4.5],
    ['４', 4],
    ['3 stars', 3],
    ['4-star', 4],
    ['4 star rating', 4],
    ['1 star', 1],
    ['four stars', 4],
    ['Five-Star', 5],
    ['4.5 ★', 4.5],
    ['★ 4.5', 4.5],
    ['4½ stars', 4.5],
    ['⭐️⭐️⭐️⭐️⭐️', 5],
    ['★★★½', 3.5],
    ['四星', 4],
    ['五星好评', 5],
    ['4颗星', 4],
    ['两颗星', 2],
    ['三星半', 3.5],
    ['4分', 4],
    ['80分', 80],
    ['评分：4.0', 4],
    ['Rating: 3', 3],
    ['-1', -1],
    ['5 - Excellent', 5],
    ['1 (very poor)', 1],
    ['10: extremely likely', 10],
    ['非常满意(5分)', 5],
  ])('%s', (cell, value) => {
    expect(parseRating(cell)).toEqual({ value });
  });

  it.each([
    ['4/5', 4, 5],
    ['8 / 10', 8, 10],
    ['4 of 5', 4, 5],
    ['4.0 out of 5 stars', 4, 5],
    ['Rated 4 out of 5', 4, 5],
    ['Rated 4.0 out of 5.0', 4, 5],
    ['★★★☆☆', 3, 5],
    ['4,0 von 5 Sternen', 4, 5],
    ['4,0 sur 5 étoiles', 4, 5],
    ['4,0 de 5 estrellas', 4, 5],
    ['5つ星のうち4.0', 4, 5],
    ['4.0分(满分5分)', 4, 5],
    ['4.0 颗星，最多 5 颗星', 4, 5],
    ['4分/5分', 4, 5],
    ['80%', 80, 100],
  ])('%s says its scale', (cell, value, best) => {
    expect(parseRating(cell)).toMatchObject({ value, best });
  });

  it('is no date, no text, no version, no amount of something else', () => {
    for (const cell of [
      '',
      'good',
      '2024-05-01',
      '3 people came',
      '1.2.3',
      '12 kg',
      'Nokia 3310',
      '10:30',
      'x'.repeat(5000),
    ])
      expect(parseRating(cell), cell).toBeUndefined();
  });

  it('never fails, and takes time that grows with the cell only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (cell) => {
        const rating = parseRating(cell);
        if (rating) expect(Number.isFinite(rating.value)).toBe(true);
        parseAnswer(cell);
        isNoAnswer(cell);
      }),
    );
  });
});

describe('no answer', () => {
  it('is told from an answer', () => {
    for (const cell of [
      'N/A',
      '-',
      '—',
      'null',
      'None',
      '(not rated)',
      '#N/A',
      "Don't know",
      'prefer not to say',
      '无',
      '未评分',
      '不愿回答',
      '.',
    ])
      expect(isNoAnswer(cell), cell).toBe(true);
    for (const cell of ['0', 'no', 'neutral', '不好', 'nothing works', '一般', '-1'])
      expect(isNoAnswer(cell), cell).toBe(false);
  });
});

describe('the scale of a column', () => {
  it('is the smallest usual one that holds its ratings', () => {
    const scale = (counts: Readonly<Record<string, number>>, name?: string) =>
      readRatings(cells(counts), name).scale;
    expect(scale(FIVE)).toEqual([1, 5]);
    expect(scale(SEVEN)).toEqual([1, 7]);
    expect(scale(TEN)).toEqual([1, 10]);
    expect(scale({ ...TEN, 0: 20 })).toEqual([0, 10]);
    expect(scale({ 0: 40, 1: 60 })).toEqual([0, 1]);
    expect(scale({ '-1': 20, 0: 20, 1: 20 })).toEqual([-1, 1]);
    expect(scale({ 35: 20, 60: 20, 85: 20, 100: 10 })).toEqual([0, 100]);
    expect(scale({ 0: 20, 25: 20, 50: 20, 75: 30, 100: 30 })).toEqual([0, 100]);
    expect(scale({ '0.5': 9, 0: 9, 1: 9, '3.5': 30, 5: 9 })).toEqual([0, 5]);
    expect(scale({ 4: 30, 3: 30 }, 'How likely are you to recommend us? (0-10)')).toEqual([0, 10]);
    expect(scale({ 4: 30, 3: 30 }, '评分（满分10分）')).toEqual([1, 10]);
    expect(scale({ 4: 30, 3: 30 }, 'Zufriedenheit (1 bis 7)')).toEqual([1, 7]);
  });

  it.each([
    ['1 to 5', FIVE, [1, 5]],
    ['1 to 7', SEVEN, [1, 7]],
    ['1 to 10', TEN, [1, 10]],
    ['0 to 10', { ...TEN, 0: 20 }, [0, 10]],
    ['0 to 100', { 0: 5, 20: 9, 35: 9, 50: 30, 65: 20, 80: 20, 95: 20, 100: 9 }, [0, 100]],
  ] as const)('stays %s where codes of surveys say "no answer"', (_, counts, scale) => {
    for (const code of [88, 98, 99, 999, -1, -99, 9999].filter((code) => !Object.hasOwn(counts, code))) {
      const column = readRatings(cells({ ...counts, [code]: 25 }));
      expect([code, column.scale, column.codes]).toEqual([code, scale, [{ value: code, count: 25 }]]);
      expect(column.ratings.filter((rating) => rating !== undefined)).toHaveLength(
        Object.values(counts).reduce((a, b) => a + b),
      );
    }
  });

  it('knows the codes of one digit by the gap before them, and zero as "not rated"', () => {
    expect(readRatings(cells({ ...FIVE, 9: 20 }))).toMatchObject({ scale: [1, 5], codes: [{ value: 9 }] });
    expect(readRatings(cells({ ...FIVE, 8: 9, 9: 20 }))).toMatchObject({
      scale: [1, 5],
      codes: [{ value: 8 }, { value: 9 }],
    });
    expect(readRatings(cells({ ...SEVEN, 9: 20 }))).toMatchObject({ scale: [1, 7], codes: [{ value: 9 }] });
    expect(readRatings(cells({ ...FIVE, 0: 90 }))).toMatchObject({ scale: [1, 5], codes: [{ value: 0 }] });
    expect(readRatings(cells({ ...SEVEN, 0: 9 }))).toMatchObject({ scale: [1, 7], codes: [{ value: 0 }] });
    // Nine steps, as food is judged by (Peryam and Pilgrim, 1957): no code.
    expect(readRatings(cells({ ...SEVEN, 8: 20, 9: 20 })).codes).toEqual([]);
    // Sliders give any number: 99 is a rating there.
    expect(readRatings(cells({ 13: 9, 48: 9, 77: 9, 86: 9, 99: 9 })).codes).toEqual([]);
  });

  it.each([55, 44, 10, 6, 45, 50])('is not stretched by one %d among many', (typed) => {
    expect(readRatings(cells({ ...FIVE, [typed]: 1 }))).toMatchObject({
      scale: [1, 5],
      mistyped: [{ value: typed, count: 1 }],
    });
  });

  it('is stretched by ratings that are many', () => {
    expect(readRatings(cells({ ...FIVE, 10: 20, 6: 10 })).scale).toEqual([1, 10]);
    expect(readRatings(cells({ ...FIVE, 6: 20, 7: 20 })).scale).toEqual([1, 7]);
  });

  it('is what the cells say: 4/5 and 8/10 are the same, 5/10 is half', () => {
    const { ratings, scale, denominators } = readRatings(['4/5', '8/10', '1/5', '2/10', '5/5', '3/5']);
    expect([ratings, scale, denominators]).toEqual([
      [4, 4, 1, 1, 5, 3],
      [1, 5],
      [5, 10],
    ]);
    expect(readRatings(cells({ '1/10': 9, '5/10': 9 })).scale).toEqual([1, 10]);
    expect(readRatings(cells({ '80%': 9, '15%': 9 })).scale).toEqual([0, 100]);
  });

  it('leaves out what is no answer, and says what it could not read', () => {
    const column = readRatings(['5', 'N/A', '-', '', 'see below', '1']);
    expect(column.ratings).toEqual([5, undefined, undefined, undefined, undefined, 1]);
    expect([column.said, column.read, column.unread]).toEqual([3, 2, { count: 1, examples: ['see below'] }]);
  });

  it('reads answers in words as steps', () => {
    const column = readRatings([
      'Very dissatisfied',
      'Dissatisfied',
      'Neutral',
      'Satisfied',
      'Very satisfied',
    ]);
    expect([column.ratings, column.scale]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 5],
    ]);
  });

  it('is turned over where the file says that 1 is the best, and only there', () => {
    for (const name of [
      'Schulnote',
      'rating (1 = very good, 5 = poor)',
      'Bewertung 1=best',
      '评分（1=非常满意）',
    ]) {
      const { ratings, inverted } = readRatings(cells(FIVE), name);
      expect([name, inverted, ratings[0], ratings.at(-1)]).toEqual([name, true, 5, 1]);
    }
    expect(readRatings(['1 - Very satisfied', '5 - Very dissatisfied', '3 - Neutral']).ratings).toEqual([
      5, 1, 3,
    ]);
    for (const name of ['rating', 'rating (1 = very poor, 5 = very good)', 'note', '评分（1=非常不满意）'])
      expect(readRatings(cells(FIVE), name).inverted, name).toBe(false);
  });

  it('does not depend on the order of the rows', () => {
    const codes = fc.constantFrom('99', '-1', '10', 'N/A', '3/5', '8/10', '4 stars');
    const star = fc.integer({ min: 1, max: 5 }).map(String);
    const column = fc.array(fc.oneof({ arbitrary: star, weight: 20 }, codes), {
      minLength: 40,
      maxLength: 120,
    });
    fc.assert(
      fc.property(column, (column) => {
        const [one, other] = [readRatings(column), readRatings(column.toReversed())];
        expect(other).toEqual({ ...one, ratings: one.ratings.toReversed() });
        const [low, high] = one.scale;
        for (const rating of one.ratings)
          if (rating !== undefined) expect(rating >= low && rating <= high).toBe(true);
      }),
    );
  });
});

describe('answers of a scale', () => {
  it.each([
    [
      [
        'Very dissatisfied',
        'Dissatisfied',
        'Neither satisfied nor dissatisfied',
        'Satisfied',
        'Very satisfied',
      ],
      [-3, -2, 0, 2, 3],
    ],
    [
      [
        'Extremely dissatisfied',
        'Somewhat dissatisfied',
        'Neutral',
        'Somewhat satisfied',
        'Extremely satisfied',
      ],
      [-3, -1, 0, 1, 3],
    ],
    [
      ['Strongly disagree', 'Disagree', 'Neither agree nor disagree', 'Agree', 'Strongly agree'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['Very poor', 'Poor', 'Fair', 'Good', 'Excellent'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['Not at all likely', 'Unlikely', 'Neutral', 'Likely', 'Extremely likely'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['Never', 'Rarely', 'Sometimes', 'Often', 'Always'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['非常不满意', '不满意', '一般', '满意', '非常满意'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['很不满意', '不太满意', '一般', '比较满意', '很满意'],
      [-3, -1, 0, 1, 3],
    ],
    [
      ['完全不同意', '不同意', '中立', '同意', '完全同意'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['很差', '较差', '一般', '好', '非常好'],
      [-3, -1, 0, 2, 3],
    ],
    [
      ['很差', '较差', '还行', '推荐', '力荐'],
      [-3, -1, 0, 2, 3],
    ],
    [
      ['从不', '很少', '有时', '经常', '总是'],
      [-3, -2, 0, 2, 3],
    ],
    [
      ['not satisfied', 'not very satisfied', 'not at all satisfied'],
      [-2, -1, -3],
    ],
    [
      ['sehr zufrieden', 'unzufrieden', 'muy satisfecho'],
      [3, -2, 3],
    ],
    [
      ['5 - Very satisfied', '1 = Poor', 'Satisfied.', 'VERY_SATISFIED'],
      [3, -2, 2, 3],
    ],
  ])('%j', (words, levels) => {
    expect(words.map((word) => parseAnswer(word)?.level)).toEqual(levels);
  });

  it('are no names, categories or texts', () => {
    for (const text of [
      'blue',
      'refund',
      'Verified purchase',
      'I am very satisfied with the battery',
      '满意度',
      '物流',
    ])
      expect(parseAnswer(text), text).toBeUndefined();
  });
});

describe('labels', () => {
  it('one by one', () => {
    const labels = (texts: string[]) => texts.map((text) => parseLabel(text)?.[0]);
    expect(labels(['1', '0', 'Positive', '差评', '中评', 'blue'])).toEqual([
      's',
      'd',
      's',
      'd',
      'n',
      undefined,
    ]);
    expect(labels(['喜欢', '不喜欢', '一般', '👍🏽', '👎', 'Promoter', 'Passive', 'Detractor'])).toEqual([
      ...'sdnsdsnd',
    ]);
    expect(labels(['Yes', 'No', 'TRUE', 'false', '是', '否', 'NEU', 'pos', 'neg'])).toEqual([...'sdsdsdnsd']);
  });

  it('as numbers mean what the column makes of them', () => {
    const read = (values: string[]) => readLabels(values).labels.map((label) => label?.[0]);
    expect(read(['1', '0', '1', ''])).toEqual(['s', 'd', 's', undefined]);
    expect(read(['1', '0', '-1'])).toEqual(['s', 'n', 'd']);
    expect(read(['0', '1', '2'])).toEqual(['d', 'n', 's']);
    expect(read(['0', '4'])).toEqual(['d', 's']);
    // Which of the two is the better one the file does not say.
    expect(read(['1', '2'])).toEqual([undefined, undefined]);
    expect(read(['1', '3', '5'])).toEqual([undefined, undefined, undefined]);
  });
});

describe('columns of ratings and labels are found', () => {
  const TEXTS = [
    'The soup was cold again',
    'Quick and friendly service',
    'Never again, two hours late',
    'Lovely dumplings tonight',
  ];
  const rolesOf = (name: string, values: readonly string[]) => {
    const rows = Array.from({ length: 40 }, (_, i) => [`${TEXTS[i % 4]} ${i}`, values[i % values.length]!]);
    const { rating, label } = findRoles(tableOf(['comment', name], rows));
    return [rating.column, label.column];
  };
  it.each([
    ['rating', ['1', '5', 'N/A', '4', '-', 'null', '3', '5']],
    ['rating', ['Rated 4 out of 5', 'Rated 1 out of 5']],
    ['stars', ['⭐️⭐️⭐️', '⭐️']],
    ['rating', ['4-star', '1-star']],
    ['satisfaction_score', ['1', '5', '3', '4', '99']],
    ['How likely are you to recommend us? (0-10)', ['0', '9', '10', '7']],
    ['Verdict', ['4 out of 5', '2 out of 5']],
  ])('ratings: %s of %j', (name, values) => {
    expect(rolesOf(name, values)).toEqual([name, undefined]);
  });
  it.each([
    ['满意度', ['非常满意', '满意', '一般', '不满意', '非常不满意', '未填写']],
    ['评价倾向', ['喜欢', '不喜欢', '一般']],
    ['type', ['Promoter', 'Passive', 'Detractor']],
    ['Would you recommend us?', ['Yes', 'No', '']],
    ['sentiment', ['0', '1', '2']],
  ])('labels: %s of %j', (name, values) => {
    expect(rolesOf(name, values)).toEqual([undefined, name]);
  });
  it('a column of ratings is preferred to a question, and a question in numbers is no label', () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      `${TEXTS[i % 4]} ${i}`,
      String(i % 2),
      String(1 + (i % 5)),
    ]);
    const { rating, label } = findRoles(tableOf(['Review Text', 'Recommended IND', 'Rating'], rows));
    expect([rating.column, label.column]).toEqual(['Rating', undefined]);
  });
  it.each([
    ['verified', ['Yes', 'No']],
    ['condition', ['Good', 'Very good', 'Fair', 'Poor']],
    ['how often', ['Never', 'Sometimes', 'Always']],
    ['class', ['0', '1', '2']],
    ['votes', ['0', '1', '2', '250', '1003']],
    ['district', ['1', '2', '3']],
  ])('neither: %s of %j', (name, values) => {
    expect(rolesOf(name, values)).toEqual([undefined, undefined]);
  });
});
