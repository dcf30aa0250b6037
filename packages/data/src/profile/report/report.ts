/** A profile as a report: what to do first, then each kind of finding, then column by column. */

import { bytes, count, type Localized, percent, significant } from '@gradus/base';
import { type Block, chartBlock, type Report, type Section, type Text } from '@gradus/report';
import { KIND_NAMES } from '../../personal/kinds.ts';
import type { ColumnProfile, Finding, Profile } from '../document.ts';
import { TYPE_NAMES } from '../findings.ts';
import { courses, heatMap, histograms, isDrawn } from './charts.ts';

/** Of each kind, so that a table of thousands of columns makes a page that opens. */
const MOST_FINDINGS = 100;
/** Critical ones stand out, as long as they are few. */
const MOST_NOTES = 6;
const MOST_ROWS = 300;
const MOST_HISTOGRAMS = 60;
const MOST_BARS = 25;
const MOST_PAIRS = 20;
const MOST_COURSES = 6;
const AT_A_TIME = 12;

const both = (en: string, zh: string): Localized => ({ en, zh });

export function profileReport(profile: Profile): Report {
  const sections = SECTIONS.flatMap((make): Section[] => {
    const made = make(profile);
    return made ? [made] : [];
  });
  const { rows, source } = profile;
  return {
    title: both(`Profile of ${source.name}`, `数据概况：${source.name}`),
    lead: leadOf(rows, profile.columns.length),
    sections,
  };
}

function leadOf(rows: Profile['rows'], columns: number): Localized {
  const all = both(
    `${count(rows.count)} rows, ${count(columns)} columns.`,
    `${count(rows.count)} 行，${count(columns)} 列。`,
  );
  if (!rows.isSample) return both(`${all.en} All rows were looked at.`, `${all.zh}已查看所有行。`);
  return rows.wholePass
    ? both(
        `${all.en} Rows, gaps, minimum, maximum, mean, frequent values and duplicates are counted over the whole file; quantiles, histograms, correlations and tests come from an even sample of ${count(rows.sampled)} rows.`,
        `${all.zh}行数、缺失、最小、最大、均值、常见取值和重复在整个文件上统计；分位数、直方图、相关性和检验来自 ${count(rows.sampled)} 行的均匀抽样。`,
      )
    : both(
        `${all.en} All figures but the number of rows come from an even sample of ${count(rows.sampled)} rows.`,
        `${all.zh}除行数外，所有数字来自 ${count(rows.sampled)} 行的均匀抽样。`,
      );
}

type MakeSection = (profile: Profile) => Section | undefined;

const SEVERITY_NAMES: Readonly<Record<Finding['severity'], Localized>> = {
  critical: both('critical', '严重'),
  warning: both('warning', '警告'),
  notice: both('notice', '提示'),
};

const overview: MakeSection = ({ source, rows, columns, duplicates, findings, columnsLeftOut }) => {
  const cells = columns.reduce((sum, { rows }) => sum + rows, 0);
  const missing = columns.reduce((sum, { missing }) => sum + missing.count, 0);
  const of = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const types = [...new Set(columns.map(({ type }) => type))]
    .map((type) => ({ type, n: columns.filter((column) => column.type === type).length }))
    .sort((a, b) => b.n - a.n);
  const blocks: Block[] = [
    {
      kind: 'figures',
      items: [
        {
          label: both('rows', '行'),
          value: count(rows.count),
          detail: both(`${count(rows.setAside.count)} set aside`, `搁置 ${count(rows.setAside.count)} 行`),
        },
        {
          label: both('columns', '列'),
          value: count(columns.length + columnsLeftOut),
          detail: both(
            types.map(({ type, n }) => `${n} ${TYPE_NAMES[type].en}`).join(', '),
            types.map(({ type, n }) => `${TYPE_NAMES[type].zh} ${n}`).join('，'),
          ),
        },
        { label: both('missing cells', '缺失单元格'), value: percent(missing / Math.max(1, cells)) },
        {
          label: both('duplicate rows', '重复行'),
          value: `${duplicates.exact ? '' : '≈ '}${count(duplicates.rows)}`,
          detail: both(percent(duplicates.share), percent(duplicates.share)),
        },
        {
          label: both('findings', '发现'),
          value: count(findings.length),
          detail: both(
            `${of('critical')} critical, ${of('warning')} warnings`,
            `严重 ${of('critical')}，警告 ${of('warning')}`,
          ),
        },
        {
          label: both('file', '文件'),
          value: bytes(source.bytes),
          detail: both(
            [source.format, source.encoding].filter(Boolean).join(', '),
            [source.format, source.encoding].filter(Boolean).join('，'),
          ),
        },
      ],
    },
  ];
  if (findings.length === 0)
    blocks.push({
      kind: 'note',
      tone: 'good',
      text: both('Nothing was found that needs to be mended.', '没有发现需要处理的问题。'),
    });
  return { id: 'overview', title: both('Overview', '概览'), blocks };
};

const whatToDo: MakeSection = ({ findings }) => {
  if (findings.length === 0) return undefined;
  const shown = findings.slice(0, MOST_FINDINGS);
  const critical = shown.filter(({ severity }) => severity === 'critical').slice(0, MOST_NOTES);
  const rest = shown.filter((finding) => !critical.includes(finding));
  const blocks: Block[] = critical.map(({ what, todo }) => ({
    kind: 'note',
    tone: 'warning',
    text: both(`${what.en}. ${todo.en}`, `${what.zh}。${todo.zh}`),
  }));
  if (rest.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [
        { label: both('severity', '程度') },
        { label: both('what was found', '发现') },
        { label: both('what to do', '怎么办') },
      ],
      rows: rest.map(({ severity, what, todo }) => [SEVERITY_NAMES[severity], what, todo]),
    });
  }
  return { id: 'to-do', title: both('What to do, the worst first', '要做什么（按严重程度）'), blocks };
};

const personal: MakeSection = ({ columns }) => {
  const found = columns.flatMap(({ name, personal }) =>
    (personal?.kinds ?? []).map(({ kind, share, whole }): Text[] => [
      name,
      KIND_NAMES[kind],
      percent(share),
      whole ? both('the whole cell', '整个单元格') : both('inside text', '文本中'),
    ]),
  );
  if (found.length === 0) return undefined;
  return {
    id: 'personal',
    title: both('Personal data', '个人信息'),
    blocks: [
      {
        kind: 'note',
        tone: 'warning',
        text: both(
          'This table holds data about people. Values of these columns are left out of this report. What no detector knows is not listed: have somebody read a few rows before you share the file.',
          '此表含有个人信息。本报告不显示这些列的取值。检测器不认识的内容不会列出：分享前请人工查看若干行。',
        ),
      },
      {
        kind: 'table',
        columns: [
          { label: both('column', '列') },
          { label: both('kind', '种类') },
          { label: both('share of cells', '单元格占比'), align: 'right' },
          { label: both('where', '位置') },
        ],
        rows: found.slice(0, MOST_ROWS),
      },
    ],
  };
};

const target: MakeSection = ({ target }) => {
  if (!target) return undefined;
  const { column, classes, predictors, notJudged, task } = target;
  const blocks: Block[] = [];
  if (classes && classes.length > 0) {
    blocks.push(
      chartBlock(both(`Classes of ${column}`, `${column} 的类别`), {
        kind: 'bar',
        full: 1,
        bars: classes.map(({ value, share, count: n }) => ({
          name: value,
          value: share,
          text: `${count(n)} (${percent(share)})`,
        })),
      }),
    );
  }
  if (predictors.length > 0) {
    const measure = task === 'classification' ? 'AUC' : 'R²';
    blocks.push(
      {
        kind: 'text',
        text: both(
          `How well each column alone predicts ${column}, on ${count(predictors[0]!.rows)} rows held out: ${measure === 'AUC' ? '0.5 is chance, 1 is perfect' : '0 is no better than the mean, 1 is perfect'}. A column near 1 mostly knows the answer already.`,
          `每一列单独预测 ${column} 的能力（留出 ${count(predictors[0]!.rows)} 行）：${measure === 'AUC' ? '0.5 为随机，1 为完美' : '0 不优于均值，1 为完美'}。接近 1 的列多半已经“知道答案”。`,
        ),
      },
      chartBlock(
        both(`${measure} of each column alone, with 95 % intervals`, `各列单独的 ${measure} 与 95% 区间`),
        {
          kind: 'bar',
          full: 1,
          bars: predictors.slice(0, MOST_BARS).map(({ column: name, value, low, high }) => ({
            name,
            value: Math.max(0, value),
            text: `${value.toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)})`,
          })),
        },
      ),
    );
  }
  if (notJudged.length > 0) {
    const list = (language: keyof Localized) =>
      notJudged
        .slice(0, MOST_BARS)
        .map(({ column: name, reason }) => `${name} (${reason[language]})`)
        .join(language === 'en' ? ', ' : '、');
    blocks.push({ kind: 'text', text: both(`Not judged: ${list('en')}.`, `未判断：${list('zh')}。`) });
  }
  return { id: 'target', title: both(`The target: ${column}`, `目标列：${column}`), blocks };
};

const missing: MakeSection = ({ columns }) => {
  const gaps = columns
    .filter(({ missing }) => missing.count > 0)
    .sort((a, b) => b.missing.share - a.missing.share);
  if (gaps.length === 0) return undefined;
  const words = gaps.filter(({ missing }) => missing.disguised.length > 0).slice(0, MOST_BARS);
  const blocks: Block[] = [
    chartBlock(
      both(
        `Columns with missing cells${gaps.length > MOST_BARS ? ` (the ${MOST_BARS} of ${gaps.length} with most)` : ''}`,
        `有缺失的列${gaps.length > MOST_BARS ? `（${gaps.length} 列中缺失最多的 ${MOST_BARS} 列）` : ''}`,
      ),
      {
        kind: 'bar',
        full: 1,
        bars: gaps.slice(0, MOST_BARS).map(({ name, missing: { share, count: n } }) => ({
          name,
          value: share,
          text: `${percent(share)} (${count(n)})`,
        })),
      },
    ),
  ];
  if (words.length > 0) {
    blocks.push({
      kind: 'table',
      caption: both('Cells that say in words that there is nothing', '用文字表示缺失的单元格'),
      columns: [{ label: both('column', '列') }, { label: both('values', '取值') }],
      rows: words.map(({ name, missing: { disguised } }) => [
        name,
        disguised
          .slice(0, 8)
          .map(({ value, count: n }) => `"${value}" ${count(n)}`)
          .join(', '),
      ]),
    });
  }
  return { id: 'missing', title: both('Missing', '缺失'), blocks };
};

const duplicates: MakeSection = ({ duplicates: { rows, share, exact, texts } }) => {
  if (rows === 0 && !texts?.count) return undefined;
  const blocks: Block[] = [
    {
      kind: 'text',
      text: both(
        `${exact ? '' : 'About '}${count(rows)} rows (${percent(share)}) equal one before them${exact ? '' : ', estimated from the rows whose hash falls into one part of many'}.`,
        `${exact ? '' : '约 '}${count(rows)} 行（${percent(share)}）与前面的行完全相同${exact ? '' : '（按行哈希分区估计）'}。`,
      ),
    },
  ];
  if (texts && texts.count > 0) {
    blocks.push(
      {
        kind: 'text',
        text: both(
          `In ${texts.column}, ${count(texts.count)} of ${count(texts.compared)} texts that were compared say the same as another, or nearly. Some that come more than once:`,
          `${texts.column} 列比较的 ${count(texts.compared)} 条文本中，${count(texts.count)} 条与另一条相同或几乎相同。例如：`,
        ),
      },
      {
        kind: 'list',
        ordered: false,
        items: texts.examples.map((text) => both(text.slice(0, 200), text.slice(0, 200))),
      },
    );
  }
  return { id: 'duplicates', title: both('Duplicates', '重复'), blocks };
};

const drift: MakeSection = ({ drift }) => {
  if (!drift) return undefined;
  const { column, boundary, early, late, columns } = drift;
  const shifted = columns.filter(({ level }) => level !== 'stable');
  const drawn = (shifted.length > 0 ? shifted : columns).slice(0, MOST_COURSES);
  const levels = {
    stable: both('stable', '稳定'),
    shifted: both('shifted', '有变化'),
    'strongly shifted': both('strongly shifted', '变化显著'),
  };
  const blocks: Block[] = [
    {
      kind: 'text',
      text: both(
        `Rows in order of ${column}, cut in two: ${count(early.rows)} from ${early.from.slice(0, 10)}, and ${count(late.rows)} from ${boundary.slice(0, 10)} to ${late.to.slice(0, 10)}. The population stability index (PSI) is below 0.1 where a column stayed what it was, and above 0.25 where a model that learnt from the early part meets another population.`,
        `按 ${column} 排序后分为两半：${early.from.slice(0, 10)} 起的 ${count(early.rows)} 行，和 ${boundary.slice(0, 10)} 至 ${late.to.slice(0, 10)} 的 ${count(late.rows)} 行。群体稳定性指数（PSI）低于 0.1 表示稳定；高于 0.25 表示前一半训练的模型将面对不同的人群。`,
      ),
    },
  ];
  if (drawn.length > 0)
    blocks.push(
      courses(
        both('Through time, in twelve parts with as many rows each', '随时间的变化（分为行数相等的十二段）'),
        drawn,
      ),
    );
  blocks.push({
    kind: 'table',
    columns: [
      { label: both('column', '列') },
      { label: both('PSI', 'PSI') },
      { label: both('PSI by chance', '随机水平') },
      { label: both('KS distance', 'KS 距离') },
      { label: both('verdict', '判断') },
    ].map((head, i) => (i > 0 && i < 4 ? { ...head, align: 'right' as const } : head)),
    rows: columns
      .slice(0, MOST_BARS)
      .map(({ column: name, psi, chance, ks, level }) => [
        name,
        psi.toFixed(3),
        chance.toFixed(4),
        ks === undefined ? '' : ks.toFixed(3),
        levels[level],
      ]),
  });
  return { id: 'drift', title: both('Drift over time', '随时间的漂移'), blocks };
};

const related: MakeSection = ({ associations }) => {
  const { pairs, columns, leftOut } = associations;
  if (pairs.length === 0) return undefined;
  const measures = {
    pearson: both('Pearson (Spearman)', '皮尔逊（斯皮尔曼）'),
    spearman: both('Spearman', '斯皮尔曼'),
    "cramer's v": both("Cramér's V", '克莱姆 V'),
    'correlation ratio': both('correlation ratio', '相关比'),
  };
  const note = both(
    `Numbers by Pearson and Spearman (−1 to 1), categories by Cramér's V, numbers with categories by the correlation ratio (both 0 to 1).${leftOut > 0 ? ` The first ${columns.length} columns were compared, ${count(leftOut)} left out.` : ''}`,
    `数字之间为皮尔逊与斯皮尔曼相关（−1 到 1），类别之间为克莱姆 V，数字与类别为相关比（0 到 1）。${leftOut > 0 ? `只比较前 ${columns.length} 列，另有 ${count(leftOut)} 列未比较。` : ''}`,
  );
  return {
    id: 'associations',
    title: both('How columns go together', '列之间的关系'),
    blocks: [
      { kind: 'text', text: note },
      heatMap(both('Strength of each pair', '每一对列的强度'), associations),
      {
        kind: 'table',
        columns: [
          { label: both('column', '列') },
          { label: both('column', '列') },
          { label: both('measure', '指标') },
          { label: both('value', '值'), align: 'right' },
        ],
        rows: pairs
          .slice(0, MOST_PAIRS)
          .map(({ columns: [a, b], measure, value, spearman }) => [
            a,
            b,
            measures[measure],
            `${value.toFixed(3)}${spearman === undefined ? '' : ` (${spearman.toFixed(3)})`}`,
          ]),
      },
    ],
  };
};

const eachColumn: MakeSection = ({ columns }) => {
  const drawn = columns.filter(isDrawn).slice(0, MOST_HISTOGRAMS);
  const charts = Array.from({ length: Math.ceil(drawn.length / AT_A_TIME) }, (_, i) =>
    histograms(
      i === 0
        ? both(
            'Distributions: numbers and dates from the 0.5th to the 99.5th percentile, categories by their five most frequent values',
            '分布：数字与日期取 0.5 到 99.5 百分位，类别取最常见的五个值',
          )
        : both('Distributions, continued', '分布（续）'),
      drawn.slice(i * AT_A_TIME, (i + 1) * AT_A_TIME),
    ),
  );
  const shown = columns.slice(0, MOST_ROWS);
  const blocks: Block[] = [
    {
      kind: 'table',
      ...(columns.length > MOST_ROWS && {
        caption: both(
          `The first ${MOST_ROWS} of ${count(columns.length)}; all are in profile.json`,
          `前 ${MOST_ROWS} 列，共 ${count(columns.length)} 列；全部见 profile.json`,
        ),
      }),
      columns: [
        { label: both('column', '列') },
        { label: both('type', '类型') },
        { label: both('missing', '缺失'), align: 'right' as const },
        { label: both('different', '不同取值'), align: 'right' as const },
        { label: both('what it holds', '内容') },
      ],
      rows: shown.map((column) => [
        column.name,
        TYPE_NAMES[column.type],
        percent(column.missing.share),
        `${column.distinct.exact ? '' : '≈ '}${count(column.distinct.count)}`,
        contentOf(column),
      ]),
    },
    ...charts,
  ];
  return { id: 'columns', title: both('Column by column', '逐列'), blocks };
};

function contentOf({ numbers, dates, values, lengths, personal, type, unique }: ColumnProfile): Text {
  const whole = personal?.kinds.find(({ whole }) => whole);
  if (whole)
    return both(`personal data: ${KIND_NAMES[whole.kind].en}`, `个人信息：${KIND_NAMES[whole.kind].zh}`);
  if (numbers) {
    const { min, max, mean, deviation, quantiles } = numbers;
    return both(
      `${significant(min)} to ${significant(max)}, mean ${significant(mean)} ± ${significant(deviation)}, median ${significant(quantiles['0.5'])}`,
      `${significant(min)} 到 ${significant(max)}，均值 ${significant(mean)} ± ${significant(deviation)}，中位数 ${significant(quantiles['0.5'])}`,
    );
  }
  if (dates)
    return both(
      `${dates.earliest.slice(0, 10)} to ${dates.latest.slice(0, 10)}`,
      `${dates.earliest.slice(0, 10)} 至 ${dates.latest.slice(0, 10)}`,
    );
  if (type === 'text' && lengths)
    return both(
      `${significant(lengths.min)} to ${significant(lengths.max)} characters, ${significant(lengths.mean)} on average`,
      `${significant(lengths.min)} 到 ${significant(lengths.max)} 个字符，平均 ${significant(lengths.mean)}`,
    );
  if (unique) return both('each value once', '每个值只出现一次');
  return (values ?? [])
    .slice(0, 4)
    .map(({ value, share }) => `${value.slice(0, 40)} ${percent(share)}`)
    .join(', ');
}

const SECTIONS: readonly MakeSection[] = [
  overview,
  whatToDo,
  personal,
  target,
  missing,
  duplicates,
  drift,
  related,
  eachColumn,
];
