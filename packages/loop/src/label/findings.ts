/** What is said of a proposal, and of answers, in both languages. */
import { count, type Localized, percent, plural } from '@gradus/base';
import type { Answers } from './answers.ts';
import type { Estimate } from './estimate.ts';
import type { Proposal, Standing } from './propose.ts';
import type { LabelTable } from './table.ts';

const MOST_CLASSES = 8;
const MOST_SET_ASIDE = 10;

export function standingFindings({ labelColumn, textColumn }: LabelTable, standing: Standing): Localized[] {
  const { rows, labelled, classes, estimate, baseline, curve } = standing;
  const shown = [...classes].slice(0, MOST_CLASSES).map(([label, n]) => `${label} ${count(n)}`);
  const more = classes.size - shown.length;
  const list = shown.join(', ');
  const lines: Localized[] = [
    textColumn === undefined
      ? {
          en: `Labels in "${labelColumn}", features in the other columns`,
          zh: `标签列“${labelColumn}”，其余列为特征`,
        }
      : {
          en: `Labels in "${labelColumn}", text in "${textColumn}"`,
          zh: `标签列“${labelColumn}”，文本列“${textColumn}”`,
        },
    {
      en: `${count(labelled)} of ${plural(rows, 'row')} have a label${labelled === 0 ? '' : `: ${list}${more > 0 ? ` and ${more} more` : ''}`}`,
      zh: `${count(rows)} 行中有 ${count(labelled)} 行已有标签${labelled === 0 ? '' : `：${list}${more > 0 ? `，以及另外 ${more} 个` : ''}`}`,
    },
  ];
  if (!estimate) {
    lines.push({
      en: 'Accuracy: too few labels to say; 20 are needed, and 3 for each class',
      zh: '准确率：标签太少，尚无法估计；至少需要 20 个，且平均每个类别 3 个',
    });
    return lines;
  }
  const most = percent(baseline!);
  lines.push({
    en: `Accuracy on the rows without a label, estimated by cross-validation: ${shownAs(estimate)}; always the most frequent label: ${most}`,
    zh: `对未标注行的准确率（交叉验证估计）：${shownAs(estimate)}；总是回答最常见的标签：${most}`,
  });
  if (curve.length > 0) {
    const points = (word: string) => curve.map((point) => `${count(point.labels)}${word} ${shownAs(point)}`);
    lines.push({
      en: `Learning curve: ${points(' labels').join('; ')}`,
      zh: `学习曲线：${points(' 个标签').join('；')}`,
    });
  }
  return lines;
}

export function questionFindings({ questions }: Proposal, path: string | undefined): Localized[] {
  if (path === undefined) {
    return [
      {
        en: 'Every row has a label, or is the same as one that has: there is nothing left to ask',
        zh: '每一行都已有标签，或与已标注的行相同：没有需要再问的了',
      },
    ];
  }
  const of = (reason: string) => questions.filter((question) => question.reason === reason).length;
  const kinds = [
    { count: of('typical'), en: 'that stand for many', zh: '有代表性' },
    { count: of('doubtful'), en: 'in doubt', zh: '拿不准' },
    { count: of('suspicious'), en: 'whose label looks wrong', zh: '标签可疑' },
  ].filter(({ count }) => count > 0);
  return [
    {
      en: `${questions.length} rows to label next: ${kinds.map(({ count, en }) => `${count} ${en}`).join(', ')}`,
      zh: `接下来请标注 ${questions.length} 行：${kinds.map(({ count, zh }) => `${count} 行${zh}`).join('，')}`,
    },
    {
      en: `Questions: ${path}. Fill in its column "label", then give it with --answers.`,
      zh: `问题：${path}。填写其中的 label 列，然后用 --answers 读入。`,
    },
  ];
}

export function answerFindings(answers: Answers, before: Standing, after: Standing): Localized[] {
  const { answered, changed, copied, asSuggested, newClasses, setAside } = answers;
  const lines: Localized[] = [
    {
      en: `${answered} answers read, ${changed} of them change a label; ${copied} equal rows labelled with them; ${setAside.length} set aside`,
      zh: `读入 ${answered} 条回答，其中 ${changed} 条更改了标签；另有 ${copied} 行内容相同，一并标注；搁置 ${setAside.length} 条`,
    },
  ];
  for (const { line, reason } of setAside.slice(0, MOST_SET_ASIDE)) {
    lines.push({ en: `  line ${line} set aside: ${reason.en}`, zh: `  第 ${line} 行已搁置：${reason.zh}` });
  }
  if (setAside.length > MOST_SET_ASIDE) {
    const more = setAside.length - MOST_SET_ASIDE;
    lines.push({ en: `  … and ${more} more`, zh: `  …… 以及另外 ${more} 条` });
  }
  if (newClasses.length > 0 && before.labelled > 0) {
    const list = newClasses.slice(0, MOST_CLASSES).join(', ');
    lines.push({ en: `New labels: ${list}`, zh: `新的标签：${list}` });
  }
  if (asSuggested.of > 0) {
    lines.push({
      en: `The model had suggested what you answered in ${asSuggested.count} of ${asSuggested.of} rows, which were the hard ones`,
      zh: `在 ${asSuggested.of} 行难题中，模型的建议有 ${asSuggested.count} 行与您的回答一致`,
    });
  }
  if (before.estimate && after.estimate) {
    const overlap = after.estimate.interval[0] <= before.estimate.interval[1];
    lines.push({
      en: `Estimated accuracy: ${shownAs(before.estimate)} before, ${shownAs(after.estimate)} now${overlap ? '; the intervals overlap' : ''}`,
      zh: `估计准确率：之前 ${shownAs(before.estimate)}，现在 ${shownAs(after.estimate)}${overlap ? '；两个区间有重叠' : ''}`,
    });
  }
  return lines;
}

const shownAs = ({ accuracy, interval: [low, high] }: Estimate): string =>
  `${percent(accuracy)} (${percent(low)} – ${percent(high)})`;
