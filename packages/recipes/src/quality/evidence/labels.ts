/** Right answers: columns that stand in pairs, `intent` and `predicted_intent`, and what share of the rows has them alike. */
import { type Localized, plural } from '@gradus/base';
import type { Figure } from '@gradus/tasks';
import { cellsOf, plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { labelOf } from './values.ts';

export interface LabelPair {
  readonly name: string;
  readonly expected: string;
  readonly predicted: string;
}

const PREDICTED = [
  /^(?:predicted|pred|hyp|hypothesis|system|预测)(.+)$/,
  /^(.+)(?:predicted|pred|prediction|预测)$/,
];

const EXPECTED = [
  /^(?:true|gold|expected|actual|correct|reference|ref|标准|真实|正确|实际)(.+)$/,
  /^(.+)(?:true|gold|expected|actual|correct|reference|ref)$/,
];
/** A column whose values hardly return holds no labels. */
const MOST_DIFFERENT = 0.5;

/** Pairs of columns, one of which is named after the other, or both after the same: `true_action` and `system_action`. */
export function labelPairs(table: EvidenceTable, taken: ReadonlySet<string>): LabelPair[] {
  const { columns } = table;
  const baseOf = (name: string, patterns: readonly RegExp[]) =>
    patterns.flatMap((pattern) => pattern.exec(plainName(name))?.[1] ?? [])[0];
  const byPlain = new Map(columns.map((column) => [plainName(column), column]));
  const byBase = new Map(
    columns.flatMap((column) => {
      const base = baseOf(column, EXPECTED);
      return base !== undefined && holdsLabels(table, column) ? [[base, column] as const] : [];
    }),
  );
  return columns.flatMap((predicted) => {
    const base = baseOf(predicted, PREDICTED);
    const expected = base === undefined ? undefined : (byPlain.get(base) ?? byBase.get(base));
    if (expected === undefined || taken.has(expected) || taken.has(predicted)) return [];
    return [{ name: byPlain.has(base!) ? expected : base!, expected, predicted }];
  });
}

function holdsLabels(table: EvidenceTable, column: string): boolean {
  const cell = cellsOf(table, column);
  const filled = table.rows.map((_, row) => labelOf(cell(row))).filter((label) => label !== '');
  return new Set(filled).size <= MOST_DIFFERENT * filled.length;
}

export interface LabelFigures {
  readonly figures: readonly Figure[];
  /** Of each row: 1 where all its labels are right, 0 where one is wrong, NaN where it has none. */
  readonly allRight: Float64Array;
  readonly notes: readonly Localized[];
}

const INTENT = ['intent', '意图'];

/** The accuracy of each pair, and of the intent: its own pair, else all pairs together. */
export function labelFigures(table: EvidenceTable, pairs: readonly LabelPair[]): LabelFigures {
  const n = table.rows.length;
  const allRight = new Float64Array(n).fill(Number.NaN);
  const notes: Localized[] = [];
  const figures = pairs.map(({ name, expected, predicted }) => {
    const [truth, said] = [cellsOf(table, expected), cellsOf(table, predicted)];
    const [numerator, denominator] = [new Float64Array(n), new Float64Array(n)];
    const known = new Set<string>();
    for (let row = 0; row < n; row++) known.add(labelOf(truth(row)));
    const strange = new Map<string, number>();
    let empty = 0;
    for (let row = 0; row < n; row++) {
      const [right, own] = [labelOf(truth(row)), labelOf(said(row))];
      if (right === '') continue;
      denominator[row] = 1;
      numerator[row] = right === own ? 1 : 0;
      allRight[row] = Number.isNaN(allRight[row]!)
        ? numerator[row]!
        : Math.min(allRight[row]!, numerator[row]!);
      if (own === '') empty++;
      else if (!known.has(own)) strange.set(said(row), (strange.get(said(row)) ?? 0) + 1);
    }
    if (strange.size > 0) notes.push(strangeLabels(predicted, expected, strange));
    if (empty > 0) notes.push(emptyLabels(predicted, empty));
    return accuracy(name, { numerator, denominator });
  });
  const isIntent = pairs.some(({ name }) => INTENT.includes(plainName(name)));
  if (pairs.length > 1 && !isIntent) {
    figures.push(
      accuracy(
        'intent',
        {
          numerator: allRight.map((each) => (each === 1 ? 1 : 0)),
          denominator: allRight.map((each) => (Number.isNaN(each) ? 0 : 1)),
        },
        pairs.map(({ name }) => name),
      ),
    );
  }
  return { figures, allRight, notes };
}

const accuracy = (
  name: string,
  counts: { readonly numerator: Float64Array; readonly denominator: Float64Array },
  of: readonly string[] = [],
): Figure => ({
  id: `${
    plainName(name) === '意图'
      ? 'intent'
      : name
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, '_')
  }_accuracy`,
  title:
    of.length > 0
      ? {
          en: `accuracy of the ${name} (${of.join(' and ')} all right)`,
          zh: `${name} 准确率（${of.join('、')} 全对）`,
        }
      : { en: `accuracy of "${name}"`, zh: `“${name}”准确率` },
  unit: 'share',
  better: 'more',
  values: { kind: 'ratio', range: 'share', ...counts },
});

function strangeLabels(predicted: string, expected: string, strange: ReadonlyMap<string, number>): Localized {
  const names = [...strange.keys()]
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(', ');
  const rows = [...strange.values()].reduce((sum, each) => sum + each, 0);
  return {
    en: `"${predicted}" has labels that "${expected}" never has (${names}${strange.size > 5 ? ', …' : ''}; ${plural(rows, 'row')}): counted as wrong. Check that both use the same list of labels.`,
    zh: `“${predicted}”中有“${expected}”从未出现的标签（${names}${strange.size > 5 ? '等' : ''}，共 ${rows} 行）：按错误计。请确认两者使用同一套标签。`,
  };
}

const emptyLabels = (predicted: string, rows: number): Localized => ({
  en: `"${predicted}" is empty in ${plural(rows, 'row')} with a right answer: counted as wrong.`,
  zh: `“${predicted}”在 ${rows} 个有正确答案的行中为空：按错误计。`,
});
