/** What was found of a model of a table: the page that a founder reads, lines for a terminal, and a card. */
import { count, type Localized } from '@gradus/base';
import { type Block, type ModelCard, type Section, shortened } from '@gradus/report';
import { withInterval } from '../../shared/estimate.ts';
import { baselineName, capitalized } from '../../shared/words.ts';
import { type MetricName, metricOf } from '../evaluation/metrics.ts';
import type { TableReportInput } from './input.ts';
import { leaksInWords, leftOutSection } from './left-out.ts';
import { candidateName, makingSection, rowsInWords, splitInWords } from './making.ts';
import { nextSection } from './next.ts';
import { qualitySection, slicesSection } from './quality.ts';
import {
  figureInWords,
  groupsInWords,
  promisesInWords,
  readingInWords,
  slicesInWords,
  standingInWords,
} from './readings.ts';

const MOST_CLASSES = 6;
const LABEL_WIDTH = 30;

export function tableFindings(input: TableReportInput): Localized[] {
  const { evaluation } = input;
  return [
    figureInWords(evaluation),
    standingInWords(evaluation),
    readingInWords(evaluation),
    ...slicesInWords(evaluation),
    ...promisesInWords(evaluation),
    ...groupsInWords(evaluation),
    ...leaksInWords(input),
  ];
}

export function tableSections(input: TableReportInput): Section[] {
  const { evaluation, target, explanation } = input;
  return [
    answerSection(input),
    qualitySection(evaluation, target.name),
    ...slicesSection(evaluation),
    nextSection(input),
    ...(explanation ? [explanation] : []),
    makingSection(input),
    ...leftOutSection(input),
  ];
}

function answerSection(input: TableReportInput): Section {
  const { evaluation, rows } = input;
  const { metric, figure, baseline, standing } = evaluation;
  const { title, about, format } = metricOf(metric);
  const name = baselineName(baseline.name);
  const [low, high] = figure.interval.map(format);
  const text = (of: Localized): Block => ({ kind: 'text', text: of });
  return {
    id: 'answer',
    title: { en: 'In short', zh: '结论' },
    blocks: [
      text(aim(input)),
      {
        kind: 'figures',
        items: [
          {
            label: capitalized(title),
            value: format(figure.value),
            detail: { en: `95%: ${low} – ${high}`, zh: `95%：${low} – ${high}` },
          },
          {
            label: { en: 'Best baseline', zh: '最好的基线' },
            value: format(baseline.value),
            detail: name,
          },
          {
            label: { en: 'Rows tested on', zh: '检验行数' },
            value: count(rows.test),
            detail: { en: `learnt from ${count(rows.train)}`, zh: `训练数据 ${count(rows.train)} 行` },
          },
        ],
      },
      text({ en: `${capitalized(title).en}: ${about.en}`, zh: `${title.zh}：${about.zh}` }),
      { kind: 'note', tone: standing === 'better' ? 'good' : 'warning', text: standingInWords(evaluation) },
      text(readingInWords(evaluation)),
      ...slicesInWords(evaluation).map(text),
      ...promisesInWords(evaluation).map(text),
      ...groupsInWords(evaluation).map((of): Block => ({ kind: 'note', tone: 'warning', text: of })),
    ],
  };
}

/** What is predicted. */
function aim({ target }: TableReportInput): Localized {
  if (!target.classes)
    return { en: `It predicts the number ${target.name}.`, zh: `预测数值 ${target.name}。` };
  const quoted = target.classes.slice(0, MOST_CLASSES).map((name) => `“${shortened(name, LABEL_WIDTH)}”`);
  const more = target.classes.length - quoted.length;
  const last = quoted.length - 1;
  return {
    en: `It predicts ${target.name}: ${more > 0 ? `${quoted.join(', ')} or ${count(more)} others` : `${quoted.slice(0, last).join(', ')} or ${quoted[last]!}`}.`,
    zh: `预测 ${target.name}：${quoted.join('、')}${more > 0 ? `等 ${count(target.classes.length)} 类` : ''}。`,
  };
}

export function tableCard(input: TableReportInput): Pick<ModelCard, 'metrics' | 'limits' | 'made'> {
  const { evaluation, candidates, split, target } = input;
  const { metrics, interval, baselines, baseline, standing, metric } = evaluation;
  const best = baselines[baseline.name]!;
  const names = [metric, ...(Object.keys(metrics) as MetricName[]).filter((name) => name !== metric)];
  const chosen = candidates.filter((candidate) => candidate.chosen).map(({ name }) => candidateName(name));
  return {
    metrics: names.map((name) => {
      const { title, format } = metricOf(name);
      return {
        name: capitalized(title),
        value: withInterval({ value: metrics[name]!, interval: interval[name]! }, format),
        ...(best[name] !== undefined && { baseline: format(best[name]) }),
      };
    }),
    limits: [
      {
        en: `Measured on ${count(evaluation.n)} held-out rows of the same origin as those it learnt from. Expect less on rows of other origin, or when times change.`,
        zh: `在与训练数据同源的 ${count(evaluation.n)} 行留出数据上测得。用于其他来源的数据或情况变化时，效果会变差。`,
      },
      ...(standing === 'better' ? [] : [standingInWords(evaluation)]),
      ...slicesInWords(evaluation),
      ...promisesInWords(evaluation),
      ...groupsInWords(evaluation),
      ...(target.kind === 'classes' ? [ONE_OF_THESE] : []),
    ],
    made: [
      ...(chosen.length > 0
        ? [
            {
              en: `Chosen among ${count(candidates.length)} candidates by cross-validation: ${chosen.map(({ en }) => en).join(', ')}.`,
              zh: `经交叉验证从 ${count(candidates.length)} 个候选中选出：${chosen.map(({ zh }) => zh).join('、')}。`,
            },
          ]
        : []),
      rowsInWords(input),
      splitInWords(split),
    ],
  };
}

const ONE_OF_THESE: Localized = {
  en: 'It knows the classes that it learnt alone; a row of any other kind gets one of them too.',
  zh: '只认识训练过的类别；其他情况的行也会被归入其中之一。',
};
