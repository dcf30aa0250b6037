/** What a founder reads who gives a table that cannot be learnt from, in English and in Chinese: what is wrong, and the way out. */
import { Random, UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { futureInWords } from './read/future.ts';
import { type TableChoice, tableRows } from './read/rows.ts';
import { tableFrom } from './read/testing/table.ts';
import { type TableOptions, tableLearning } from './task.ts';

type Columns = Readonly<Record<string, (row: number) => string>>;

const N = 60;
const age = (row: number): string => String(20 + ((row * 7) % 50));
const plan = (row: number): string => ['monthly', 'yearly', 'team'][row % 3]!;
const left = (row: number): string => (row % 4 === 0 ? 'yes' : 'no');
const ordinary: Columns = { age, plan, left };

interface Case {
  readonly columns?: Columns;
  readonly rows?: number;
  readonly choice?: Partial<TableChoice>;
  readonly options?: Partial<TableOptions>;
  readonly test?: Columns;
  readonly en: RegExp;
  readonly zh: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  'a misspelt target': {
    choice: { target: 'lfet' },
    en: /no column "lfet"; did you mean "left"\?/,
    zh: /没有列“lfet”；是否指“left”？/,
  },
  'one class': {
    columns: { age, plan, left: () => 'no' },
    en: /same value, "no", in all rows/,
    zh: /所有行中都是“no”/,
  },
  'three rows': { rows: 3, en: /Only 3 rows.*At least 20/, zh: /只有 3 行。至少需要 20 行/ },
  'a target without values': {
    columns: { age, plan, left: () => '' },
    en: /"left" has no values/,
    zh: /“left”没有任何值/,
  },
  'columns without values': {
    columns: { age: () => '', plan: () => ' ', left },
    en: /No column is left to predict "left" from/,
    zh: /没有可用于预测“left”的列/,
  },
  'nothing but ids': {
    columns: { customer: (row) => `C${1000 + row}`, left },
    en: /only names the rows/,
    zh: /只是行的编号/,
  },
  'five thousand classes': {
    columns: { age, left: (row) => `class ${row % 5000}` },
    rows: 30_000,
    en: /5000 different classes; at most 1000/,
    zh: /5000 个不同的类别，最多支持 1000 个/,
  },
  'a target of texts': {
    columns: { age, left: (row) => `It broke after ${row} days of use, and nobody answered` },
    en: /looks like texts or ids/,
    zh: /看起来像文本或编号/,
  },
  'a target of dates': {
    columns: { age, left: (row) => `2024-03-${String(1 + (row % 28)).padStart(2, '0')}` },
    en: /holds dates, which are not predicted/,
    zh: /是日期，无法作为预测目标/,
  },
  'a negative weight': {
    columns: { ...ordinary, weight: (row) => (row === 9 ? '-1' : '1') },
    choice: { weight: 'weight' },
    en: /Row 10 has the weight "-1".*from 0 up/,
    zh: /第 10 行“weight”的权重为“-1”；应为不小于 0/,
  },
  'a time that is none': {
    choice: { time: 'plan' },
    en: /--time: "plan" holds no dates \(such as "monthly"\)/,
    zh: /--time：“plan”列不是日期（例如“monthly”）/,
  },
  'one group': {
    columns: { ...ordinary, team: () => 'all' },
    choice: { group: 'team' },
    en: /all rows have the same "team"/,
    zh: /所有行的“team”都相同/,
  },
  'words as numbers': {
    choice: { task: 'regression' },
    en: /holds words \("yes"\), which --task regression cannot learn/,
    zh: /是文字（“yes”），不能用 --task regression 学习/,
  },
  'a column to ignore that there is not': {
    choice: { ignore: ['plann'] },
    en: /--ignore: there is no column "plann"; did you mean "plan"\?/,
    zh: /--ignore：没有列“plann”；是否指“plan”？/,
  },
  'a column to keep that there is not': {
    options: { keep: ['plann'] },
    en: /--keep: there is no column "plann"; did you mean "plan"\?/,
    zh: /--keep：没有列“plann”；是否指“plan”？/,
  },
  'an unknown figure': {
    options: { metric: 'goodness' },
    en: /--metric goodness cannot be measured of left, which holds 2 classes.*auc/,
    zh: /无法对 left（2 个类别）计算 --metric goodness。可选：auc、/,
  },
  'a figure of numbers for classes': {
    options: { metric: 'rmse' },
    en: /--metric rmse cannot be measured of left/,
    zh: /无法对 left（2 个类别）计算 --metric rmse/,
  },
  'a file for testing that lacks a column': {
    test: { age, left },
    en: /The test file \(--test\) lacks the column "plan".*add it, with empty cells/,
    zh: /测试文件（--test）缺少列“plan”.*未知的单元格留空/,
  },
  'a file for testing with a renamed column': {
    test: { age, Plan: plan, left },
    en: /lacks the column "plan" \(it has "Plan": is it that one\?\)/,
    zh: /缺少列“plan”（现有“Plan”，是否指它？）/,
  },
  'a file for testing with other classes': {
    test: { age, plan, left: () => 'maybe' },
    en: /its first is "maybe", and the classes that were learnt are "no", "yes"/,
    zh: /第一个值为“maybe”，而学习的类别是“no”、“yes”/,
  },
  'a file for testing with one outcome': {
    test: { age, plan, left: () => 'no' },
    en: /ROC AUC cannot be measured.*but one value of left.*another --metric/,
    zh: /无法计算 ROC AUC.*left 只有一个取值.*--metric/,
  },
};

const read = ({ columns = ordinary, rows = N, choice, test }: Case) =>
  tableRows(tableFrom(rows, columns), { target: 'left', ...choice }, test && tableFrom(20, test));

describe('a table that cannot be learnt from', () => {
  it.each(Object.entries(CASES))('%s', async (_, each) => {
    const options = tableLearning.options.parse({ minutes: 0.1, ...each.options });
    const error = await Promise.resolve()
      .then(() => tableLearning.fit(read(each).rows, options, { random: new Random(0) }))
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).localized).toEqual({
      en: expect.stringMatching(each.en),
      zh: expect.stringMatching(each.zh),
    });
  });
});

const NOTES: Readonly<Record<string, Case>> = {
  'a cell that is no number': {
    columns: { ...ordinary, age: (row) => (row === 50 ? 'about 40' : age(row)) },
    en: /"age" holds numbers; 1 cell of it could not be read so and counts as missing, the first "about 40" in row 51/,
    zh: /“age”列是数值；其中 1 个单元格无法读取，按缺失处理，第一个是第 51 行的“about 40”/,
  },
  'infinite numbers': {
    columns: { ...ordinary, age: (row) => (row < 2 ? ['Infinity', '-inf'][row]! : age(row)) },
    en: /2 cells of it could not be read so and count as missing, the first "Infinity" in row 1/,
    zh: /其中 2 个单元格无法读取/,
  },
  'a column of another type in the file for testing': {
    test: { age: () => 'old', plan, left },
    en: /In the test file 20 of 20 cells of "age" could not be read as numbers.*hold the same as in the main file\?/,
    zh: /测试文件“age”列的 20 个单元格中有 20 个无法按数值读取.*与主文件相同吗？/,
  },
  'percentages to be predicted': {
    columns: { age, plan, left: (row) => `${(Number(age(row)) / 2).toFixed(1)}%` },
    en: /"left" holds percentages, which are read as shares: "10.0%" is 0.1/,
    zh: /“left”列是百分数，按比例读取：“10.0%”即 0.1/,
  },
};

describe('a table that needs a word', () => {
  it.each(Object.entries(NOTES))('%s', (_, each) => {
    const { notes } = read(each);
    expect(notes.map(({ en }) => en).join('\n')).toMatch(each.en);
    expect(notes.map(({ zh }) => zh).join('\n')).toMatch(each.zh);
  });

  it('rows from the future: the file says when, unless its times are only numbers', () => {
    const [now, day] = [Date.UTC(2026, 0, 10), 86_400_000];
    const values = Float64Array.of(now - day, Number.NaN, now + day / 2, now + 9 * day, now + 2 * day);
    const [note, ...others] = futureInWords({ column: 'signed', values }, now);
    expect(note!.en).toMatch(/^2 rows lie in the future by "signed", as late as 2026-01-19\./);
    expect(note!.zh).toMatch(/有 2 行的时间在未来，最晚为 2026-01-19/);
    expect(others).toEqual([]);
    expect(futureInWords({ column: 'step', values, isNumber: true }, now)).toEqual([]);
  });

  it('money, and dates written as numbers, are read as what they are', () => {
    const { rows } = read({
      columns: {
        left,
        price: (row) => `${(1000 + 7.5 * row).toLocaleString('en-US', { minimumFractionDigits: 1 })} 元`,
        rate: (row) => `${age(row)} %`,
        joined_date: (row) => String(20_240_101 + (row % 28)),
      },
      choice: { time: 'none' },
      en: /./,
      zh: /./,
    });
    const first = Object.fromEntries(
      rows.columns.map(({ name, cells }) => [name, [cells.kind, 'values' in cells ? cells.values[1] : null]]),
    );
    expect(first).toEqual({
      price: ['number', 1007.5],
      rate: ['number', 0.27],
      joined_date: ['time', Date.UTC(2024, 0, 2)],
    });
  });
});
