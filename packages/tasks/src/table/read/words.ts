/** What is said of a table's rows and columns while it is read, in words. */
import { type Localized, plural } from '@gradus/base';
import type { Target } from '../columns.ts';
import type { ColumnForm } from './column-form.ts';

export const roleErrors = {
  noTimes: (name: string, cell: string | undefined): Localized => ({
    en: `--time: "${name}" holds no dates${cell === undefined ? '' : ` (such as "${cell}")`}. Name a column of dates, or of numbers that grow with time.`,
    zh: `--time：“${name}”列不是日期${cell === undefined ? '' : `（例如“${cell}”）`}。请指定日期列，或随时间递增的数值列。`,
  }),
  oneGroup: (name: string, cell: string): Localized => ({
    en: `--group: all rows have the same "${name}" ("${cell}"), so that no group is left to judge the model on.`,
    zh: `--group：所有行的“${name}”都相同（“${cell}”），没有其他组可用于检验模型。`,
  }),
  weight: (name: string, row: number, cell: string): Localized => ({
    en: `Row ${row} has the weight "${cell}" in "${name}"; expected a number from 0 up.`,
    zh: `第 ${row} 行“${name}”的权重为“${cell}”；应为不小于 0 的数值。`,
  }),
  noWeight: (name: string): Localized => ({
    en: `All weights in "${name}" are 0.`,
    zh: `“${name}”列的权重全部为 0。`,
  }),
  twice: (name: string, a: string, b: string): Localized => ({
    en: `"${name}" cannot be both ${a} and ${b}.`,
    zh: `“${name}”不能同时作为 ${a} 和 ${b}。`,
  }),
  noColumns: (name: string): Localized => ({
    en: `No column is left to predict "${name}" from: each is empty, has one value, or only names the rows. Add columns that say something about each row.`,
    zh: `没有可用于预测“${name}”的列：其余各列为空、只有一个值，或只是行的编号。请补充描述各行的列。`,
  }),
  noTest: (name: string, cell: string, target: Target): Localized => {
    const known = target.kind === 'classes' ? target.classes.slice(0, MOST_NAMED) : undefined;
    const found = cell.trim().slice(0, 60);
    return {
      en: `No row of the test file has a usable value in the target "${name}": its first is "${found}", and ${known ? `the classes that were learnt are ${known.map((label) => `"${label}"`).join(', ')}` : 'numbers are learnt'}.`,
      zh: `测试文件中没有任何一行的目标列“${name}”可用：第一个值为“${found}”，而${known ? `学习的类别是${known.map((label) => `“${label}”`).join('、')}` : '学习的是数值'}。`,
    };
  },
};

const MOST_NAMED = 10;

const VALUES: Readonly<Record<'number' | 'time', Localized>> = {
  number: { en: 'numbers', zh: '数值' },
  time: { en: 'dates', zh: '日期' },
};
const valuesOf = ({ kind }: ColumnForm): Localized => VALUES[kind as 'number' | 'time'];

export const readWords = {
  unread: (form: ColumnForm, count: number, cell: string, row: number): Localized => ({
    en: `"${form.name}" holds ${valuesOf(form).en}; ${plural(count, 'cell')} of it could not be read so and ${count === 1 ? 'counts' : 'count'} as missing, the first "${cell.slice(0, 60)}" in row ${row}.`,
    zh: `“${form.name}”列是${valuesOf(form).zh}；其中 ${count} 个单元格无法读取，按缺失处理，第一个是第 ${row} 行的“${cell.slice(0, 60)}”。`,
  }),
  unreadInTest: (form: ColumnForm, count: number, cell: string, rows: number): Localized => ({
    en: `In the test file ${count} of ${rows} cells of "${form.name}" could not be read as ${valuesOf(form).en} and count as missing, the first "${cell.slice(0, 60)}"${count === rows ? ': does the column hold the same as in the main file?' : '.'}`,
    zh: `测试文件“${form.name}”列的 ${rows} 个单元格中有 ${count} 个无法按${valuesOf(form).zh}读取，按缺失处理，第一个是“${cell.slice(0, 60)}”${count === rows ? '：该列的内容与主文件相同吗？' : '。'}`,
  }),
  future: (name: string, rows: number, latest: string): Localized => ({
    en: `${plural(rows, 'row')} ${rows === 1 ? 'lies' : 'lie'} in the future by "${name}", as late as ${latest}. If that is a mistake, correct the dates: the latest rows judge the model.`,
    zh: `按“${name}”列，有 ${rows} 行的时间在未来，最晚为 ${latest}。如果有误，请更正日期：最近的行用来检验模型。`,
  }),
  time: (name: string): Localized => ({
    en: `Rows are ordered by "${name}": the model is judged on the latest of them. If time does not matter, say --time none.`,
    zh: `各行按“${name}”的时间排序，用最近的行检验模型。如果时间无关紧要，请加上 --time none。`,
  }),
  group: (name: string): Localized => ({
    en: `Rows with the same "${name}" stay together: the model is judged on others than it learnt from. If each row stands for itself, say --group none.`,
    zh: `“${name}”相同的行放在一起，用未学习过的对象检验模型。如果每行相互独立，请加上 --group none。`,
  }),
  sampled: (rows: number, all: number): Localized => ({
    en: `The file is large: an even sample of ${rows} of its ${all} rows was used.`,
    zh: `文件很大：从 ${all} 行中均匀抽取了 ${rows} 行。`,
  }),
  tooMany: (kept: number, left: number): Localized => ({
    en: `The table has more than ${kept} columns: the ${kept} that are fullest and vary most were kept, ${left} left out.`,
    zh: `表格超过 ${kept} 列：保留了最完整、变化最多的 ${kept} 列，舍去 ${left} 列。`,
  }),
};
