/**
 * The log of a product that answers with a language model: rules that answers keep, what people said of them, what a judge said and how
 * far it can be believed, how alike repeated answers are, what they take in time and money.
 */
import type { Localized } from '@gradus/base';
import { findPersonal, yesOrNo } from '@gradus/data';
import type { Figure } from '@gradus/tasks';
import { checkFigures } from './answer-checks.ts';
import { type AnswerColumns, answerColumns } from './answer-columns.ts';
import { cellsOf, clustersBy, plainName, sliceColumns, versionColumn } from './columns.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { type Joined, SYSTEM } from './join.ts';
import { judgeEvidence } from './judges.ts';
import { satisfactionFigure } from './satisfaction.ts';
import { labelOf, numberOf, quoteOf } from './values.ts';

/** Labels of what is bad: "yes" is a failure. */
const BAD_LABELS = /^(hallucination|hallucinated|harmful|toxic|error|violation|幻觉|有害|错误)$/;

/** Verdicts of judges: the column of verdicts, else every column that a judge filled in. */
function judgeColumns(table: EvidenceTable, { verdict, swapped }: AnswerColumns): string[] {
  if (verdict !== undefined) return [verdict];
  return table.columns.filter(
    (name) => name !== swapped && /^judge(?!.*(swapped|reason|comment|name|model))/.test(plainName(name)),
  );
}

export function isAnswerLog(table: EvidenceTable): boolean {
  const columns = answerColumns(table);
  const isJudged = columns.label !== undefined && judgeColumns(table, columns).length > 0;
  return isJudged || (columns.input !== undefined && columns.output !== undefined);
}

export function answerEvidence(
  { table: whole, leftOut, notes: joinedNotes, isOfSystems }: Joined,
  settings: EvidenceSettings,
): Evidence {
  const { standard, version, slices } = settings;
  const columns = answerColumns(whole, standard.columns);
  const out = new LeftOutRows();
  const table = withoutDuplicates(whole, out);
  const cell = (role: keyof AnswerColumns) => cellsOf(table, columns[role]);
  const n = table.rows.length;
  const notes: Localized[] = [...joinedNotes];
  const judges = judgeColumns(table, columns);
  const labels = columns.label === undefined ? undefined : humanLabels(table, columns.label, notes);
  const versions = versionColumn(table, version ?? (isOfSystems ? SYSTEM : undefined));
  const clustered = clustersBy(table, [columns.user, columns.item, columns.input]);
  const judged =
    judges.length > 0
      ? judgeEvidence(table, { columns, judges, versions: versions?.name, isBad: labels?.isBad ?? false })
      : undefined;
  const satisfaction =
    columns.satisfaction === undefined ? undefined : satisfactionFigure(table, columns.satisfaction);
  const figures: Figure[] = [
    ...(columns.output === undefined ? [] : checkFigures(table, columns.output, standard.checks)),
    ...(columns.output === undefined || !standard.checks.no_personal_data
      ? []
      : [personalFigure(n, cell('output'))]),
    ...(columns.expected === undefined || columns.output === undefined
      ? []
      : [correctFigure(n, cell('expected'), cell('output'))]),
    ...(labels && !labels.isChoice
      ? [
          shareFigure(
            'human_pass_rate',
            { en: 'answers that people passed', zh: '人工判为合格的回答' },
            labels.passed,
          ),
        ]
      : []),
    ...(judged?.figures ?? []),
    ...repeatFigure(table, columns, versions?.name, labels?.passed),
    ...timeFigures(table, columns, out),
    ...(satisfaction ? [satisfaction.figure] : []),
  ];
  const taken = new Set([...Object.values(columns), ...judges, ...(versions ? [versions.name] : [])]);
  const clusters = judged?.clusters ?? clustered?.clusters;
  return {
    kind: 'answers',
    file: table.file,
    rows: Int32Array.from(table.numbers),
    figures,
    ...(clusters && { clusters, clusteredBy: judged?.clusteredBy ?? clustered!.name }),
    slices: sliceColumns(table, { asked: slices, taken }),
    ...(versions && { versions }),
    quotes: table.rows.map((_, row) =>
      quoteOf(
        cell('input')(row).slice(0, 80),
        cell('output')(row).slice(0, 80),
        ...judges.map((name) => cellsOf(table, name)(row)),
      ),
    ),
    leftOut: [...leftOut, ...out.all, ...(judged?.leftOut ?? [])],
    notes: [...notes, ...(judged?.notes ?? [])],
    sections: judged?.sections ?? [],
    ranked: judged?.ranked ?? [],
    columns: {
      ...(columns as Record<string, string>),
      ...Object.fromEntries(judges.map((name) => [`judge ${name}`, name])),
    },
  };
}

/** Rows that are the same in every column were logged twice; the same question asked again has another answer or time. */
function withoutDuplicates(table: EvidenceTable, out: LeftOutRows): EvidenceTable {
  const seen = new Set<string>();
  const kept = [...table.rows.keys()].filter((row) => {
    const whole = table.rows[row]!.join('\u0001');
    if (!seen.has(whole)) return Boolean(seen.add(whole));
    out.add(
      { en: 'the same as an earlier row in every column', zh: '与前面某一行完全相同' },
      table.numbers[row]!,
    );
    return false;
  });
  return {
    ...table,
    rows: kept.map((row) => table.rows[row]!),
    numbers: kept.map((row) => table.numbers[row]!),
  };
}

interface HumanLabels {
  /** 1 or 0; NaN where nobody said. */
  readonly passed: Float64Array;
  /** "yes" means that the answer is bad. */
  readonly isBad: boolean;
  /** Which of two answers is the better one, or a category: no rate of passing. */
  readonly isChoice: boolean;
}

function humanLabels(table: EvidenceTable, column: string, notes: Localized[]): HumanLabels {
  const cell = cellsOf(table, column);
  const isBad = BAD_LABELS.test(plainName(column));
  const said = Float64Array.from(table.rows, (_, row) => yesOrNo(cell(row)));
  const filled = table.rows.filter((_, row) => cell(row).trim() !== '').length;
  const known = said.filter((value) => !Number.isNaN(value)).length;
  const isChoice = known < 0.9 * filled;
  if (!isChoice && known < filled) {
    notes.push({
      en: `"${column}": ${filled - known} cells say neither yes nor no; they are not counted.`,
      zh: `“${column}”：有 ${filled - known} 个单元格既非是也非否，未计入。`,
    });
  }
  return { passed: isBad ? said.map((value) => 1 - value) : said, isBad, isChoice };
}

const shareFigure = (
  id: string,
  title: Localized,
  values: Float64Array,
  better: Figure['better'] = 'more',
): Figure => ({
  id,
  title,
  unit: 'share',
  better,
  values: {
    kind: 'ratio',
    range: 'share',
    numerator: values.map((value) => (Number.isNaN(value) ? 0 : value)),
    denominator: values.map((value) => (Number.isNaN(value) ? 0 : 1)),
  },
});

const personalFigure = (n: number, output: (row: number) => string): Figure =>
  shareFigure(
    'no_personal_data',
    { en: 'answers without personal data', zh: '不含个人信息的回答' },
    Float64Array.from({ length: n }, (_, row) => (findPersonal(output(row)).length === 0 ? 1 : 0)),
  );

const correctFigure = (
  n: number,
  expected: (row: number) => string,
  output: (row: number) => string,
): Figure =>
  shareFigure(
    'correct_answers',
    { en: 'answers that are the expected one', zh: '与期望答案一致的回答' },
    Float64Array.from({ length: n }, (_, row) =>
      expected(row).trim() === '' ? Number.NaN : Number(labelOf(expected(row)) === labelOf(output(row))),
    ),
  );

/** How often two answers to the same question are alike: by what people said of them, else word for word. */
function repeatFigure(
  table: EvidenceTable,
  columns: AnswerColumns,
  version: string | undefined,
  passed: Float64Array | undefined,
): Figure[] {
  if (columns.input === undefined || columns.output === undefined) return [];
  const [input, output, of] = [
    cellsOf(table, columns.input),
    cellsOf(table, columns.output),
    cellsOf(table, version),
  ];
  const groups = Map.groupBy(table.rows.keys(), (row) => `${of(row)}\u0001${input(row)}`);
  const [numerator, denominator] = [new Float64Array(table.rows.length), new Float64Array(table.rows.length)];
  let asked = 0;
  for (const rows of groups.values()) {
    const known = passed ? rows.filter((row) => !Number.isNaN(passed[row]!)) : rows;
    if (known.length < 2) continue;
    asked++;
    const kinds = [...Map.groupBy(known, (row) => (passed ? passed[row] : labelOf(output(row)))).values()];
    denominator[known[0]!] = known.length * (known.length - 1);
    numerator[known[0]!] = kinds.reduce((sum, { length }) => sum + length * (length - 1), 0);
  }
  if (asked < FEWEST_REPEATED) return [];
  const title = passed
    ? { en: 'repeated questions judged alike', zh: '重复提问时判定一致' }
    : { en: 'repeated questions answered alike', zh: '重复提问时回答一致' };
  return [
    {
      id: 'repeat_agreement',
      title,
      unit: 'share',
      better: 'more',
      values: { kind: 'ratio', range: 'share', numerator, denominator },
    },
  ];
}

const FEWEST_REPEATED = 5;

const QUANTILES = [0.5, 0.95, 0.99] as const;

function timeFigures(table: EvidenceTable, { latency, cost }: AnswerColumns, out: LeftOutRows): Figure[] {
  const figures: Figure[] = [];
  const leaveOut = (column: string, values: Float64Array): void => {
    const cell = cellsOf(table, column);
    for (const [row, value] of values.entries())
      if (!(value >= 0) && cell(row).trim() !== '') out.add(notMeasured(column), table.numbers[row]!);
  };
  if (latency !== undefined) {
    const cell = cellsOf(table, latency);
    const read = Float64Array.from(table.rows, (_, row) => numberOf(cell(row)));
    leaveOut(latency, read);
    const known = read.filter((value) => value >= 0).sort();
    // Nobody waits for minutes: what is that long is in milliseconds.
    const isMs = /ms$|millis|毫秒/.test(plainName(latency)) || (known[known.length >> 1] ?? 0) > 100;
    const values = read.map((value) => (value >= 0 ? value / (isMs ? 1000 : 1) : Number.NaN));
    for (const at of QUANTILES) {
      const name = `p${at * 100}`;
      figures.push({
        id: `latency_${name}`,
        title: {
          en: `seconds that ${at * 100}% of the answers stay below`,
          zh: `${at * 100}% 的回答所需秒数不超过`,
        },
        unit: 'seconds',
        better: 'less',
        values: { kind: 'quantile', values, at },
      });
    }
  }
  if (cost !== undefined) {
    const cell = cellsOf(table, cost);
    const values = Float64Array.from(table.rows, (_, row) => numberOf(cell(row).replace(/^[$¥￥€£]\s*/, '')));
    leaveOut(cost, values);
    figures.push({
      id: 'cost_per_answer',
      title: { en: 'mean cost of an answer', zh: '每个回答的平均成本' },
      unit: 'number',
      better: 'less',
      values: {
        kind: 'ratio',
        range: 'positive',
        numerator: values.map((value) => (value >= 0 ? value : 0)),
        denominator: values.map((value) => (value >= 0 ? 1 : 0)),
      },
    });
  }
  return figures;
}

const notMeasured = (column: string): Localized => ({
  en: `"${column}" is no number of 0 or more, so it is no measurement`,
  zh: `“${column}”不是非负数字，不作为测量值`,
});
