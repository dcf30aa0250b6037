/** Words of the table task's options and answers. */
import { type Localized, percent, plural } from '@gradus/base';

export const OPTION = {
  metric: {
    en: 'figure that the model is known by: accuracy, auc, averagePrecision, logLoss, macroF1; rmse, mae, r2; …',
    zh: '衡量模型的指标：accuracy、auc、averagePrecision、logLoss、macroF1；rmse、mae、r2 等',
  },
  minutes: {
    en: 'how much work the search for a model may be, in minutes of two ordinary cores; the same data and seed give the same model on any machine',
    zh: '搜索模型的工作量，以两个普通核心的分钟数计；相同数据与种子在任何机器上得到相同模型',
  },
  errors: {
    en: 'error rate promised among answers of classes, the others are marked as not sure; default: two thirds of what the model errs in; 1 promises nothing',
    zh: '承诺的分类答案错误率，其余答案标为不确定；默认为模型错误率的三分之二；1 表示不作承诺',
  },
  keep: {
    en: 'columns that are learnt from though they seem to give the target away',
    zh: '看似泄露目标、但仍参与学习的列',
  },
} satisfies Record<string, Localized>;

export const COLUMNS = {
  prediction: { en: 'the answer: the likeliest class, or the number', zh: '答案：最可能的类别，或数值' },
  low: {
    en: 'of numbers: the lower end of what holds nine of ten true values',
    zh: '数值：包含九成真实值的区间的下限',
  },
  high: { en: 'of numbers: its upper end', zh: '数值：该区间的上限' },
  abstained: {
    en: 'why the answer is not sure enough for the promised error rate, or what of the row could not be read; else empty',
    zh: '答案为何达不到承诺的错误率，或该行哪些内容无法读取；否则为空',
  },
  reasons: { en: 'what spoke most for or against the answer', zh: '对答案影响最大的因素' },
} satisfies Record<string, Localized>;

export const probabilityColumn = (label: string): Localized => ({
  en: `probability of ${label}`,
  zh: `${label} 的概率`,
});

export const notSure = (probability: number, errorRate: number): Localized => ({
  en: `${percent(probability)} likely, which is not sure enough: at most ${percent(errorRate)} errors are promised among sure answers`,
  zh: `可能性 ${percent(probability)}，不够确定：承诺确定答案中的错误不超过 ${percent(errorRate)}`,
});

export const notRead = (cells: readonly string[]): Localized => ({
  en: `could not be read, and counts as missing: ${cells.join('; ')}`,
  zh: `无法读取，按缺失处理：${cells.join('；')}`,
});

export const nothingKnown: Localized = {
  en: 'none of the columns that the model reads has a value',
  zh: '模型所读取的各列均无值',
};

/** What a request may hold. */
export const REQUEST = {
  rows: {
    en: 'rows, each with its values by column; what a row lacks is missing',
    zh: '若干行，各行的值按列名给出；缺少的列视为缺失',
  },
  reasons: {
    en: 'whether each result says which columns spoke for and against it',
    zh: '每个结果是否说明各列的影响',
  },
  whatIf: (most: number): Localized => ({
    en: `whether each result says which other values, one column at a time, would change it most; at most ${most} rows`,
    zh: `每个结果是否说明（逐列）换成哪些值最能改变它；最多 ${most} 行`,
  }),
  changes: {
    en: 'what the model would answer with another value in one column: changes that raise the answer, that lower it, and the smallest ones that decide otherwise; not what would happen',
    zh: '某一列换成其他值时模型的回答：使答案升高、降低的改变，以及使判断改变的最小改变；并非实际会发生的结果',
  },
} satisfies Record<string, Localized | ((most: number) => Localized)>;

export const tooManyWhatIf = (rows: number, most: number): Localized => ({
  en: `The request has ${rows} rows, but this model tells what would change an answer of at most ${plural(most, 'row')} a request: each row is asked again with many other values. Send fewer rows, or leave out whatIf.`,
  zh: `请求含 ${rows} 行，但该模型每次请求最多为 ${most} 行说明如何改变答案：每一行都要换成许多其他值重新询问。请减少行数，或去掉 whatIf。`,
});
