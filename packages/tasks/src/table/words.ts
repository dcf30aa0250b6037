/** Words of the table task's options and answers. */
import type { Localized } from '@gradus/base';

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
    en: 'error rate promised among answers of classes; the others are marked as not sure; 1 promises nothing',
    zh: '承诺的分类答案错误率，其余答案标为不确定；1 表示不作承诺',
  },
  keep: {
    en: 'columns that are learnt from though they seem to give the target away',
    zh: '看似泄露目标、但仍参与学习的列',
  },
} satisfies Record<string, Localized>;

export const COLUMNS = {
  prediction: { en: 'the answer: the likeliest class, or the number', zh: '答案：最可能的类别，或数值' },
  low: { en: 'of numbers: nine of ten true values lie above this …', zh: '数值：真实值有九成位于此值 …' },
  high: { en: '… and below this', zh: '… 与此值之间' },
  abstained: {
    en: 'why the answer is not sure enough for the promised error rate; empty where it is',
    zh: '答案为何达不到承诺的错误率；达到时为空',
  },
  reasons: { en: 'what spoke most for or against the answer', zh: '对答案影响最大的因素' },
} satisfies Record<string, Localized>;

export const probabilityColumn = (label: string): Localized => ({
  en: `probability of ${label}`,
  zh: `${label} 的概率`,
});

const share = (value: number): string => `${Math.round(100 * value)} %`;

export const notSure = (probability: number, errorRate: number): Localized => ({
  en: `only ${share(probability)} likely; at most ${share(errorRate)} errors are promised among sure answers`,
  zh: `可能性仅 ${share(probability)}；承诺确定答案中的错误不超过 ${share(errorRate)}`,
});

export const nothingKnown: Localized = {
  en: 'none of the columns that the model reads has a value',
  zh: '模型所读取的各列均无值',
};
