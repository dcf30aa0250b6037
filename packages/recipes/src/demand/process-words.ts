/** What the step `process` tells of the texts that sentiment is learnt from. */
import { count, type Localized } from '@gradus/base';
import { FEWEST_LABELLED, FEWEST_OF_CLASS, type LearningNote } from '@gradus/tasks';

export function learningNote(note: LearningNote): Localized {
  switch (note.code) {
    case 'too-few': {
      const [dissatisfied, satisfied] = note.ofClass;
      return {
        en: `Sentiment was not learnt: the file marks ${satisfied} reviews as satisfied and ${dissatisfied} as dissatisfied; at least ${FEWEST_LABELLED} in all and ${FEWEST_OF_CLASS} of each are needed.`,
        zh: `未学习情感：文件中标为满意的有 ${satisfied} 条，不满意的有 ${dissatisfied} 条；总共至少需要 ${FEWEST_LABELLED} 条，且每类至少 ${FEWEST_OF_CLASS} 条。`,
      };
    }
    case 'repeats':
      return {
        en: `Sentiment was not learnt: nearly all of the ${count(note.labelled)} reviews with a rating or a label repeat each other, so none can be held out to measure a model by.`,
        zh: `未学习情感：${count(note.labelled)} 条带评分或标签的评价几乎都相互重复，无法留出一部分来检验模型。`,
      };
    case 'sampled':
      return {
        en: `Sentiment was learnt from ${count(note.texts)} reviews, chosen by chance among those not held out.`,
        zh: `情感模型从未留作测试的评价中随机选取 ${count(note.texts)} 条进行学习。`,
      };
    case 'recent':
      return {
        en: `The ${note.texts} newest texts were held back, to compare this model with the one before on them.`,
        zh: `最新的 ${note.texts} 条文本被留出，用于与之前的模型比较。`,
      };
    case 'corrected':
      return {
        en: `${note.learnt} corrected texts were learnt from.${note.leftOut > 0 ? ` ${note.leftOut} more are of held-out reviews and were left out, so that the comparison stays fair.` : ''}`,
        zh: `已学习 ${note.learnt} 条更正。${note.leftOut > 0 ? `另有 ${note.leftOut} 条属于留出的评价，为保证比较公平未用于训练。` : ''}`,
      };
  }
}
