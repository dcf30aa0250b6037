/**
 * Is a run that knows more the better one? Both forecast the steps that came after the earlier run's end: it from its end, the later one
 * from a roll that knew no more. A later run that is not worse takes over as soon as there are such steps: its forecasts begin where the
 * other's grow old.
 */
import { count, decimals, type Localized } from '@gradus/base';
import type { Verdict } from '@gradus/loop';
import { meanInfluence, pValueOf, uncertaintyOf } from '@gradus/stats';
import { type Judged, readJudged } from './judged.ts';

const ALPHA = 0.05;

export async function compare(champion: string, challenger: string): Promise<Verdict> {
  const [old, fresh] = [readJudged(champion), readJudged(challenger)];
  const known = new Map(old.items.map((item) => [item.item, item]));
  const pairs = fresh.items.flatMap((item) => {
    const before = known.get(item.item);
    return before ? errorsOf(before, item) : [];
  });
  const isNewer = fresh.items.some(
    ({ item, end }) => end > (known.get(item)?.end ?? Number.POSITIVE_INFINITY),
  );
  const mean = (of: (pair: Pair) => number) =>
    pairs.length === 0 ? 0 : pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const measured = {
    champion: mean(({ champion }) => champion),
    challenger: mean(({ challenger }) => challenger),
  };
  const pValue = pValueOfPairs(pairs);
  const isWorse = measured.challenger > measured.champion && pValue <= ALPHA;
  return {
    promote: isNewer && !isWorse,
    reason: reasonOf(isNewer, isWorse, pairs.length, measured),
    metrics: { scaledError: { ...measured, pValue } },
    n: pairs.length,
    pValue,
  };
}

interface Pair {
  readonly champion: number;
  readonly challenger: number;
}

type Item = Judged['items'][number];

/** One pair an item: mean absolute errors over the item's size. */
function errorsOf({ end, forecast }: Item, { rolls, scale }: Item): Pair[] {
  const told = new Map(forecast.times.map((time, k) => [time, forecast.values[k]!]));
  const roll = rolls.filter(({ origin }) => origin <= end).at(-1);
  if (!roll || !(scale > 0)) return [];
  const errors = roll.times.flatMap((time, k) => {
    const [actual, champion] = [roll.actual[k], told.get(time)];
    if (time < end || actual == null || champion === undefined) return [];
    return [
      {
        champion: Math.abs(actual - champion) / scale,
        challenger: Math.abs(actual - roll.values[k]!) / scale,
      },
    ];
  });
  if (errors.length === 0) return [];
  const mean = (of: (pair: Pair) => number) =>
    errors.reduce((sum, pair) => sum + of(pair), 0) / errors.length;
  return [{ champion: mean(({ champion }) => champion), challenger: mean(({ challenger }) => challenger) }];
}

function pValueOfPairs(pairs: readonly Pair[]): number {
  if (pairs.length < 2) return 1;
  const { value, influence } = meanInfluence(pairs.map(({ champion, challenger }) => challenger - champion));
  const p = pValueOf(value, uncertaintyOf(influence));
  return Number.isFinite(p) ? p : 1;
}

function reasonOf(isNewer: boolean, isWorse: boolean, n: number, { champion, challenger }: Pair): Localized {
  if (!isNewer)
    return {
      en: 'The new run knows no later steps than the other: it stays.',
      zh: '新运行没有更新的时间步：保留原运行。',
    };
  const figures: Localized =
    n === 0
      ? { en: 'no step was forecast by both', zh: '没有两者都预测过的时间步' }
      : {
          en: `of what came since, over ${count(n)} items, the error is ${decimals(challenger)} of the item's size instead of ${decimals(champion)}`,
          zh: `在此后的数据上（${count(n)} 个商品），误差为商品规模的 ${decimals(challenger)}，原为 ${decimals(champion)}`,
        };
  return isWorse
    ? { en: `The new run is worse beyond chance: ${figures.en}.`, zh: `新运行显著更差：${figures.zh}。` }
    : {
        en: `The new run knows later steps and is not worse: ${figures.en}.`,
        zh: `新运行包含更新的时间步，且并不更差：${figures.zh}。`,
      };
}
