/** The sentences of a profile's report, by section. */
import { count, date, type Localized, percent, plural, significant } from '@gradus/base';
import { KIND_NAMES, type PersonalKind } from '../../personal/kinds.ts';
import type { Drift, Duplicates, Finding, NumberProfile, Profile, TargetProfile } from '../document.ts';
import { type ColumnType, type Measure, type PredictionMeasure, TYPE_NAMES } from '../vocabulary.ts';

const text = (en: string, zh: string): Localized => ({ en, zh });

export const titleOf = (name: string): Localized => text(`Profile of ${name}`, `数据概况：${name}`);

export function leadOf({ rows, columns }: Profile): Localized {
  const size = text(
    `${plural(rows.count, 'row')}, ${plural(columns.length, 'column')}.`,
    `${count(rows.count)} 行，${count(columns.length)} 列。`,
  );
  const sampled = count(rows.sampled);
  const basis = !rows.isSample
    ? text('All rows were examined.', '已检查所有行。')
    : rows.wholePass
      ? text(
          `Rows, missing cells, minimum, maximum, mean, frequent values and duplicates are counted over the whole file. Quantiles, histograms, correlations and tests come from an even sample of ${sampled} rows.`,
          `行数、缺失、最小值、最大值、均值、常见取值和重复在整个文件上统计；分位数、直方图、相关性和检验来自 ${sampled} 行的均匀抽样。`,
        )
      : text(
          `All figures except the number of rows come from an even sample of ${sampled} rows.`,
          `除行数外，所有数字来自 ${sampled} 行的均匀抽样。`,
        );
  return text(`${size.en} ${basis.en}`, `${size.zh}${basis.zh}`);
}

export const COLUMN = text('Column', '列');

export const OVERVIEW = {
  title: text('Overview', '概览'),
  rows: text('Rows', '行'),
  setAside: (rows: number) => text(`${count(rows)} set aside`, `搁置 ${count(rows)} 行`),
  columns: text('Columns', '列'),
  types: (types: readonly { readonly type: ColumnType; readonly columns: number }[]) =>
    text(
      types.map(({ type, columns }) => `${TYPE_NAMES[type].en}: ${columns}`).join(', '),
      types.map(({ type, columns }) => `${TYPE_NAMES[type].zh} ${columns}`).join('，'),
    ),
  missing: text('Missing cells', '缺失单元格'),
  duplicates: text('Duplicate rows', '重复行'),
  findings: text('Findings', '发现'),
  severities: (critical: number, warnings: number) =>
    text(`${count(critical)} critical, ${plural(warnings, 'warning')}`, `严重 ${critical}，警告 ${warnings}`),
  file: text('File', '文件'),
  form: ({ format, encoding }: Profile['source']) =>
    encoding === undefined ? text(format, format) : text(`${format}, ${encoding}`, `${format}，${encoding}`),
  nothing: text('No problems found.', '没有发现需要处理的问题。'),
};

export const ACTIONS = {
  title: text('Actions, the most severe first', '处理建议（按严重程度）'),
  noteOf: ({ what, todo }: Finding) => text(`${what.en}. ${todo.en}`, `${what.zh}。${todo.zh}`),
  onlyFirst: (shown: number, all: number) =>
    text(
      `The first ${shown} of ${count(all)} findings; all are in profile.json`,
      `前 ${shown} 项，共 ${count(all)} 项；全部见 profile.json`,
    ),
  severity: text('Severity', '程度'),
  what: text('Finding', '发现'),
  todo: text('Action', '处理建议'),
};

export const PERSONAL = {
  title: text('Personal data', '个人信息'),
  warning: text(
    'This table holds data about people. The report does not show values of these columns. Detectors do not know every form of personal data: have somebody read a few rows before you share the file.',
    '此表含有个人信息。本报告不显示这些列的取值。检测器并不认识所有形式的个人信息：分享文件前请人工查看若干行。',
  ),
  kind: text('Kind', '种类'),
  share: text('Share of cells', '单元格占比'),
  where: text('Where', '位置'),
  wholeCell: text('whole cell', '整个单元格'),
  insideText: text('inside text', '文本中'),
};

const CHANCE: Readonly<Record<PredictionMeasure, Localized>> = {
  auc: text('0.5 is chance, 1 is perfect', '0.5 为随机，1 为完美'),
  r2: text('0 is no better than the mean, 1 is perfect', '0 不优于均值，1 为完美'),
};

export const TARGET = {
  title: (column: string) => text(`Target: ${column}`, `目标列：${column}`),
  classes: (column: string) => text(`Classes of ${column}`, `${column} 的类别`),
  predictors: (column: string, measure: PredictionMeasure, rows: number) =>
    text(
      `How well each column alone predicts ${column}, on ${count(rows)} held-out rows: ${CHANCE[measure].en}. A column close to 1 usually knows the answer already.`,
      `每一列单独预测 ${column} 的能力（留出 ${count(rows)} 行）：${CHANCE[measure].zh}。接近 1 的列多半已经“知道答案”。`,
    ),
  predictorChart: (measure: string) =>
    text(`${measure} of each column alone, with 95% intervals`, `各列单独的 ${measure} 与 95% 区间`),
  notJudged: (columns: TargetProfile['notJudged']) => {
    const en = columns.map(({ column, reason }) => `${column} (${reason.en})`).join(', ');
    const zh = columns.map(({ column, reason }) => `${column}（${reason.zh}）`).join('、');
    return text(`Not judged: ${en}.`, `未判断：${zh}。`);
  },
};

export const MISSING = {
  title: text('Missing values', '缺失值'),
  chart: (shown: number, all: number) =>
    shown < all
      ? text(
          `Columns with missing values (the ${shown} of ${all} with the most)`,
          `有缺失的列（${all} 列中缺失最多的 ${shown} 列）`,
        )
      : text('Columns with missing values', '有缺失的列'),
  asText: text('Missing values written as text', '用文字表示的缺失值'),
  values: text('Values', '取值'),
};

export const DUPLICATES = {
  title: text('Duplicates', '重复'),
  rows: ({ rows, share, exact }: Duplicates) =>
    text(
      `${exact ? '' : 'About '}${plural(rows, 'row')} (${percent(share)}) ${rows === 1 ? 'is a copy' : 'are copies'} of an earlier row${exact ? '' : ', estimated from the hashes of a part of the rows'}.`,
      `${exact ? '' : '约 '}${count(rows)} 行（${percent(share)}）与前面的行完全相同${exact ? '' : '（按部分行的哈希估计）'}。`,
    ),
  texts: ({ column, count: repeated, compared }: NonNullable<Duplicates['texts']>) =>
    text(
      `Column ${column}: of ${count(compared)} texts compared, ${count(repeated)} repeat another text, exactly or nearly. Examples:`,
      `${column} 列：比较的 ${count(compared)} 条文本中，${count(repeated)} 条与另一条相同或几乎相同。例如：`,
    ),
};

export const DRIFT = {
  title: text('Drift over time', '随时间的漂移'),
  about: ({ column, boundary, early, late }: Drift) =>
    text(
      `Rows in the order of ${column}, in two halves: ${count(early.rows)} from ${date(early.from)} on, and ${count(late.rows)} from ${date(boundary)} to ${date(late.to)}. A population stability index (PSI) below 0.1 means that a column is stable; above 0.25, a model trained on the first half meets another population.`,
      `按 ${column} 排序后分为两半：${date(early.from)} 起的 ${count(early.rows)} 行，和 ${date(boundary)} 至 ${date(late.to)} 的 ${count(late.rows)} 行。群体稳定性指数（PSI）低于 0.1 表示稳定；高于 0.25 表示用前一半训练的模型将面对不同的人群。`,
    ),
  chart: text(
    'Course over time, in twelve periods with equally many rows',
    '随时间的变化（分为行数相等的十二段）',
  ),
  psi: text('PSI', 'PSI'),
  chance: text('PSI by chance', 'PSI 的随机水平'),
  ks: text('KS distance', 'KS 距离'),
  level: text('Verdict', '判断'),
};

export const ASSOCIATIONS = {
  title: text('Associations between columns', '列之间的关联'),
  about: (compared: number, leftOut: number) =>
    text(
      `Numbers: Pearson and Spearman correlation (−1 to 1). Categories: Cramér's V. Numbers with categories: the correlation ratio (both 0 to 1).${leftOut > 0 ? ` The first ${compared} columns were compared, ${count(leftOut)} were left out.` : ''}`,
      `数字之间为皮尔逊与斯皮尔曼相关系数（−1 到 1），类别之间为克莱姆 V 系数，数字与类别之间为相关比（均为 0 到 1）。${leftOut > 0 ? `只比较前 ${compared} 列，另有 ${count(leftOut)} 列未比较。` : ''}`,
    ),
  chart: text('Strength of association of each pair', '每一对列的关联强度'),
  measure: text('Measure', '指标'),
  value: text('Value', '值'),
  measures: {
    pearson: text('Pearson (Spearman)', '皮尔逊（斯皮尔曼）'),
    spearman: text('Spearman', '斯皮尔曼'),
    "cramer's v": text("Cramér's V", '克莱姆 V 系数'),
    'correlation ratio': text('correlation ratio', '相关比'),
  } satisfies Readonly<Record<Measure, Localized>>,
};

export const COLUMNS = {
  title: text('Columns', '各列'),
  onlyFirst: (shown: number, all: number) =>
    text(
      `The first ${shown} of ${count(all)} columns; all are in profile.json`,
      `前 ${shown} 列，共 ${count(all)} 列；全部见 profile.json`,
    ),
  type: text('Type', '类型'),
  missing: text('Missing', '缺失'),
  distinct: text('Different values', '不同取值'),
  content: text('Content', '内容'),
  histograms: text(
    'Distributions: numbers and dates from the 0.5th to the 99.5th percentile, categories by their five most frequent values',
    '分布：数字与日期取 0.5 到 99.5 百分位，类别取最常见的五个值',
  ),
  moreHistograms: text('Distributions, continued', '分布（续）'),
  personal: (kind: PersonalKind) =>
    text(`personal data: ${KIND_NAMES[kind].en}`, `个人信息：${KIND_NAMES[kind].zh}`),
  numbers: ({ min, max, mean, deviation, quantiles }: NumberProfile) => {
    const [low, high, middle, spread, median] = [min, max, mean, deviation, quantiles['0.5']].map((value) =>
      significant(value),
    );
    return text(
      `${low} to ${high}, mean ${middle} ± ${spread}, median ${median}`,
      `${low} 到 ${high}，均值 ${middle} ± ${spread}，中位数 ${median}`,
    );
  },
  dates: (earliest: string, latest: string) =>
    text(`${date(earliest)} to ${date(latest)}`, `${date(earliest)} 至 ${date(latest)}`),
  lengths: ({ min, mean, max }: { readonly min: number; readonly mean: number; readonly max: number }) =>
    text(
      `${significant(min)} to ${significant(max)} characters, ${significant(mean)} on average`,
      `${significant(min)} 到 ${significant(max)} 个字符，平均 ${significant(mean)}`,
    ),
  unique: text('every value is different', '每个值只出现一次'),
};
