/** What is said of judges: their figures, their ranking, and what to beware of. */
import { type Localized, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import { benjaminiHochberg, pValueOf } from '@gradus/stats';
import {
  estimateFigure,
  FALSE_DISCOVERIES,
  type Figure,
  type FigureEstimate,
  pInWords,
  type Ratio,
  ratioDifference,
  ratioInfluence,
} from '@gradus/tasks';
import { figureInWords, rangeInWords } from '../words.ts';
import type { Ranked } from './evidence.ts';
import type { Verdicts } from './judge-verdicts.ts';

const MOST_SHOWN = 40;

export function figuresOf({ name, right, consistent, bias, kappa }: Verdicts, isNamed: boolean): Figure[] {
  const suffix = isNamed ? `:${name}` : '';
  const of = isNamed ? { en: ` of ${name}`, zh: `（${name}）` } : { en: '', zh: '' };
  const title = (en: string, zh: string) => ({ en: `${en}${of.en}`, zh: `${zh}${of.zh}` });
  return [
    {
      id: `judge_accuracy${suffix}`,
      title: title('judge says what people say', '评审与人工一致率'),
      unit: 'share',
      better: 'more',
      values: right,
    },
    ...(kappa
      ? [
          {
            id: `judge_kappa${suffix}`,
            title: title('kappa of the judge', '评审的 kappa'),
            unit: 'number' as const,
            better: 'more' as const,
            values: { kind: 'whole' as const, estimate: kappa },
          },
        ]
      : []),
    ...(consistent
      ? [
          {
            id: `judge_consistency${suffix}`,
            title: title('same verdict in both orders', '两种顺序判断一致'),
            unit: 'share' as const,
            better: 'more' as const,
            values: consistent,
          },
        ]
      : []),
    ...(bias
      ? [
          {
            id: `judge_position_bias${suffix}`,
            title: title('verdicts for the first shown less those for the second', '偏向先出现者的程度'),
            unit: 'number' as const,
            better: 'less' as const,
            values: bias,
          },
        ]
      : []),
  ];
}

export function rankedOf(verdicts: Verdicts): Ranked[] {
  const { name, accuracy } = verdicts;
  const titled = figuresOf(verdicts, false);
  return titled.flatMap(({ id, title, unit, values }) => {
    const estimate = estimateFigure(values);
    return estimate
      ? [{ measure: id, title, unit, version: name, estimate: id === 'judge_accuracy' ? accuracy : estimate }]
      : [];
  });
}

export function notesOn(judged: readonly Verdicts[], chance: number): Localized[] {
  const below = judged.filter(({ accuracy }) => accuracy.high < chance).map(({ name }) => name);
  // Among many judges some would seem swayed by chance.
  const pValues = judged.map(({ bias }) => {
    const found = bias && ratioInfluence(bias);
    return found ? pValueOf(found.value, found.uncertainty) : 1;
  });
  const adjusted = benjaminiHochberg(pValues);
  const swayed = judged.filter((_, i) => adjusted[i]! < FALSE_DISCOVERIES);
  const list = (names: readonly string[]) => names.slice(0, 6).join(', ') + (names.length > 6 ? ', …' : '');
  const constant = judged.filter((one) => one.constant !== undefined);
  return [
    ...constant.slice(0, MOST_SHOWN).map(({ name, constant: said }) => ({
      en: `The judge "${name}" says "${said}" of everything, so it tells nothing: where it agrees with people it does so by chance.`,
      zh: `评审“${name}”对所有回答都判为“${said}”，没有提供任何信息：与人工一致只是碰巧。`,
    })),
    ...(below.length === 0
      ? []
      : [
          {
            en: `Below chance: ${list(below)} (${below.length}). Such a judge is worse than a coin.`,
            zh: `低于随机水平：${list(below)}（${below.length} 个）。这样的评审不如抛硬币。`,
          },
        ]),
    ...(swayed.length === 0
      ? []
      : [
          {
            en: `Swayed by the place of an answer: ${list(swayed.map(({ name }) => name))} (${swayed.length} of ${judged.length}).`,
            zh: `受回答位置影响：${list(swayed.map(({ name }) => name))}（${judged.length} 个中的 ${swayed.length} 个）。`,
          },
        ]),
  ];
}

export function judgeSection(
  judged: readonly Verdicts[],
  clusters: Int32Array | undefined,
  chance: number,
): Section {
  const [best] = judged as [Verdicts];
  return {
    id: 'judges',
    title: { en: 'Judges', zh: '评审' },
    blocks: [
      {
        kind: 'table',
        columns: [
          { label: { en: 'judge', zh: '评审' } },
          { label: { en: 'says what people say', zh: '与人工一致' }, align: 'right' },
          { label: { en: 'kappa', zh: 'kappa' }, align: 'right' },
          { label: { en: 'same in both orders', zh: '两种顺序一致' }, align: 'right' },
          { label: { en: 'for the first shown', zh: '偏向先出现者' }, align: 'right' },
          { label: { en: 'against the best', zh: '与最佳相比' } },
        ],
        rows: judged
          .slice(0, MOST_SHOWN)
          .map((one) => [
            one.name,
            shown(one.accuracy) + (one.accuracy.high < chance ? ' ▼' : ''),
            one.kappa
              ? `${one.kappa.value.toFixed(2)} (${one.kappa.low.toFixed(2)} – ${one.kappa.high.toFixed(2)})`
              : '–',
            one.consistent ? shown(estimateFigure(one.consistent, clusters)!) : '–',
            one.bias ? signedShare(estimateFigure(one.bias, clusters)!) : '–',
            one === best ? { en: 'the best', zh: '最佳' } : againstBest(best, one, clusters),
          ]),
      },
      {
        kind: 'text',
        text: {
          en: 'Judges are compared on the same items, as pairs. ▼: below chance beyond doubt. “For the first shown”: verdicts for the answer shown first less those for the second, of all pairs.',
          zh: '各评审在相同题目上配对比较。▼：确定低于随机水平。“偏向先出现者”：判先出现者更好的比例减去判后出现者更好的比例。',
        },
      },
    ],
  };
}

/** Rows of both judges side by side, for the difference. */
function againstBest(best: Verdicts, one: Verdicts, clusters: Int32Array | undefined): Localized {
  const own = new Set(one.rows);
  const both: Ratio = {
    kind: 'ratio',
    range: 'share',
    numerator: best.right.numerator.map((value, row) => value + one.right.numerator[row]!),
    denominator: best.right.denominator.map((value, row) => value + one.right.denominator[row]!),
  };
  const isShared = best.rows.some((row) => own.has(row));
  const found = isShared
    ? sideBySide(best.right, one.right, clusters)
    : ratioDifference(
        both,
        clusters,
        (row) => own.has(row),
        (row) => !own.has(row) && best.right.denominator[row]! > 0,
      );
  if (!found) return { en: '–', zh: '–' };
  const p = pInWords(found.pValue);
  return found.pValue < 0.05
    ? { en: `worse (${p})`, zh: `较差（${p}）` }
    : { en: `cannot tell (${p})`, zh: `尚不能判断（${p}）` };
}

const shareOf = ({ numerator, denominator }: Ratio, row: number): number =>
  numerator[row]! / denominator[row]!;

/** Judges in columns side by side have rows in common: what the one is right and the other wrong on is a figure of its own. */
function sideBySide(
  best: Ratio,
  one: Ratio,
  clusters: Int32Array | undefined,
): { readonly pValue: number } | undefined {
  const denominator = best.denominator.map((value, row) => Number(value > 0 && one.denominator[row]! > 0));
  const found = ratioInfluence(
    {
      kind: 'ratio',
      range: 'any',
      numerator: denominator.map((is, row) => (is ? shareOf(best, row) - shareOf(one, row) : 0)),
      denominator,
    },
    clusters,
  );
  return found && { pValue: pValueOf(found.value, found.uncertainty) };
}

const shown = ({ value, low, high }: FigureEstimate): string =>
  `${percent(value)} (${percent(low)} – ${percent(high)})`;
const signedShare = ({ value, low, high }: FigureEstimate): string =>
  `${figureInWords(value, 'share')} (${rangeInWords(low, high, 'share')})`;
