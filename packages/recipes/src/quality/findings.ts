/** A quality run's findings as lines for a terminal. */
import { count, type Localized, percent, plural } from '@gradus/base';
import type { EvidenceKind } from './evidence/evidence.ts';
import { KINDS } from './evidence/kinds.ts';
import type { QualityComparison, QualitySummary } from './summary.ts';
import {
  figureInWords,
  judgedInWords,
  limitInWords,
  rangeInWords,
  sliceInWords,
  togetherInWords,
  verdictInWords,
} from './words.ts';

const MOST_ITEMS = 14;
const MOST_OTHERS = 3;

const LINES: readonly ((summary: QualitySummary) => readonly Localized[])[] = [
  ({ evidence }) =>
    evidence.map(({ file, kind, rows, clusteredBy }) => ({
      en: `Read ${file} (${KINDS[kind as EvidenceKind].title.en}): ${count(rows)} rows${clusteredBy === null ? '' : `, those of one "${togetherInWords(clusteredBy).en}" taken together`}.`,
      zh: `读取 ${file}（${KINDS[kind as EvidenceKind].title.zh}）：${count(rows)} 行${clusteredBy === null ? '' : `，“${togetherInWords(clusteredBy).zh}”的行合并计算`}。`,
    })),
  ({ leftOut }) =>
    leftOut.slice(0, MOST_OTHERS).map(({ reason, count: rows }) => ({
      en: `Left out: ${plural(rows, 'row')}: ${reason.en}.`,
      zh: `搁置 ${count(rows)} 行：${reason.zh}。`,
    })),
  ({ verdict, changes }) => {
    const judged = judgedInWords(changes);
    return [
      {
        en: `Verdict: ${VERDICT[verdict].en}${judged.en}.`,
        zh: `结论：${VERDICT[verdict].zh}${judged.zh}。`,
      },
    ];
  },
  ({ items }) =>
    items.slice(0, MOST_ITEMS).map((item) => {
      const say = verdictInWords(item);
      const limit = limitInWords(item);
      const value =
        item.figure === null
          ? { en: 'not measured', zh: '未测量' }
          : both(
              `${figureInWords(item.figure, item.unit)} (${rangeInWords(item.low, item.high, item.unit)})`,
            );
      return {
        en: `${item.characteristicName.en}, ${item.title.en}: ${value.en}; ${limit.en}: ${say.en}.`,
        zh: `${item.characteristicName.zh}，${item.title.zh}：${value.zh}；${limit.zh}：${say.zh}。`,
      };
    }),
  ({ changes }) =>
    changes
      .filter(({ verdict, measure }) => verdict !== 'cannot tell' && !measure.startsWith('written_'))
      .slice(0, MOST_OTHERS)
      .map(({ title, before, after, figureBefore, figureAfter, unit, verdict }) => ({
        en: `${after} is ${verdict} than ${before}: ${title.en} ${figureInWords(figureBefore, unit)} → ${figureInWords(figureAfter, unit)}.`,
        zh: `${after} 比 ${before} ${verdict === 'better' ? '好' : '差'}：${title.zh} ${figureInWords(figureBefore, unit)} → ${figureInWords(figureAfter, unit)}。`,
      })),
  ({ comparisons }) => {
    const shown = Map.groupBy(
      comparisons.filter(({ measure }) => !measure.startsWith('written_')),
      ({ source, measure }) => `${source}\n${measure}`,
    );
    return [...shown.values()].slice(0, MOST_OTHERS).map((all) => {
      const { best, title, figureOfBest, unit } = all[0]!;
      const named = (verdict: QualityComparison['verdict']) =>
        all
          .filter((one) => one.verdict === verdict)
          .map(({ version, figure }) => `${version} (${figureInWords(figure, unit)})`);
      const [worse, alike] = [named('worse'), named('cannot tell')];
      const own = figureInWords(figureOfBest, unit);
      return {
        en: `Best ${title.en}: ${best} (${own})${worse.length > 0 ? `; worse: ${worse.join(', ')}` : ''}${alike.length > 0 ? `; cannot be told from it: ${alike.join(', ')}` : ''}.`,
        zh: `${title.zh}最佳：${best}（${own}）${worse.length > 0 ? `；更差：${worse.join('、')}` : ''}${alike.length > 0 ? `；尚不能与其区分：${alike.join('、')}` : ''}。`,
      };
    });
  },
  ({ slices }) =>
    slices
      .filter(({ isWorse }) => isWorse)
      .slice(0, MOST_OTHERS)
      .map(({ column, level, title, unit, figure, rest, burden }) => {
        const [own, others] = [figureInWords(figure, unit), figureInWords(rest, unit)];
        const slice = sliceInWords(column, level);
        return {
          en: `Worse slice: ${slice.en}: ${title.en} ${own} against ${others}; ${percent(burden)} of the loss.`,
          zh: `较差的分组：${slice.zh}：${title.zh} ${own}，其余 ${others}；占损失的 ${percent(burden)}。`,
        };
      }),
  ({ repairs }) =>
    repairs.slice(0, MOST_OTHERS).map(({ rank, what, where }) => ({
      en: `Repair ${rank}: ${what.en}.${where ? ` ${where.en}` : ''}`,
      zh: `改进 ${rank}：${what.zh}。${where?.zh ?? ''}`,
    })),
  ({ notes }) => notes.slice(0, MOST_OTHERS).map(({ en, zh }) => ({ en: `Note: ${en}`, zh: `注意：${zh}` })),
];

const both = (text: string): Localized => ({ en: text, zh: text });

const VERDICT = {
  meets: { en: 'the product meets the standard', zh: '产品达标' },
  fails: { en: 'the product fails the standard', zh: '产品不达标' },
  'cannot tell': { en: 'the evidence is not enough to tell yet', zh: '证据尚不足以判断' },
} as const;

export const qualityFindings = (summary: QualitySummary): Localized[] =>
  LINES.flatMap((line) => line(summary));
