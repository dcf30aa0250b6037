/** What the text task tells of its data, its options and its answers, in both languages. */
import { count, type Localized } from '@gradus/base';
import { FEWEST_LABELLED, FEWEST_OF_CLASS, type LearningNote } from './learning.ts';

export const OPTION = {
  errors: {
    en: 'error rate promised among answers, 0.001 to 1; the model says nothing where it would break it (1: it always answers)',
    zh: '承诺的答案错误率，0.001 到 1；无法保证时模型不作回答（1：总是回答）',
  },
} as const;

export const COLUMNS: Readonly<Record<string, Localized>> = {
  label: {
    en: 'the class; empty where the model does not know',
    zh: '类别；模型无法判断时为空',
  },
  likeliest: { en: 'the likeliest class, however unsure', zh: '最可能的类别，无论把握大小' },
  probability: { en: 'the probability of the likeliest class', zh: '最可能类别的概率' },
};

export const tooFewClasses = (classes: number): Localized => ({
  en: `The label column has ${classes} classes, of which fewer than two have ${FEWEST_OF_CLASS} texts or more. Add texts of other classes, or name another column with --label.`,
  zh: `标签列有 ${classes} 个类别，其中文本数达到 ${FEWEST_OF_CLASS} 条的不足两个。请补充其他类别的文本，或用 --label 指定另一列。`,
});

export const tooFewTexts = (labelled: number): Localized => ({
  en: `The file has ${labelled} texts with a label; at least ${FEWEST_LABELLED} are needed. Label more, or name another column with --label.`,
  zh: `文件中有标签的文本为 ${labelled} 条，至少需要 ${FEWEST_LABELLED} 条。请标注更多文本，或用 --label 指定另一列。`,
});

const allRepeat = (labelled: number): Localized => ({
  en: `Nearly all of the ${count(labelled)} texts with a label repeat each other, so none can be held out to measure a model by. Add texts that differ.`,
  zh: `${count(labelled)} 条有标签的文本几乎都相互重复，无法留出一部分来检验模型。请补充不同的文本。`,
});

type Note =
  | LearningNote
  /** Classes of the file that the model does not have: too rare, or new since the run that is retrained. */
  | { readonly code: 'unlearnt'; readonly classes: readonly string[] }
  /** The baseline was more accurate on the held-out texts, and is the model. */
  | { readonly code: 'baseline' }
  /** Too few texts to choose an abstention threshold on. */
  | { readonly code: 'no-promise' };

const MOST_NAMES = 10;

export function learningNote(note: Note): Localized {
  switch (note.code) {
    case 'too-few':
      return tooFewTexts(note.ofClass.reduce((a, b) => a + b, 0));
    case 'repeats':
      return allRepeat(note.labelled);
    case 'sampled':
      return {
        en: `The model was learnt from ${count(note.texts)} texts, chosen by chance among those not held out.`,
        zh: `模型从未留出的文本中随机选取 ${count(note.texts)} 条进行学习。`,
      };
    case 'recent':
      return {
        en: `The ${count(note.texts)} newest texts were held back, to compare this model with the one before on them.`,
        zh: `最新的 ${count(note.texts)} 条文本被留出，用于与之前的模型比较。`,
      };
    case 'corrected':
      return {
        en: `${count(note.learnt)} corrected texts were learnt from.${note.leftOut > 0 ? ` ${count(note.leftOut)} more are among the held-out texts and were left out, so that the comparison stays fair.` : ''}`,
        zh: `已学习 ${count(note.learnt)} 条更正。${note.leftOut > 0 ? `另有 ${count(note.leftOut)} 条属于留出的文本，为保证比较公平未用于训练。` : ''}`,
      };
    case 'unlearnt': {
      const names = note.classes.slice(0, MOST_NAMES);
      const more = note.classes.length > names.length ? ', …' : '';
      return {
        en: `Not learnt, with fewer than ${FEWEST_OF_CLASS} texts or new since the model's classes were chosen: ${names.join(', ')}${more}.`,
        zh: `以下类别未学习（文本少于 ${FEWEST_OF_CLASS} 条，或在确定模型类别之后才出现）：${names.join('、')}${more}。`,
      };
    }
    case 'baseline':
      return {
        en: 'TF-IDF with logistic regression was significantly more accurate on the held-out texts than the larger model, and takes its place.',
        zh: 'TF-IDF 逻辑回归在留出文本上显著优于较大的模型，因此由它代替。',
      };
    case 'no-promise':
      return {
        en: 'Too few texts to promise an error rate: the model answers every text.',
        zh: '文本太少，无法承诺错误率：模型会回答每一条文本。',
      };
  }
}
