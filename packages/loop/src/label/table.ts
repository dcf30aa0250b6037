/**
 * A table that is to be labelled: which column holds the labels, which of its cells say what a row is, and which rows are
 * the same. A column of labels may be partly filled, or not be there yet.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Localized } from '@gradus/base';
import { Random, UserError } from '@gradus/base';
import { findRoles, readTable, type Table } from '@gradus/data';
import { type Features, tableFeatures, textFeatures } from './features.ts';

export interface LabelOptions {
  /** The column of labels; it need not be there yet. Default: found by its name, else `label`. */
  readonly label?: string | undefined;
  /** The column to read; `none` for a table whose columns are all features. Default: found by what it holds. */
  readonly text?: string | undefined;
  /** Questions to ask. Default 50. */
  readonly count?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface LabelTable {
  readonly file: string;
  readonly table: Table;
  readonly labelColumn: string;
  /** Absent where the columns are features. */
  readonly textColumn?: string;
  /** By row; empty where there is none. */
  readonly labels: readonly string[];
  /** Of each row what tells it from the others, whatever its label. */
  readonly checks: readonly string[];
  /** What people read of a row. */
  read(row: number): string;
  /** The rows that the model looks at, as places in the table: all, or an even part. */
  readonly looked: Int32Array;
  /** Of those. */
  readonly features: Features;
}

const LABEL_NAMES =
  /^(?:labels?|class|category|intent|target|topic|sentiment|标签|标注|类别|分类|类型|意图|情感)$/i;
const MOST_ROWS = 1_000_000;
const MOST_LOOKED = 20_000;
const MOST_CLASSES = 500;
const LONGEST_LABEL = 200;
const LONGEST_READ = 2000;

/** @throws UserError for what is no table, or holds nothing to label by */
export async function openLabelTable(file: string, options: LabelOptions = {}): Promise<LabelTable> {
  const { seed = 0, signal } = options;
  const table = await readTable(file, {
    maxRows: MOST_ROWS,
    maxCharacters: 400e6,
    ...(signal && { signal }),
  });
  const name = basename(file);
  if (table.sampled)
    throw new UserError({
      en: `${name} is too large to label at once: give at most ${MOST_ROWS} rows of it.`,
      zh: `${name} 过大，无法一次标注：最多给出 ${MOST_ROWS} 行。`,
    });
  const labelColumn = options.label ?? table.columns.find((column) => LABEL_NAMES.test(column)) ?? 'label';
  const labelAt = table.columns.indexOf(labelColumn);
  const textColumn = textOf(table, labelAt < 0 ? undefined : labelColumn, options.text);
  const labels = table.rows.map((row) => (labelAt < 0 ? '' : row[labelAt]!.trim()));
  checkLabels(labels, labelColumn, name);
  const others = [...table.columns.keys()].filter((at) => at !== labelAt);
  if (others.length === 0)
    throw new UserError({
      en: `${name} holds nothing but labels. Expected a column of text, or features.`,
      zh: `${name} 只有标签列。需要文本列或特征列。`,
    });
  const textAt = textColumn === undefined ? -1 : table.columns.indexOf(textColumn);
  const looked = evenPart(labels, new Random(seed).fork('rows looked at'));
  const random = new Random(seed).fork('features');
  const features =
    textAt >= 0
      ? textFeatures(
          Array.from(looked, (row) => table.rows[row]![textAt]!),
          random,
        )
      : tableFeatures(
          Array.from(looked, (row) => others.map((at) => table.rows[row]![at]!)),
          random,
        );
  if (features.matrix.columns === 0)
    throw new UserError({
      en: `${name}: no column tells the rows apart. Expected a column of text, numbers or categories.`,
      zh: `${name}：没有能区分各行的列。需要文本、数字或类别列。`,
    });
  return {
    file,
    table,
    labelColumn,
    ...(textColumn !== undefined && { textColumn }),
    labels,
    checks: table.rows.map((row) => checkOf(others.map((at) => [table.columns[at]!, row[at]!]))),
    read: (row) => {
      const cells = table.rows[row]!;
      const whole =
        textAt >= 0 ? cells[textAt]! : others.map((at) => `${table.columns[at]}: ${cells[at]}`).join('; ');
      return whole.length > LONGEST_READ ? `${whole.slice(0, LONGEST_READ)}…` : whole;
    },
    looked,
    features,
  };
}

/** The labels of a table, most frequent first. */
export function countLabels(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) if (label !== '') counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** Why a text cannot be a label. */
export function labelProblem(label: string): Localized | undefined {
  if (label.length > LONGEST_LABEL)
    return {
      en: `a label of ${label.length} characters; expected at most ${LONGEST_LABEL}`,
      zh: `标签有 ${label.length} 个字符；最多 ${LONGEST_LABEL} 个`,
    };
  if (/\p{Cc}/u.test(label))
    return { en: 'a label with a line end or control character', zh: '标签含有换行或控制字符' };
  return undefined;
}

function checkLabels(labels: readonly string[], column: string, name: string): void {
  const counts = countLabels(labels);
  const labelled = [...counts.values()].reduce((a, b) => a + b, 0);
  if (counts.size > MOST_CLASSES || (labelled > 100 && counts.size > labelled / 2)) {
    throw new UserError({
      en: `${name}: column "${column}" has ${counts.size} different values in ${labelled} rows; labels are a few that repeat. Name the column of labels with --label.`,
      zh: `${name}：“${column}”列在 ${labelled} 行中有 ${counts.size} 个不同的值；标签应是少数重复的值。请用 --label 指定标签列。`,
    });
  }
  for (const [label] of counts) {
    const problem = labelProblem(label);
    if (problem)
      throw new UserError({
        en: `${name}: column "${column}" holds ${problem.en}. Name the column of labels with --label.`,
        zh: `${name}：“${column}”列中有${problem.zh}。请用 --label 指定标签列。`,
      });
  }
}

function textOf(table: Table, label: string | undefined, wish: string | undefined): string | undefined {
  if (wish === 'none') return undefined;
  const overrides = { label: label ?? 'none', ...(wish !== undefined && { text: wish }) };
  if (wish !== undefined) return findRoles(table, overrides).text.column;
  try {
    return findRoles(table, overrides).text.column;
  } catch (error) {
    // No text: its columns are features.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Half of what is looked at may be labelled rows, where there are too many rows for all. */
function evenPart(labels: readonly string[], random: Random): Int32Array {
  const rows = Int32Array.from(labels.keys());
  if (rows.length <= MOST_LOOKED) return rows;
  const known = random.shuffle(rows.filter((row) => labels[row] !== '')).slice(0, MOST_LOOKED / 2);
  const unknown = random.shuffle(rows.filter((row) => labels[row] === ''));
  return Int32Array.from([...known, ...unknown.slice(0, MOST_LOOKED - known.length)]).sort();
}

/** Begins with a letter, so that no spreadsheet takes it for a number. */
const checkOf = (cells: readonly (readonly [column: string, cell: string])[]): string =>
  `x${createHash('sha256').update(JSON.stringify(cells)).digest('hex').slice(0, 12)}`;
