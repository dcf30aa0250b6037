/** The header is found by what stands below it, under whatever a report puts above. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHeader, type HeaderOptions } from './header.ts';

/** Rows as they would stand in a text, `|` between the cells. */
const rows = (text: string): string[][] =>
  text.split('\n').map((line) => (line === '' ? [] : line.split('|')));

const REVIEWS = 'Ann|5|good\nBob|4|fine\nCleo|1|bad, very bad';

describe('one row of names', () => {
  it.each([
    ['words over anything', `name|stars|text\n${REVIEWS}`, ['name', 'stars', 'text']],
    [
      'questions of a survey (Google Forms)',
      'Timestamp|How likely are you to recommend us? (0-10)|What could we do better?\n2024/01/05 10:00:00|9|Faster delivery, please\n2024/01/06 11:00:00|3|App crashes',
      ['Timestamp', 'How likely are you to recommend us? (0-10)', 'What could we do better?'],
    ],
    [
      'numbered questions in Chinese (问卷星)',
      '序号|提交答卷时间|1、您对我们的服务满意吗？|2、您有什么建议？\n1|2024/3/1 9:00:00|5|快一点。\n2|2024/3/1 9:05:00|2|太贵了！',
      ['序号', '提交答卷时间', '1、您对我们的服务满意吗？', '2、您有什么建议？'],
    ],
    [
      'a question longer than a name, over a scale',
      `On a scale of one to five, and thinking of the last four weeks only, how content were you?|x\n${'4|a\n5|b\n3|c'}`,
      ['On a scale of one to five, and thinking of the last four weeks only, how content were you?', 'x'],
    ],
    [
      'questions over free text alone',
      'What did you like?|What could be better?\nthe colour|nothing\nits size|the price\nall of it|delivery',
      ['What did you like?', 'What could be better?'],
    ],
    [
      'statements over agreement',
      `I was served quickly.|I would come again.\n${'Agree|Disagree\nNeutral|Agree\nAgree|Agree\n'.repeat(3).trim()}`,
      ['I was served quickly.', 'I would come again.'],
    ],
    [
      'years beside a name',
      'country|2019|2020|2021\nFrance|1|2|3\nChina|4|5|6\nPeru|7|8|9',
      ['country', '2019', '2020', '2021'],
    ],
    ['two years', 'country|2019|2020\nFrance|1|2\nChina|4|5', ['country', '2019', '2020']],
    [
      'years going back, of the World Bank',
      'Country Name|Country Code|2021|2020\nAruba|ABW|54.5|\nChad|TCD|3.2|2.9',
      ['Country Name', 'Country Code', '2021', '2020'],
    ],
    ['months', 'shop|1|2|3|4\nA|10|12|9|3\nB|7|7|8|1', ['shop', '1', '2', '3', '4']],
    ['dates', 'shop|2024-01|2024-02\nA|10|12\nB|7|7', ['shop', '2024-01', '2024-02']],
    ['days', 'shop|2024-01-31|2024-02-29\nA|10|12\nB|7|7', ['shop', '2024-01-31', '2024-02-29']],
    ['the numbers of columns (pandas)', '|0|1|2\n0|0.5|7|3\n1|0.1|9|1', ['column 1', '0', '1', '2']],
    ['steps', 'dose|0|5|10|15\na|1|1|2|2', ['dose', '0', '5', '10', '15']],
    ['no name for the index', '|a|b\n1|2|x\n3|4|y', ['column 1', 'a', 'b']],
  ])('%s', (_, text, names) => {
    expect(findHeader(rows(text))).toEqual({ above: 0, rows: 1, names });
  });

  it.each([
    ['numbers', '5|2024-01-02\n4|2024-01-03'],
    ['years in a row of data', '2019|4\n2020|5\n2021|6'],
    ['a row of a series', '1|2|3\n2|3|4\n3|4|5'],
    ['numbers that count in every row', 'a|1|2|3\nb|4|5|6\nc|7|8|9'],
    ['a sentence over sentences', 'Good, but slow.\nBad. And late\nFine'],
    ['a question among questions', 'How do I pay?\nWhere is it?\nWhen does it come?\nWhy?'],
    ['a value that comes again', 'yes!|a, b\nno|c\nyes!|d\nno|e\nyes!|f\nno|g'],
    ['a missing value over numbers', 'N/A|3\n4|5'],
  ])('is none: %s', (_, text) => {
    expect(findHeader(rows(text))).toMatchObject({
      above: 0,
      rows: 0,
      names: expect.arrayContaining(['column 1']),
    });
  });

  it('lacks the name over row names (R), and does not where a delimiter ends every row', () => {
    const options: HeaderOptions = { rowNames: true };
    expect(findHeader(rows('a|b\n1|2|x\n3|4|y'), options).names).toEqual(['column 1', 'a', 'b']);
    expect(findHeader(rows('mpg|cyl\nMazda RX4|21|6\nFiat|32.4|4'), options).names).toEqual([
      'column 1',
      'mpg',
      'cyl',
    ]);
    expect(findHeader(rows('a|b\n1|2|\n3|4|'), options).names).toEqual(['a', 'b']);
    expect(findHeader(rows('a|b\n1|2|x\n3|4|y')).names).toEqual(['a', 'b']);
  });
});

describe('rows above the header', () => {
  it.each([
    [
      'one cell each, short',
      'Per Transaction Report\nReporting Period:   2024-01-01 to 2024-01-31\nCurrency:  USD\n',
      3,
    ],
    ['one cell each, padded, and a blank row', 'Customer Survey Export||\nGenerated 2024-05-01||\n||\n', 3],
    ['comments', '# exported by tool, v3\n# 2024-01-01|a\n', 2],
    ['what it is, and what for', 'Period:|2024-05|\nShop:|Berlin|\n\n', 3],
    ['a title in Chinese', '2024年客户评价汇总表\n', 1],
    ['blank rows', '\n||\n', 2],
    ['fifteen lines', 'Filter: all\n'.repeat(15), 15],
  ])('%s', (_, above, count) => {
    expect(findHeader(rows(`${above}name|stars|text\n${REVIEWS}`))).toEqual({
      above: count,
      rows: 1,
      names: ['name', 'stars', 'text'],
    });
  });

  it('are none where the first row is one', () => {
    for (const text of [
      '#chrom|start|end\nchr1|100|200\nchr1|300|400',
      'name||\nAnn|Paris|5\nBob|Rome|4',
      'name|city\nAnn|Paris\nBob|Rome',
    ])
      expect(findHeader(rows(text))).toMatchObject({ above: 0, rows: 1 });
    expect(findHeader(rows('7\n1|2|3\n4|5|6')).above).toBe(0);
  });

  it('are passed over whatever they say', () => {
    const title = fc.array(fc.stringMatching(/^[A-Z][a-z ]{3,20}$/), { maxLength: 12 });
    fc.assert(
      fc.property(title, fc.integer({ min: 3, max: 40 }), (lines, count) => {
        const table = [
          ['id', 'score', 'note'],
          ...Array.from({ length: count }, (_, i) => [`${i}`, `${i % 5}`, `note ${i}`]),
        ];
        const found = findHeader([...lines.map((line) => [line]), ...table]);
        expect(found).toEqual({ above: lines.length, rows: 1, names: table[0] });
      }),
    );
  });
});

describe('headers of several rows', () => {
  it.each([
    [
      'groups of columns',
      'Q1||Q2|\nsales|cost|sales|cost\n10|5|20|7\n11|6|21|8',
      2,
      ['Q1 sales', 'Q1 cost', 'Q2 sales', 'Q2 cost'],
    ],
    [
      'groups beside a name',
      '|Sales||Costs|\nregion|2019|2020|2019|2020\nNorth|1|2|3|4\nSouth|5|6|7|8',
      2,
      ['region', 'Sales 2019', 'Sales 2020', 'Costs 2019', 'Costs 2020'],
    ],
    [
      'a name above an empty cell',
      'region|Sales||\n|online|shop|total\nNorth|1|2|3\nSouth|5|6|11',
      2,
      ['region', 'Sales online', 'Sales shop', 'Sales total'],
    ],
    [
      'questions and their options (SurveyMonkey)',
      'Respondent ID|Start Date|Which do you know?||How was it?\n||Nike|Puma|Open-Ended Response\n118|2024-03-01|Nike||fine\n119|2024-03-02||Puma|good',
      2,
      ['Respondent ID', 'Start Date', 'Which do you know? Nike', 'Which do you know? Puma', 'How was it?'],
    ],
    [
      'open questions alone (SurveyMonkey)',
      'Respondent ID|How was it?\n|Open-Ended Response\n118|fine\n119|good',
      2,
      ['Respondent ID', 'How was it?'],
    ],
    [
      'names, questions and ImportIds (Qualtrics)',
      'StartDate|Q1|Q2\nStart Date|How satisfied are you?|Tell us why.\n{"ImportId":"startDate"}|{"ImportId":"QID1"}|{"ImportId":"QID2_TEXT"}\n2024-03-01 10:00:00|1|because\n2024-03-02 10:00:00|2|so',
      3,
      ['StartDate', 'Q1', 'Q2'],
    ],
    [
      'names and questions',
      'StartDate|Q1|Q2\nStart Date|How satisfied are you?|Tell us why.\n2024-03-01 10:00:00|1|because\n2024-03-02 10:00:00|2|so',
      2,
      ['StartDate', 'Q1', 'Q2'],
    ],
    ['names and units', 'time|speed|load\ns|m/s|%\n0.1|3|4\n0.2|3|5', 2, ['time', 'speed', 'load']],
  ] as const)('%s', (_, text, count, names) => {
    const found = findHeader(rows(text));
    expect(found).toEqual({ above: 0, rows: count, names });
  });

  it('stand under a title', () => {
    expect(findHeader(rows('Sales by quarter\n\nQ1||Q2|\nsales|cost|sales|cost\n10|5|20|7'))).toEqual({
      above: 2,
      rows: 2,
      names: ['Q1 sales', 'Q1 cost', 'Q2 sales', 'Q2 cost'],
    });
  });

  it('are not seen in a first row with missing values', () => {
    for (const text of [
      'id|score|text\nN/A|-|none\n2|4|good\n3|5|bad',
      'id|score|text\n1|pending|good\n2|4|bad\n3|5|fine',
    ])
      expect(findHeader(rows(text))).toMatchObject({ rows: 1, names: ['id', 'score', 'text'] });
  });
});
