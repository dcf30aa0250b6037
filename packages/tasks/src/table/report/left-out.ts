/** What was left out and why, a sentence a column. */
import { count, type Localized } from '@gradus/base';
import { type Section, shortened } from '@gradus/report';
import { same } from '../../shared/words.ts';
import type { Leak, LeftOut } from '../columns.ts';
import { metricNamed } from '../evaluation/metrics.ts';
import type { TableReportInput } from './input.ts';
import { perHundred } from './readings.ts';

const MOST_ROWS = 40;
const VALUE_WIDTH = 40;

type Reasons = {
  readonly [K in LeftOut['code']]: (leftOut: Extract<LeftOut, { code: K }>, target: string) => Localized;
};

const REASONS: Reasons = {
  asked: () => ({ en: 'You asked for it.', zh: '按您的要求。' }),
  empty: () => ({ en: 'It is empty.', zh: '整列为空。' }),
  constant: ({ value }) => {
    const shown = shortened(value, VALUE_WIDTH);
    return { en: `It holds one value only: “${shown}”.`, zh: `只有一个取值：“${shown}”。` };
  },
  identifier: () => ({
    en: 'It has another value in (nearly) every row, as a number or name of the row has.',
    zh: '几乎每行取值都不同，像是编号或名称。',
  }),
  time: () => ({ en: 'It says when, and was used to split the rows.', zh: '表示时间，用于划分数据。' }),
  group: () => ({ en: 'It says which rows belong together.', zh: '表示哪些行属于同一组。' }),
  weight: () => ({ en: 'It says how much a row counts.', zh: '表示每行的权重。' }),
  'too-many': () => ({
    en: 'There are more columns than are learnt from, and others tell more.',
    zh: '列数过多，其他列信息更多。',
  }),
  'too-many-texts': () => ({
    en: 'There are more columns of texts than are learnt from, and others have longer texts.',
    zh: '文本列过多，其他列的文本更长。',
  }),
  'too-many-images': () => ({
    en: 'There are more columns of images than are learnt from.',
    zh: '图像列过多。',
  }),
  leak: ({ leak }, target) => leakInWords(leak, target),
};

type Leaks = {
  readonly [K in Leak['code']]: (leak: Extract<Leak, { code: K }>, target: string) => Localized;
};

const LEAKS: Leaks = {
  copy: (_, target) => ({
    en: `It gives ${target} away: it says the same in other words.`,
    zh: `泄漏了 ${target}：与之一一对应。`,
  }),
  'too-good': ({ score, metric }, target) => {
    const title = metricNamed(metric);
    return {
      en: `It gives ${target} away: alone it predicts it nearly perfectly (${title.en} ${score.toFixed(3)}), as hardly anything does that is known beforehand.`,
      zh: `泄漏了 ${target}：仅凭此列就几乎能完全预测（${title.zh} ${score.toFixed(3)}），事先已知的信息很少能做到。`,
    };
  },
  level: ({ level, label, rows, share, base }, target) => {
    const shown = shortened(level, VALUE_WIDTH);
    return {
      en: `It gives ${target} away: ${perHundred(share)} of 100 rows with “${shown}” (${count(rows)} rows) are “${label}”, against ${perHundred(base)} of 100 among all rows.`,
      zh: `泄漏了 ${target}：取值为“${shown}”的 ${count(rows)} 行中，每 100 行有 ${perHundred(share)} 行为“${label}”，而全部数据中每 100 行仅 ${perHundred(base)} 行。`,
    };
  },
  presence: ({ isMissing, label, rows, share, base }, target) => ({
    en: `It gives ${target} away: ${perHundred(share)} of 100 rows where it is ${isMissing ? 'empty' : 'filled'} (${count(rows)} rows) are “${label}”, against ${perHundred(base)} of 100 among all rows.`,
    zh: `泄漏了 ${target}：此列${isMissing ? '为空' : '有值'}的 ${count(rows)} 行中，每 100 行有 ${perHundred(share)} 行为“${label}”，而全部数据中每 100 行仅 ${perHundred(base)} 行。`,
  }),
};

export function leftOutInWords<K extends LeftOut['code']>(
  leftOut: Extract<LeftOut, { code: K }>,
  target: string,
): Localized {
  return REASONS[leftOut.code as K](leftOut, target);
}

function leakInWords<K extends Leak['code']>(leak: Extract<Leak, { code: K }>, target: string): Localized {
  return LEAKS[leak.code as K](leak, target);
}

/** Names of columns that give the target away. */
export const leaksOf = ({ leftOut }: Pick<TableReportInput, 'leftOut'>): string[] =>
  Object.keys(leftOut).filter((name) => leftOut[name]!.code === 'leak');

const MOST_NAMED = 5;

/** Which columns were not learnt from since they give the target away, and how to learn from one all the same. */
export function leaksInWords({ leftOut, target }: TableReportInput): Localized[] {
  const names = leaksOf({ leftOut });
  if (names.length === 0) return [];
  const more =
    names.length > MOST_NAMED
      ? { en: ` and ${names.length - MOST_NAMED} more`, zh: `等 ${names.length} 列` }
      : same('');
  const shown = names.slice(0, MOST_NAMED);
  return [
    {
      en: `Not learnt from, since ${names.length === 1 ? 'it seems to give' : 'they seem to give'} ${target.name} away: ${shown.join(', ')}${more.en}. If ${names.length === 1 ? 'it' : 'one'} is known before ${target.name} is, say --keep ${shown[0]}.`,
      zh: `以下列似乎泄漏了 ${target.name}，未参与学习：${shown.join('、')}${more.zh}。如果某列在 ${target.name} 之前就已知，请加上 --keep ${shown[0]}。`,
    },
  ];
}

/** Nothing where all columns were learnt from. */
export function leftOutSection({ leftOut, target }: TableReportInput): Section[] {
  const leaks = new Set(leaksOf({ leftOut }));
  const names = Object.keys(leftOut);
  if (names.length === 0) return [];
  const ordered = [...leaks, ...names.filter((name) => !leaks.has(name))];
  const more = ordered.length - MOST_ROWS;
  return [
    {
      id: 'left-out',
      title: { en: 'Columns left out', zh: '未使用的列' },
      blocks: [
        {
          kind: 'table',
          columns: [{ label: { en: 'Column', zh: '列' } }, { label: { en: 'Why', zh: '原因' } }],
          rows: ordered
            .slice(0, MOST_ROWS)
            .map((name) => [same(name), leftOutInWords(leftOut[name]!, target.name)]),
        },
        ...(more > 0
          ? [
              {
                kind: 'text' as const,
                text: { en: `… and ${count(more)} more.`, zh: `…… 另有 ${count(more)} 列。` },
              },
            ]
          : []),
      ],
    },
  ];
}
