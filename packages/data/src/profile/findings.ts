/** What is wrong with a table, and what to do about it: one rule for each kind of trouble. */
import { count, type Localized, percent, significant } from '@gradus/base';
import { KIND_NAMES } from '../personal/kinds.ts';
import type { ColumnProfile, Finding, Profile, Severity } from './document.ts';
import { SEVERITIES } from './document.ts';

type Found = Omit<Profile, 'findings'>;
type Told = Omit<Finding, 'kind'>;

/** Of one kind; what is more is counted. */
const MOST_OF_A_KIND = 12;
const COLUMNS_NAMED = 8;

/** The worst first; of the same severity in the order of the rules. */
export function findingsOf(found: Found): Finding[] {
  const all = Object.entries(RULES).flatMap(([kind, rule]) => bounded(kind, [...rule(found)]));
  return SEVERITIES.flatMap((severity) => all.filter((finding) => finding.severity === severity));
}

function bounded(kind: string, told: readonly Told[]): Finding[] {
  const shown = told.slice(0, MOST_OF_A_KIND).map((finding) => ({ kind, ...finding }));
  const rest = told.slice(MOST_OF_A_KIND);
  if (rest.length === 0) return shown;
  const columns = [...new Set(rest.flatMap(({ columns }) => columns))];
  return [
    ...shown,
    {
      kind,
      severity: rest[0]!.severity,
      columns: columns.slice(0, 100),
      what: {
        en: `The same holds for ${rest.length} more: ${named(columns, 'en')}`,
        zh: `另有 ${rest.length} 处同样的问题：${named(columns, 'zh')}`,
      },
      todo: rest[0]!.todo,
    },
  ];
}

const quoted = (name: string): string => `"${name.length > 60 ? `${name.slice(0, 60)}…` : name}"`;

function named(columns: readonly string[], language: keyof Localized): string {
  const shown = columns
    .slice(0, COLUMNS_NAMED)
    .map(quoted)
    .join(language === 'en' ? ', ' : '、');
  const rest = columns.length - COLUMNS_NAMED;
  if (rest <= 0) return shown;
  return language === 'en' ? `${shown} and ${rest} more` : `${shown} 等 ${columns.length} 列`;
}

const told = (severity: Severity, columns: readonly string[], what: Localized, todo: Localized): Told => ({
  severity,
  columns,
  what,
  todo,
});

const INSIDE_ENOUGH = 0.001;
const LEAK = { critical: 0.98, warning: 0.93 } as const;
const R2_LEAK = { critical: 0.97, warning: 0.9 } as const;
const SETS = { critical: 0.05, warning: 0 } as const;
const DUPLICATES = 0.001;
const NEAR_TEXTS = 0.02;
const MOSTLY_MISSING = 0.5;
const SOME_MISSING = 0.05;
const DISGUISED = 0.001;
const NEARLY_CONSTANT = 0.995;
const MANY_VALUES = 50;
const RARE_CLASS = 0.1;
const SAME = 0.95;
const SKEWED = 5;

const RULES: Readonly<Record<string, (found: Found) => Iterable<Told>>> = {
  *personal({ columns }) {
    for (const { name, personal } of columns) {
      if (!personal) continue;
      const whole = personal.kinds.find(({ whole }) => whole);
      const kinds = whole ? [whole] : personal.kinds.filter(({ share }) => share >= INSIDE_ENOUGH);
      if (kinds.length === 0) continue;
      const list = (language: keyof Localized) =>
        kinds
          .map(({ kind, share }) =>
            language === 'en'
              ? `${KIND_NAMES[kind].en} in ${percent(share)}`
              : `${KIND_NAMES[kind].zh}（${percent(share)} 的单元格）`,
          )
          .join(language === 'en' ? ', ' : '、');
      yield told(
        whole ? 'critical' : 'warning',
        [name],
        whole
          ? {
              en: `${quoted(name)} holds personal data: ${list('en')} of its cells`,
              zh: `${quoted(name)} 是个人信息列：${list('zh')}`,
            }
          : {
              en: `Personal data stands inside ${quoted(name)}: ${list('en')} of its cells`,
              zh: `${quoted(name)} 的内容中含有个人信息：${list('zh')}`,
            },
        {
          en: 'Leave it out of training, and take it out of every copy you share: "gradus redact FILE --out CLEAN.csv", with GRADUS_PSEUDONYM_KEY set where the same person must stay the same.',
          zh: '不要用于训练；分享前用 “gradus redact 文件 --out 新文件.csv” 去除；需要识别同一个人时设置 GRADUS_PSEUDONYM_KEY 改用化名。',
        },
      );
    }
  },

  *leak({ target }) {
    for (const { column, measure, value, low, high } of target?.predictors ?? []) {
      const limits = measure === 'auc' ? LEAK : R2_LEAK;
      if (value < limits.warning) continue;
      const said = `${measure === 'auc' ? 'AUC' : 'R²'} ${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
      yield told(
        value >= limits.critical ? 'critical' : 'warning',
        [column],
        {
          en: `${quoted(column)} alone predicts ${quoted(target!.column)} ${value >= limits.critical ? 'almost perfectly' : 'suspiciously well'} on rows held out: ${said}`,
          zh: `仅凭 ${quoted(column)} 就能${value >= limits.critical ? '几乎完美地' : '异常准确地'}预测 ${quoted(target!.column)}（留出数据）：${said}`,
        },
        {
          en: 'Ask whether its value is known at the moment of prediction. If it is only filled in afterwards, or made from the target, leave it out.',
          zh: '请确认预测时是否已知该值。若是事后填写或由目标计算得来，请去掉这一列。',
        },
      );
    }
  },

  *setAside({ rows }) {
    const { count: lost, rows: first, files } = rows.setAside;
    for (const { file, reason } of files ?? [])
      yield told(
        'warning',
        [],
        {
          en: `The file ${quoted(file)} was not read: ${reason}`,
          zh: `文件 ${quoted(file)} 未能读取：${reason}`,
        },
        { en: 'Mend or remove it.', zh: '请修复或移除该文件。' },
      );
    if (lost === 0) return;
    const share = lost / Math.max(1, rows.count);
    const example = first[0] ? `line ${first[0].line}: ${first[0].reason}` : '';
    yield told(
      share > SETS.critical ? 'critical' : 'warning',
      [],
      {
        en: `${count(lost)} of ${count(rows.count)} rows cannot be read (${percent(share)}); ${example}`,
        zh: `${count(rows.count)} 行中有 ${count(lost)} 行无法读取（${percent(share)}）；${example}`,
      },
      {
        en: 'Look at a few of them in the file. Most often a quote, a delimiter inside text or an encoding is to blame: export again.',
        zh: '请查看其中几行。多半是引号、文本中的分隔符或编码的问题：请重新导出。',
      },
    );
  },

  *drift({ drift }) {
    for (const { column, psi, level } of drift?.columns ?? []) {
      if (level === 'stable') continue;
      yield told(
        level === 'shifted' ? 'notice' : 'warning',
        [column],
        {
          en: `${quoted(column)} ${level} over time: PSI ${significant(psi)} between the halves before and after ${drift!.boundary.slice(0, 10)}`,
          zh: `${quoted(column)} 随时间${level === 'shifted' ? '有变化' : '变化显著'}：${drift!.boundary.slice(0, 10)} 前后两半的 PSI 为 ${significant(psi)}`,
        },
        {
          en: 'Find out what changed: the world, or how it is recorded. Split by time for testing, train on recent rows, and watch this column once the model serves.',
          zh: '查明是现实变了还是记录方式变了。按时间划分测试集，用较新的数据训练，上线后监控该列。',
        },
      );
    }
  },

  *balance({ target }) {
    const least = target?.classes?.at(-1);
    if (!target?.classes || !least || target.classes.length < 2) return;
    const total = target.classes.reduce((sum, { count }) => sum + count, 0);
    const share = least.count / total;
    if (share >= RARE_CLASS) return;
    yield told(
      share < 0.01 ? 'warning' : 'notice',
      [target.column],
      {
        en: `The class ${quoted(least.value)} of ${quoted(target.column)} is rare: ${percent(share)} of the rows with a target (${count(least.count)})`,
        zh: `${quoted(target.column)} 的类别 ${quoted(least.value)} 很少：占有目标值的行的 ${percent(share)}（${count(least.count)} 行）`,
      },
      {
        en: 'Do not judge by accuracy: use the F-score, the precision-recall curve or costs. Split stratified; weigh the classes; collect more of the rare one.',
        zh: '不要只看准确率：请用 F 值、PR 曲线或成本评价；分层划分；给类别加权；多收集稀有类别。',
      },
    );
  },

  *noTarget({ target, columns }) {
    const column = columns.find(({ name }) => name === target?.column);
    if (!column || column.missing.count === 0) return;
    yield told(
      'warning',
      [column.name],
      {
        en: `${count(column.missing.count)} rows have no target (${percent(column.missing.share)})`,
        zh: `${count(column.missing.count)} 行没有目标值（${percent(column.missing.share)}）`,
      },
      {
        en: 'Leave these rows out of training, and ask why they have none: rows without an outcome are seldom like the others.',
        zh: '训练时去掉这些行，并查明原因：没有结果的行往往与其他行不同。',
      },
    );
  },

  *duplicates({ duplicates, rows }) {
    const { rows: repeated, share, exact } = duplicates;
    if (share < DUPLICATES) return;
    const about = exact ? { en: '', zh: '' } : { en: 'About ', zh: '约 ' };
    const of = rows.isSample && !rows.wholePass ? rows.sampled : rows.count;
    yield told(
      'warning',
      [],
      {
        en: `${about.en}${count(repeated)} of ${count(of)} rows equal one before them (${percent(share)})`,
        zh: `${count(of)} 行中${about.zh}${count(repeated)} 行与前面的行完全相同（${percent(share)}）`,
      },
      {
        en: 'If one event was recorded twice, keep one. In any case no row may stand in both the training and the test part.',
        zh: '若是重复记录，只保留一行。无论如何，同一行不能同时出现在训练集和测试集。',
      },
    );
  },

  *alikeTexts({ duplicates: { texts } }) {
    if (!texts || texts.share < NEAR_TEXTS) return;
    yield told(
      'notice',
      [texts.column],
      {
        en: `${percent(texts.share)} of the texts in ${quoted(texts.column)} say the same as another, or nearly`,
        zh: `${quoted(texts.column)} 中 ${percent(texts.share)} 的文本与另一条相同或几乎相同`,
      },
      {
        en: 'Keep one of each before splitting, or the test will ask what the training has told.',
        zh: '划分数据前只保留一条，否则测试集会包含训练过的内容。',
      },
    );
  },

  *missing({ columns }) {
    const todo = {
      mostly: {
        en: 'Leave the column out, unless being empty means something; then keep that as a column of its own.',
        zh: '去掉该列；若“为空”本身有含义，则单独作为一列保留。',
      },
      some: {
        en: 'Find out why. Fill with the median or a level of its own, fitted on the training part, and keep a column that says where.',
        zh: '查明原因。用中位数或单独的类别填充（只在训练集上拟合），并用一列标记缺失位置。',
      },
    };
    for (const { name, type, missing } of columns) {
      if (type === 'empty' || missing.share < SOME_MISSING) continue;
      const mostly = missing.share >= MOSTLY_MISSING;
      yield told(
        mostly ? 'warning' : 'notice',
        [name],
        {
          en: `${quoted(name)} is missing in ${percent(missing.share)} of the rows`,
          zh: `${quoted(name)} 有 ${percent(missing.share)} 的行缺失`,
        },
        mostly ? todo.mostly : todo.some,
      );
    }
  },

  *disguised({ columns }) {
    for (const { name, missing } of columns) {
      const hidden = missing.disguised.reduce((sum, { share }) => sum + share, 0);
      if (hidden < DISGUISED) continue;
      const words = missing.disguised.slice(0, 4).map(({ value }) => quoted(value));
      yield told(
        'warning',
        [name],
        {
          en: `${quoted(name)} says "missing" in words in ${percent(hidden)} of the rows: ${words.join(', ')}`,
          zh: `${quoted(name)} 有 ${percent(hidden)} 的行用文字表示缺失：${words.join('、')}`,
        },
        {
          en: 'Read these cells as missing, or a model takes them for a value like any other.',
          zh: '请把这些值按缺失处理，否则模型会当作普通取值。',
        },
      );
    }
  },

  *sentinel({ columns }) {
    for (const { name, numbers } of columns) {
      if (!numbers?.sentinel) continue;
      const { value, count: rows } = numbers.sentinel;
      yield told(
        'warning',
        [name],
        {
          en: `${quoted(name)} is ${value} in ${count(rows)} rows, far from all other values: most likely a code for "missing" or "at least"`,
          zh: `${quoted(name)} 有 ${count(rows)} 行为 ${value}，远离其他值：很可能是缺失或封顶的代码`,
        },
        {
          en: 'Ask what it stands for; read it as missing, or keep it as a column of its own.',
          zh: '确认其含义；按缺失处理，或单独作为一列。',
        },
      );
    }
  },

  *mixed({ columns }) {
    for (const { name, type, mixed } of columns) {
      if (!mixed) continue;
      const others = mixed.others.slice(0, 3).map(quoted);
      yield told(
        'warning',
        [name],
        {
          en: `${quoted(name)} mixes types: ${percent(1 - mixed.share)} of its cells are no ${type}, say ${others.join(', ')}`,
          zh: `${quoted(name)} 类型混杂：${percent(1 - mixed.share)} 的单元格不是${TYPE_NAMES[type].zh}，例如 ${others.join('、')}`,
        },
        {
          en: 'Write the same thing in the same form everywhere, or split it into two columns.',
          zh: '统一写法，或拆成两列。',
        },
      );
    }
  },

  *constant({ columns }) {
    const constant = columns.filter((column) => isConstant(column));
    if (constant.length > 0) {
      const names = constant.map(({ name }) => name);
      yield told(
        'warning',
        names,
        {
          en: `Constant or empty: ${named(names, 'en')}`,
          zh: `常量或空列：${named(names, 'zh')}`,
        },
        { en: 'Leave them out: they tell nothing.', zh: '去掉这些列：它们不含信息。' },
      );
    }
    const nearly = columns.filter(
      (column) => !isConstant(column) && (column.values?.[0]?.share ?? 0) >= NEARLY_CONSTANT,
    );
    if (nearly.length > 0) {
      const names = nearly.map(({ name }) => name);
      yield told(
        'notice',
        names,
        {
          en: `Nearly constant (one value in over ${percent(NEARLY_CONSTANT)} of the rows): ${named(names, 'en')}`,
          zh: `近似常量（同一取值超过 ${percent(NEARLY_CONSTANT)} 的行）：${named(names, 'zh')}`,
        },
        {
          en: 'Keep them only if the rare values matter.',
          zh: '仅当稀有取值重要时保留。',
        },
      );
    }
  },

  *identifiers({ columns }) {
    const names = columns
      .filter(({ type, personal }) => type === 'identifier' && !isPersonal(personal))
      .map(({ name }) => name);
    if (names.length === 0) return;
    yield told(
      'notice',
      names,
      { en: `Likely identifiers: ${named(names, 'en')}`, zh: `疑似标识符：${named(names, 'zh')}` },
      {
        en: 'Do not train on them: a model learns them by heart. Use one that repeats to keep all rows of one customer on one side of a split.',
        zh: '不要用于训练，模型会死记硬背。可用重复出现的标识把同一客户的行划分到同一侧。',
      },
    );
  },

  *manyValues({ columns }) {
    for (const { name, type, distinct, personal } of columns) {
      if (type !== 'category' || distinct.count <= MANY_VALUES || isPersonal(personal)) continue;
      yield told(
        'notice',
        [name],
        {
          en: `${quoted(name)} has ${distinct.exact ? '' : 'about '}${count(distinct.count)} different values`,
          zh: `${quoted(name)} 有${distinct.exact ? '' : '约'} ${count(distinct.count)} 个不同取值`,
        },
        {
          en: 'Group the rare ones, hash them, or encode by the target’s mean within folds; one column each would be too many.',
          zh: '合并稀有取值、做哈希，或在折内按目标均值编码；一值一列太多。',
        },
      );
    }
  },

  *outliers({ columns }) {
    for (const { name, numbers } of columns) {
      const { outliers, sentinel, skewness } = numbers ?? {};
      if (!numbers || sentinel) continue;
      if (Math.abs(skewness!) > SKEWED && numbers.min >= 0) {
        yield told(
          'notice',
          [name],
          {
            en: `${quoted(name)} has a long tail: half are below ${significant(numbers.quantiles['0.5'])}, the greatest is ${significant(numbers.max)}`,
            zh: `${quoted(name)} 长尾：一半低于 ${significant(numbers.quantiles['0.5'])}，最大为 ${significant(numbers.max)}`,
          },
          {
            en: 'Take log(1 + x), or a model made of trees, and measure errors in a way that a few giants do not decide.',
            zh: '取 log(1 + x) 或使用树模型，并选择不被少数极大值左右的误差指标。',
          },
        );
      } else if (outliers && outliers.count > 0 && outliers.share < 0.05) {
        yield told(
          'notice',
          [name],
          {
            en: `${quoted(name)} has ${count(outliers.count)} far outliers (${percent(outliers.share)}), say ${outliers.examples.slice(0, 3).map(significant).join(', ')}`,
            zh: `${quoted(name)} 有 ${count(outliers.count)} 个极端值（${percent(outliers.share)}），例如 ${outliers.examples.slice(0, 3).map(significant).join('、')}`,
          },
          {
            en: 'See whether they are mistakes (units, decimals). Mend those; keep true ones, and clip or take logarithms for models that need it.',
            zh: '检查是否是错误（单位、小数点）。修正错误；真实值保留，必要时截断或取对数。',
          },
        );
      }
    }
  },

  *alike({ associations: { pairs }, target }) {
    for (const { columns, value, spearman, measure } of pairs) {
      if (Math.max(Math.abs(value), Math.abs(spearman ?? 0)) < SAME) continue;
      if (columns.includes(target?.column ?? '')) continue;
      yield told(
        'notice',
        columns,
        {
          en: `${quoted(columns[0])} and ${quoted(columns[1])} say nearly the same: ${measure} ${significant(value)}`,
          zh: `${quoted(columns[0])} 与 ${quoted(columns[1])} 几乎等价：${MEASURES[measure]} ${significant(value)}`,
        },
        {
          en: 'One of them is enough; two make the weights of linear models and explanations arbitrary.',
          zh: '保留其一即可；同时使用会让线性模型的权重和解释变得随意。',
        },
      );
    }
  },

  *dates({ columns }) {
    for (const { name, dates } of columns) {
      if (!dates?.assumed) continue;
      yield told(
        'notice',
        [name],
        {
          en: `In ${quoted(name)} no date tells days from months; ${dates.assumed} was assumed`,
          zh: `${quoted(name)} 中没有日期能区分日与月；按${dates.assumed === 'day first' ? '日在前' : '月在前'}读取`,
        },
        { en: 'Write dates as 2024-03-31.', zh: '请把日期写成 2024-03-31。' },
      );
    }
  },

  *header({ columns, source }) {
    if (source.format !== 'csv' || !columns.every(({ name }, i) => name === `column ${i + 1}`)) return;
    yield told(
      'notice',
      [],
      { en: 'The file has no line of column names', zh: '文件没有列名行' },
      {
        en: 'Add one: names tell people, and the checks here, what the numbers are.',
        zh: '请加上列名：人和本检查都要靠列名理解数据。',
      },
    );
  },

  *encoding({ source }) {
    if (source.foreignLines > 0) {
      yield told(
        'warning',
        [],
        {
          en: `${count(source.foreignLines)} lines are in another encoding than the file (${source.encoding}); they were read in theirs`,
          zh: `${count(source.foreignLines)} 行的编码与文件（${source.encoding}）不同；已按各自编码读取`,
        },
        { en: 'Save all parts in UTF-8 before joining them.', zh: '合并前请统一保存为 UTF-8。' },
      );
    } else if (source.encoding && source.encoding !== 'utf-8') {
      yield told(
        'notice',
        [],
        { en: `The file is in ${source.encoding}`, zh: `文件编码为 ${source.encoding}` },
        { en: 'Save it in UTF-8: most tools expect that.', zh: '建议保存为 UTF-8，多数工具默认如此。' },
      );
    }
  },

  *width({ columnsLeftOut, columns }) {
    if (columnsLeftOut === 0) return;
    yield told(
      'warning',
      [],
      {
        en: `Only the first ${count(columns.length)} columns were looked at; ${count(columnsLeftOut)} more were left out`,
        zh: `只查看了前 ${count(columns.length)} 列；其余 ${count(columnsLeftOut)} 列未查看`,
      },
      {
        en: 'Give a file with the columns that matter; or turn it round, where columns are observations.',
        zh: '请提供只含重要列的文件；若每列是一次观测，请转置。',
      },
    );
  },
};

export const TYPE_NAMES: Readonly<Record<ColumnProfile['type'], Localized>> = {
  number: { en: 'number', zh: '数字' },
  category: { en: 'category', zh: '类别' },
  text: { en: 'text', zh: '文本' },
  date: { en: 'date', zh: '日期' },
  boolean: { en: 'boolean', zh: '布尔' },
  identifier: { en: 'identifier', zh: '标识符' },
  empty: { en: 'empty', zh: '空' },
};

const MEASURES = {
  pearson: '皮尔逊相关',
  spearman: '斯皮尔曼相关',
  "cramer's v": '克莱姆 V',
  'correlation ratio': '相关比',
} as const;

const isPersonal = (personal: ColumnProfile['personal']): boolean =>
  personal?.kinds.some(({ whole }) => whole) ?? false;

/** One value, or none, in every row that is known. */
const isConstant = ({ type, distinct, missing }: ColumnProfile): boolean =>
  type === 'empty' || (distinct.count === 1 && missing.share < MOSTLY_MISSING);
