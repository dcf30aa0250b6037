/** How a model was made: how rows were split, which candidates were tried, and which was chosen. */
import { count, date, type Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import { capitalized, same } from '../../shared/words.ts';
import { metricOf } from '../evaluation/metrics.ts';
import type { SplitNote, TableReportInput } from './input.ts';

const CANDIDATES: Readonly<Record<string, Localized>> = {
  linear: { en: 'Linear model', zh: '线性模型' },
  trees: { en: 'Boosted trees', zh: '提升树' },
  mlp: { en: 'Neural network', zh: '神经网络' },
  stack: { en: 'Weighted mean of the others', zh: '其他模型的加权平均' },
};

export const candidateName = (name: string): Localized => CANDIDATES[name] ?? same(name);

/** Which rows judged. */
export function splitInWords(split: SplitNote): Localized {
  const { column = '', from, to, groups } = split;
  const sentences: Readonly<Record<SplitNote['kind'], Localized>> = {
    chance: { en: 'The rows for testing were drawn by chance.', zh: '检验数据随机抽取。' },
    time: {
      en: `The newest rows by ${column} were kept for testing${period(' (', from, to, ')')}, so it was tested on a later time than it learnt from.`,
      zh: `按 ${column} 留出最新的数据用于检验${period('（', from, to, '）')}，即在训练之后的时间上检验。`,
    },
    group: {
      en: `Rows of one ${column} stayed together${groups === undefined ? '' : ` (${count(groups)} in all)`}, so it was tested on such as it had never seen.`,
      zh: `同一 ${column} 的行不拆开${groups === undefined ? '' : `（共 ${count(groups)} 组）`}，即在从未见过的分组上检验。`,
    },
    given: { en: 'It was tested on the file that was given for it.', zh: '在指定的检验文件上检验。' },
    parent: {
      en: 'It was tested on the same rows as the run that it was retrained from.',
      zh: '检验数据与其重新训练所依据的运行相同。',
    },
  };
  return sentences[split.kind];
}

function period(open: string, from: number | undefined, to: number | undefined, close: string): string {
  return from === undefined || to === undefined ? '' : `${open}${date(from)} – ${date(to)}${close}`;
}

const foldsInWords = ({ folds }: SplitNote): Localized =>
  folds > 1
    ? {
        en: `The candidates were compared on the training rows alone, in ${folds} folds.`,
        zh: `各候选模型仅用训练数据、以 ${folds} 折交叉验证比较。`,
      }
    : {
        en: 'The candidates were compared on a part of the training rows that they had not learnt from.',
        zh: '各候选模型在训练数据中未参与其训练的部分上比较。',
      };

export function rowsInWords({ rows }: TableReportInput): Localized {
  const { read, used, setAside, train, test } = rows;
  const others = used - train - test;
  const neither =
    others > 0
      ? {
          en: ` The other ${count(others)} repeat tested rows or go with them, or are kept to compare models on.`,
          zh: `其余 ${count(others)} 行与检验数据重复或同组，或留作模型比较之用。`,
        }
      : same('');
  return {
    en: `${count(read)} rows were read, ${count(used)} used, ${count(setAside)} set aside. ${count(train)} were learnt from and ${count(test)} tested on.${neither.en}`,
    zh: `读取 ${count(read)} 行，使用 ${count(used)} 行，搁置 ${count(setAside)} 行；其中 ${count(train)} 行用于训练，${count(test)} 行用于检验。${neither.zh}`,
  };
}

export function makingSection(input: TableReportInput): Section {
  const { split, candidates, evaluation, notes } = input;
  const { title, format } = metricOf(evaluation.metric);
  return {
    id: 'making',
    title: { en: 'How it was made', zh: '训练过程' },
    blocks: [
      { kind: 'text', text: rowsInWords(input) },
      { kind: 'text', text: splitInWords(split) },
      { kind: 'text', text: foldsInWords(split) },
      {
        kind: 'table',
        columns: [
          { label: { en: 'Candidate', zh: '候选模型' } },
          {
            label: { en: `${capitalized(title).en}, by cross-validation`, zh: `交叉验证的 ${title.zh}` },
            align: 'right',
          },
          { label: { en: 'Chosen', zh: '选用' } },
        ],
        rows: candidates.map(({ name, score, chosen }) => [
          candidateName(name),
          score === null ? { en: 'not finished', zh: '未完成' } : format(score),
          chosen ? '✓' : '',
        ]),
      },
      ...(notes.length > 0 ? [{ kind: 'list' as const, ordered: false, items: notes }] : []),
    ],
  };
}
