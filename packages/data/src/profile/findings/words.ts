/** The sentences of findings, by code: what was found, and what to do about it. */
import { count, date, type Language, type Localized, percent, plural, significant } from '@gradus/base';
import { KIND_NAMES, type PersonalKind } from '../../personal/kinds.ts';
import type { FindingCode, FindingOf } from '../finding.ts';
import { MEASURE_NAMES, PREDICTION_MEASURE_NAMES, TYPE_NAMES } from '../vocabulary.ts';

export interface Words {
  readonly what: Localized;
  readonly todo: Localized;
}

export function wordsOf<C extends FindingCode>(finding: FindingOf<C>): Words {
  return WORDS[finding.code as C](finding);
}

const LONGEST_NAME = 60;
const MOST_NAMES = 8;

/** A name or a value from the file, in the quotation marks of each language. */
function quoted(name: string): Localized {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return { en: `"${shown}"`, zh: `“${shown}”` };
}

const COMMA: Localized = { en: ', ', zh: '、' };
const listOf = (items: readonly Localized[], language: Language): string =>
  items.map((item) => item[language]).join(COMMA[language]);

/** All columns of a finding; of many, the first and how many there are. */
function named(columns: readonly string[]): Localized {
  const shown = columns.slice(0, MOST_NAMES).map(quoted);
  const rest = columns.length - shown.length;
  return {
    en: `${listOf(shown, 'en')}${rest > 0 ? ` and ${rest} more` : ''}`,
    zh: `${listOf(shown, 'zh')}${rest > 0 ? ` 等 ${columns.length} 列` : ''}`,
  };
}

const both = (text: string): Localized => ({ en: text, zh: text });

function personalKinds(kinds: readonly { readonly kind: PersonalKind; readonly share: number }[]): Localized {
  return {
    en: kinds.map(({ kind, share }) => `${KIND_NAMES[kind].en} in ${percent(share)}`).join(', '),
    zh: kinds.map(({ kind, share }) => `${KIND_NAMES[kind].zh}（${percent(share)} 的单元格）`).join('、'),
  };
}

const REMOVE_PERSONAL: Localized = {
  en: 'Do not train on it, and remove it from every copy you share: "gradus redact FILE --out CLEAN.csv". Set GRADUS_PSEUDONYM_KEY to replace each person by a pseudonym instead.',
  zh: '不要用于训练；分享文件前先去除：“gradus redact 文件 --out 新文件.csv”。若要保留“同一个人”的对应关系，请设置 GRADUS_PSEUDONYM_KEY，改用化名。',
};

const WORDS: { readonly [C in FindingCode]: (finding: FindingOf<C>) => Words } = {
  'personal-column': ({ columns, data }) => {
    const [column, kinds] = [named(columns), personalKinds([data])];
    return {
      what: {
        en: `${column.en} holds personal data: ${kinds.en} of its cells`,
        zh: `${column.zh}是个人信息列：${kinds.zh}`,
      },
      todo: REMOVE_PERSONAL,
    };
  },

  'personal-inside': ({ columns, data }) => {
    const [column, kinds] = [named(columns), personalKinds(data.kinds)];
    return {
      what: {
        en: `${column.en} contains personal data inside its text: ${kinds.en} of its cells`,
        zh: `${column.zh}的文本中含有个人信息：${kinds.zh}`,
      },
      todo: REMOVE_PERSONAL,
    };
  },

  leak: ({ columns, severity, data: { target, measure, value, low, high } }) => {
    const [column, of] = [named(columns), quoted(target)];
    const figure = `${PREDICTION_MEASURE_NAMES[measure]} ${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
    const [en, zh] =
      severity === 'critical' ? ['almost perfectly', '几乎完美地'] : ['suspiciously well', '异常准确地'];
    return {
      what: {
        en: `${column.en} alone predicts ${of.en} ${en} on held-out rows: ${figure}`,
        zh: `仅凭${column.zh}一列就能${zh}预测${of.zh}（留出数据）：${figure}`,
      },
      todo: {
        en: 'Check whether its value is known at the time of prediction. If it is filled in afterwards, or derived from the target, remove the column.',
        zh: '请确认预测时是否已知该值。如果是事后填写，或由目标计算得来，请去掉这一列。',
      },
    };
  },

  'unread-file': ({ data: { file, reason } }) => ({
    what: {
      en: `The file ${quoted(file).en} could not be read: ${reason.en}`,
      zh: `文件${quoted(file).zh}无法读取：${reason.zh}`,
    },
    todo: { en: 'Repair or remove the file.', zh: '请修复或移除该文件。' },
  }),

  'unread-rows': ({ data: { count: unread, rows, first } }) => {
    const share = percent(unread / Math.max(1, rows));
    return {
      what: {
        en: `${count(unread)} of ${plural(rows, 'row')} could not be read (${share})${first ? `; line ${first.line}: ${first.reason.en}` : ''}`,
        zh: `${count(rows)} 行中有 ${count(unread)} 行无法读取（${share}）${first ? `；第 ${first.line} 行：${first.reason.zh}` : ''}`,
      },
      todo: {
        en: 'Look at some of these lines. The usual causes are quotation marks, delimiters inside text, or the encoding: export the file again.',
        zh: '请查看其中几行。常见原因是引号、文本中的分隔符或编码：请重新导出文件。',
      },
    };
  },

  drift: ({ columns, data: { psi, level, boundary } }) => {
    const [column, day, index] = [named(columns), date(boundary), significant(psi)];
    const strongly = level === 'strongly shifted';
    return {
      what: {
        en: `${column.en} shifted ${strongly ? 'strongly ' : ''}over time: PSI ${index} between the rows before and after ${day}`,
        zh: `${column.zh}的分布随时间${strongly ? '变化显著' : '有变化'}：${day} 前后两半数据的 PSI 为 ${index}`,
      },
      todo: {
        en: 'Find out what changed: the world, or the way it is recorded. Test on the latest rows, train on recent ones, and monitor this column in production.',
        zh: '查明是现实变了，还是记录方式变了。用最新的数据测试，用较新的数据训练，上线后监控该列。',
      },
    };
  },

  'rare-class': ({ columns, data }) => {
    const [column, value, share] = [named(columns), quoted(data.value), percent(data.share)];
    return {
      what: {
        en: `The class ${value.en} of ${column.en} is rare: ${share} of the rows with a target (${count(data.count)})`,
        zh: `${column.zh}的类别${value.zh}很少：占有目标值的行的 ${share}（${count(data.count)} 行）`,
      },
      todo: {
        en: 'Do not judge a model by its accuracy: use the F-score, the precision-recall curve or costs. Split with stratification, weight the classes, or collect more rows of the rare class.',
        zh: '不要只看准确率：请用 F 值、PR 曲线或成本来评价。分层划分数据，给类别加权，或多收集稀有类别的数据。',
      },
    };
  },

  'no-target': ({ data }) => ({
    what: {
      en: `${plural(data.count, 'row')} without a target (${percent(data.share)})`,
      zh: `${count(data.count)} 行没有目标值（${percent(data.share)}）`,
    },
    todo: {
      en: 'Leave these rows out of training, and find out why: rows without an outcome are seldom like the others.',
      zh: '训练时去掉这些行，并查明原因：没有结果的行往往与其他行不同。',
    },
  }),

  'duplicate-rows': ({ data: { count: duplicates, rows, share, exact } }) => ({
    what: {
      en: `${exact ? '' : 'About '}${count(duplicates)} of ${plural(rows, 'row')} are copies of an earlier row (${percent(share)})`,
      zh: `${count(rows)} 行中${exact ? '有' : '约有'} ${count(duplicates)} 行与前面的行完全相同（${percent(share)}）`,
    },
    todo: {
      en: 'If an event was recorded twice, keep one row. The same row must never be both in the training set and in the test set.',
      zh: '若是重复记录，只保留一行。同一行绝不能同时出现在训练集和测试集中。',
    },
  }),

  'duplicate-texts': ({ columns, data: { share } }) => ({
    what: {
      en: `${percent(share)} of the texts in ${named(columns).en} repeat another text, exactly or nearly`,
      zh: `${named(columns).zh}中 ${percent(share)} 的文本与另一条相同或几乎相同`,
    },
    todo: {
      en: 'Keep one of each before you split the data; otherwise the test set repeats the training set.',
      zh: '划分数据前只保留其中一条，否则测试集会重复训练集的内容。',
    },
  }),

  'mostly-missing': (finding) => ({
    what: missingWhat(finding),
    todo: {
      en: 'Remove the column, unless an empty cell has a meaning; then make that a column of its own.',
      zh: '去掉该列；若“为空”本身有含义，则单独作为一列保留。',
    },
  }),

  missing: (finding) => ({
    what: missingWhat(finding),
    todo: {
      en: 'Find out why. Fill the gaps with the median or with a category of their own, fitted on the training set, and add a column that marks them.',
      zh: '查明原因。用中位数或单独的类别填充（只在训练集上拟合），并用一列标记缺失位置。',
    },
  }),

  'missing-as-text': ({ columns, data: { share, values } }) => ({
    what: {
      en: `${named(columns).en} writes missing values as text in ${percent(share)} of the rows: ${listOf(values.map(quoted), 'en')}`,
      zh: `${named(columns).zh}有 ${percent(share)} 的行用文字表示缺失：${listOf(values.map(quoted), 'zh')}`,
    },
    todo: {
      en: 'Read these cells as missing; otherwise a model takes them for ordinary values.',
      zh: '请把这些值按缺失处理，否则模型会当作普通取值。',
    },
  }),

  sentinel: ({ columns, data: { value, count: rows } }) => ({
    what: {
      en: `${named(columns).en} is ${value} in ${plural(rows, 'row')}, far from all other values: probably a code for "missing" or "at least"`,
      zh: `${named(columns).zh}有 ${count(rows)} 行为 ${value}，远离其他值：很可能是表示缺失或封顶的代码`,
    },
    todo: {
      en: 'Find out what it means; read it as missing, or make it a column of its own.',
      zh: '请确认其含义；按缺失处理，或单独作为一列。',
    },
  }),

  'mixed-types': ({ columns, data: { type, share, examples } }) => ({
    what: {
      en: `${named(columns).en} mixes types: it is of type ${TYPE_NAMES[type].en}, but ${percent(share)} of its cells are not, such as ${listOf(examples.map(quoted), 'en')}`,
      zh: `${named(columns).zh}类型混杂：${percent(share)} 的单元格不是${TYPE_NAMES[type].zh}，例如${listOf(examples.map(quoted), 'zh')}`,
    },
    todo: {
      en: 'Write the same thing in the same form everywhere, or split the column in two.',
      zh: '请统一写法，或拆成两列。',
    },
  }),

  constant: ({ columns }) => ({
    what: {
      en: `Constant or empty: ${named(columns).en}`,
      zh: `常量列或空列：${named(columns).zh}`,
    },
    todo: { en: 'Remove these columns: they carry no information.', zh: '请去掉这些列：它们不含信息。' },
  }),

  'nearly-constant': ({ columns, data: { share } }) => ({
    what: {
      en: `Nearly constant (one value in more than ${percent(share)} of the rows): ${named(columns).en}`,
      zh: `近似常量（同一取值超过 ${percent(share)} 的行）：${named(columns).zh}`,
    },
    todo: { en: 'Keep them only if the rare values matter.', zh: '仅当稀有取值重要时才保留。' },
  }),

  identifiers: ({ columns }) => ({
    what: {
      en: `Probably identifiers: ${named(columns).en}`,
      zh: `疑似标识符：${named(columns).zh}`,
    },
    todo: {
      en: 'Do not train on them: a model memorizes them. Use one that repeats, such as a customer number, to keep all rows of one customer on one side of a split.',
      zh: '不要用于训练：模型会死记硬背。可用会重复出现的标识（如客户编号），把同一客户的行划分到同一侧。',
    },
  }),

  'many-values': ({ columns, data: { count: values, exact } }) => ({
    what: {
      en: `${named(columns).en} has ${exact ? '' : 'about '}${count(values)} different values`,
      zh: `${named(columns).zh}${exact ? '有' : '约有'} ${count(values)} 个不同取值`,
    },
    todo: {
      en: "Group the rare ones, hash them, or encode them by the target's mean within folds; one column for each value would be too many.",
      zh: '可合并稀有取值、做哈希，或在各折内按目标均值编码；每个取值一列则列数过多。',
    },
  }),

  'long-tail': ({ columns, data: { median, max } }) => ({
    what: {
      en: `${named(columns).en} has a long tail: half of its values are below ${significant(median)}, the largest is ${significant(max)}`,
      zh: `${named(columns).zh}呈长尾分布：一半低于 ${significant(median)}，最大为 ${significant(max)}`,
    },
    todo: {
      en: 'Use log(1 + x) or a tree model, and an error measure that a few very large values do not dominate.',
      zh: '取 log(1 + x) 或使用树模型，并选择不受少数极大值左右的误差指标。',
    },
  }),

  outliers: ({ columns, data: { count: outliers, share, examples } }) => {
    const values = examples.map((value) => both(significant(value)));
    return {
      what: {
        en: `${named(columns).en} has ${plural(outliers, 'extreme outlier')} (${percent(share)}), such as ${listOf(values, 'en')}`,
        zh: `${named(columns).zh}有 ${count(outliers)} 个极端值（${percent(share)}），例如 ${listOf(values, 'zh')}`,
      },
      todo: {
        en: 'Look for mistakes (units, decimal points) and correct them. Keep true values; clip them or take logarithms for models that need it.',
        zh: '检查是否有错误（单位、小数点）并改正。真实值应保留；模型需要时可截断或取对数。',
      },
    };
  },

  equivalent: ({ columns, data: { measure, value } }) => {
    const [a, b] = columns.map(quoted);
    return {
      what: {
        en: `${a!.en} and ${b!.en} carry nearly the same information: ${MEASURE_NAMES[measure].en} ${significant(value)}`,
        zh: `${a!.zh}与${b!.zh}几乎等价：${MEASURE_NAMES[measure].zh} ${significant(value)}`,
      },
      todo: {
        en: 'Keep one of them; with both, the weights of linear models and their explanations are arbitrary.',
        zh: '保留其一即可；同时使用会让线性模型的权重和解释变得随意。',
      },
    };
  },

  'ambiguous-dates': ({ columns, data: { assumed } }) => ({
    what: {
      en: `No date in ${named(columns).en} shows whether the day or the month comes first; ${assumed} was assumed`,
      zh: `${named(columns).zh}中没有日期能区分日与月的先后；已按${assumed === 'day first' ? '日在前' : '月在前'}读取`,
    },
    todo: { en: 'Write dates as 2024-03-31.', zh: '请把日期写成 2024-03-31。' },
  }),

  'no-header': () => ({
    what: { en: 'The file has no header row', zh: '文件没有列名行' },
    todo: {
      en: 'Add one: people and these checks need names to know what the columns hold.',
      zh: '请加上列名：人和这些检查都要靠列名理解各列的内容。',
    },
  }),

  'mixed-encodings': ({ data: { lines, encoding } }) => ({
    what: {
      en: `${plural(lines, 'line')} in another encoding than the rest of the file (${encoding}); each was read in its own`,
      zh: `${count(lines)} 行的编码与文件其余部分（${encoding}）不同；已按各自编码读取`,
    },
    todo: { en: 'Save all parts in UTF-8 before you join them.', zh: '合并前请把各部分统一保存为 UTF-8。' },
  }),

  'other-sheets': ({ data: { read, others } }) => ({
    what: {
      en: `Only the sheet ${quoted(read).en} was read; not read: ${listOf(others.slice(0, MOST_NAMES).map(quoted), 'en')}${others.length > MOST_NAMES ? ' …' : ''}`,
      zh: `只读取了工作表${quoted(read).zh}；未读取：${listOf(others.slice(0, MOST_NAMES).map(quoted), 'zh')}${others.length > MOST_NAMES ? '……' : ''}`,
    },
    todo: {
      en: `To read another, name it behind the file: FILE.xlsx#${others[0]}`,
      zh: `如需读取其他工作表，请在文件名后写明：文件.xlsx#${others[0]}`,
    },
  }),

  'merged-cells': ({ data: { cells } }) => ({
    what: {
      en: `${plural(cells, 'cell')} took the value of the cell that ${cells === 1 ? 'it is' : 'they are'} merged with`,
      zh: `${count(cells)} 个单元格取用了其所属合并单元格的值`,
    },
    todo: {
      en: 'Check that each value belongs to all rows that its cell is merged over: a sum that was written once would be counted in each.',
      zh: '请确认该值确实属于合并范围内的每一行：只写一次的合计会被每行各计一次。',
    },
  }),

  'lines-above': ({ data: { lines } }) => ({
    what: {
      en: `${plural(lines, 'line')} above the header ${lines === 1 ? 'was' : 'were'} passed over`,
      zh: `表头上方的 ${count(lines)} 行已跳过`,
    },
    todo: {
      en: 'Check that the columns have their right names.',
      zh: '请检查各列的名称是否正确。',
    },
  }),

  encoding: ({ data: { encoding } }) => ({
    what: { en: `The file is encoded in ${encoding}`, zh: `文件编码为 ${encoding}` },
    todo: { en: 'Save it in UTF-8: most tools expect that.', zh: '建议保存为 UTF-8：多数工具默认使用它。' },
  }),

  'encoding-in-doubt': ({ data: { encoding, others } }) => ({
    what: {
      en: `The file was read as ${encoding}; it may be ${others.join(' or ')} as well`,
      zh: `文件按 ${encoding} 读取；也可能是 ${others.join('、')}`,
    },
    todo: {
      en: 'Look at a few words with special letters. If they are wrong, save the file in UTF-8.',
      zh: '请检查几处含特殊字符的文字；若有误，请将文件另存为 UTF-8。',
    },
  }),

  'columns-left-out': ({ data: { columns, leftOut } }) => ({
    what: {
      en: `Only the first ${plural(columns, 'column')} were examined; ${count(leftOut)} more were left out`,
      zh: `只检查了前 ${count(columns)} 列；其余 ${count(leftOut)} 列未检查`,
    },
    todo: {
      en: 'Provide a file with the columns that matter, or transpose it if each column is an observation.',
      zh: '请提供只含重要列的文件；若每列是一次观测，请先转置。',
    },
  }),

  more: ({ columns, data: { count: findings } }) => {
    const names = columns.length > 0 ? named(columns) : undefined;
    return {
      what: {
        en: `The same applies to ${count(findings)} more${names ? `: ${names.en}` : ''}`,
        zh: `另有 ${count(findings)} 处同样的问题${names ? `：${names.zh}` : ''}`,
      },
      todo: { en: 'Do the same for these.', zh: '请同样处理。' },
    };
  },
};

const missingWhat = ({ columns, data }: FindingOf<'missing' | 'mostly-missing'>): Localized => ({
  en: `${named(columns).en} is missing in ${percent(data.share)} of the rows`,
  zh: `${named(columns).zh}有 ${percent(data.share)} 的行缺失`,
});
