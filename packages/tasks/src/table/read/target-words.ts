/** What is said of a target column, in words. */
import { type Localized, plural } from '@gradus/base';
import type { NumbersDecision } from './target-kind.ts';

/** With a target; of fewer rows nothing can be learnt and judged. */
export const FEWEST_ROWS = 20;
/** Of a class; one with fewer rows can be neither learnt nor judged. */
export const FEWEST_OF_CLASS = 5;
export const MOST_CLASSES = 1000;

const MOST_SHOWN = 5;

const quoted = (labels: readonly string[]): Localized => {
  const shown = labels.slice(0, MOST_SHOWN);
  const isCut = labels.length > MOST_SHOWN;
  return {
    en: `${shown.map((label) => `"${label}"`).join(', ')}${isCut ? ', …' : ''}`,
    zh: `${shown.map((label) => `“${label}”`).join('、')}${isCut ? '……' : ''}`,
  };
};

export const targetErrors = {
  date: (name: string): Localized => ({
    en: `The target "${name}" holds dates, which are not predicted. Make it a number (days until then), or a class (within a month: yes, no).`,
    zh: `目标列“${name}”是日期，无法作为预测目标。请换成数值（距离天数）或类别（一个月内：是、否）。`,
  }),
  empty: (name: string): Localized => ({
    en: `The target "${name}" has no values. Name a column that says for past rows what shall be predicted, with --target.`,
    zh: `目标列“${name}”没有任何值。请用 --target 指定一列，其中应有过去各行的结果。`,
  }),
  fewRows: (name: string, rows: number): Localized => ({
    en: `Only ${plural(rows, 'row')} can be learnt from, with a usable value in the target "${name}". At least ${FEWEST_ROWS} are needed, and some hundreds for a model worth its name.`,
    zh: `目标列“${name}”有值且可用于学习的只有 ${rows} 行。至少需要 ${FEWEST_ROWS} 行；要得到可用的模型，最好有数百行。`,
  }),
  oneClass: (name: string, value: string): Localized => ({
    en: `The target "${name}" has the same value, "${value}", in all rows: there is nothing to tell apart. Add rows with another outcome, or name another column with --target.`,
    zh: `目标列“${name}”在所有行中都是“${value}”，没有可区分的结果。请补充其他结果的行，或用 --target 指定另一列。`,
  }),
  oneLeft: (name: string, only: string | undefined, rare: number): Localized => ({
    en: `The target "${name}" has ${only === undefined ? 'no class' : `only one class, "${only}",`} with at least ${FEWEST_OF_CLASS} rows; ${plural(rare, 'other')} with fewer. Add rows of the others, or join them to one.`,
    zh: `目标列“${name}”${only === undefined ? '没有任何类别' : `只有一个类别“${only}”`}达到 ${FEWEST_OF_CLASS} 行，另有 ${rare} 个类别行数不足。请补充这些类别的行，或将它们合并。`,
  }),
  manyClasses: (name: string, classes: number): Localized => ({
    en: `The target "${name}" has ${classes} different classes; at most ${MOST_CLASSES} are learnt. It looks like texts or ids. Join classes to larger ones, or name another column with --target; numbers are learnt as numbers with --task regression.`,
    zh: `目标列“${name}”有 ${classes} 个不同的类别，最多支持 ${MOST_CLASSES} 个。它看起来像文本或编号。请合并类别，或用 --target 指定另一列；数值可用 --task regression 按数值学习。`,
  }),
  textOrIds: (name: string, values: number, rows: number): Localized => ({
    en: `The target "${name}" has ${values} different values in ${plural(rows, 'row')}: this looks like texts or ids, which cannot be predicted from a table. Name a column with --target whose values repeat (an outcome, a kind), or join its values to a few classes.`,
    zh: `目标列“${name}”在 ${rows} 行中有 ${values} 个不同的值，看起来像文本或编号，无法由表格预测。请用 --target 指定取值会重复的列（结果、种类），或把它的值归并为少数几类。`,
  }),
  identifier: (name: string): Localized => ({
    en: `The target "${name}" numbers the rows or names them: it is an identifier, which nothing predicts. Name another column with --target; if it is a quantity all the same, say --task regression.`,
    zh: `目标列“${name}”是行的编号（标识符），无法预测。请用 --target 指定另一列；如果它确实是数值，请加上 --task regression。`,
  }),
  noNumbers: (name: string, cell: string): Localized => ({
    en: `The target "${name}" holds words ("${cell}"), which --task regression cannot learn. Leave --task out, or name a column of numbers.`,
    zh: `目标列“${name}”是文字（“${cell}”），不能用 --task regression 学习。请去掉 --task，或指定数值列。`,
  }),
};

const WHY: Readonly<Record<NumbersDecision['why'], Localized>> = {
  named: { en: 'its name says so', zh: '列名如此表明' },
  many: { en: 'it has more than 10 different values', zh: '它有 10 个以上不同的值' },
  fractions: { en: 'it has values with decimals', zh: '它含有小数' },
  few: { en: 'it has few different values', zh: '它只有很少几个不同的值' },
  scale: {
    en: 'its whole values follow each other, and most rows are around one of them, as on a scale',
    zh: '它的整数值彼此相连，且多数行集中在某个值附近，像评分等级',
  },
  codes: { en: 'it has few whole values, which look like codes', zh: '它只有少数整数值，看起来像代码' },
};

export const targetWords = {
  missing: (name: string): Localized => ({
    en: `it has no value in the target "${name}"`,
    zh: `目标列“${name}”没有值`,
  }),
  noNumber: (name: string, cell: string): Localized => ({
    en: `its target "${name}" is "${cell}", which is no number`,
    zh: `目标列“${name}”的值“${cell}”不是数值`,
  }),
  rareRow: (label: string): Localized => ({
    en: `its class "${label}" has fewer than ${FEWEST_OF_CLASS} rows`,
    zh: `其类别“${label}”不足 ${FEWEST_OF_CLASS} 行`,
  }),
  unknown: (label: string): Localized => ({
    en: `its class "${label}" is not in the file that was learnt from`,
    zh: `其类别“${label}”未出现在训练文件中`,
  }),
  decided: (name: string, { as, why }: NumbersDecision, values: readonly number[]): Localized =>
    as === 'classes'
      ? {
          en: `The numbers of "${name}" are learnt as ${values.length} classes: ${WHY[why].en}. If they are quantities, say --task regression.`,
          zh: `“${name}”的数字按 ${values.length} 个类别学习：${WHY[why].zh}。如果它们是数值，请加上 --task regression。`,
        }
      : {
          en: `"${name}" is learnt as a number: ${WHY[why].en}. If its values are classes, say --task classification.`,
          zh: `“${name}”按数值学习：${WHY[why].zh}。如果它的值是类别，请加上 --task classification。`,
        },
  percentages: (name: string, cell: string, value: number): Localized => ({
    en: `"${name}" holds percentages, which are read as shares: "${cell}" is ${value}. Answers are shares too.`,
    zh: `“${name}”列是百分数，按比例读取：“${cell}”即 ${value}。预测结果也是比例。`,
  }),
  second: (label: string, why: 'yes' | 'rarer'): Localized =>
    why === 'yes'
      ? {
          en: `Probabilities are those of "${label}".`,
          zh: `概率指的是“${label}”的概率。`,
        }
      : {
          en: `Probabilities are those of "${label}", the rarer class.`,
          zh: `概率指的是较少的类别“${label}”的概率。`,
        },
  rare: (rare: readonly (readonly [string, number])[]): Localized => {
    const names = quoted(rare.map(([label]) => label));
    const rows = rare.reduce((sum, [, own]) => sum + own, 0);
    return {
      en: `${rare.length} ${rare.length === 1 ? 'class' : 'classes'} with fewer than ${FEWEST_OF_CLASS} rows (${names.en}; ${plural(rows, 'row')}) cannot be learnt and ${rare.length === 1 ? 'was' : 'were'} set aside.`,
      zh: `有 ${rare.length} 个类别不足 ${FEWEST_OF_CLASS} 行（${names.zh}，共 ${rows} 行），无法学习，已搁置。`,
    };
  },
  respelt: (pairs: readonly (readonly [string, string])[]): Localized => {
    const shown = pairs.slice(0, MOST_SHOWN);
    return {
      en: `Labels of the test file were read as the classes of the main file: ${shown.map(([cell, label]) => `"${cell}" as "${label}"`).join(', ')}.`,
      zh: `测试文件的标签已按主文件的类别读取：${shown.map(([cell, label]) => `“${cell}”读作“${label}”`).join('、')}。`,
    };
  },
  constantTest: (name: string, value: string): Localized => ({
    en: `All rows of the test file have the same target "${name}": "${value}". They cannot show whether the model tells outcomes apart.`,
    zh: `测试文件所有行的目标列“${name}”都是“${value}”，无法检验模型能否区分不同结果。`,
  }),
};
