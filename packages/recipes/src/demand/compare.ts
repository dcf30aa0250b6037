/**
 * Step 7: is a retrained model better than the one it should replace? Both are asked about the same held-out reviews, and about the
 * newest texts where enough were held back.
 *
 * What decides is log loss, which sees how sure a model was and not only whether it was right: a paired bootstrap says whether a
 * difference is beyond chance (Efron and Tibshirani, 1993); McNemar's exact test says it of the right answers. The challenger
 * wins if its log loss is lower beyond chance on the one or the other, and nothing is worse beyond chance on either. Where they are
 * alike the champion stays: a change has a price of its own.
 */

import { type Localized, percent, Random, UserError } from '@gradus/base';
import type { Measured, Slice, Verdict } from '@gradus/loop';
import {
  accuracy,
  bootstrapDifference,
  expectedCalibrationError,
  logLoss,
  macroF1,
  mcnemar,
  type Statistic,
} from '@gradus/stats';
import { type HeldOut, readHeldOut } from './held-out.ts';
import { type Answer, openService } from './service.ts';

/** What both say of the same rows. */
interface Pair {
  readonly labels: readonly number[];
  readonly champion: readonly number[];
  readonly challenger: readonly number[];
}

const SIGNIFICANT = 0.05;

export async function compare(champion: string, challenger: string): Promise<Verdict> {
  const [old, fresh] = [readHeldOut(champion), readHeldOut(challenger)];
  if (old.rows.join() !== fresh.rows.join() || old.labels.join() !== fresh.labels.join()) {
    throw new UserError(
      'The two runs held out different reviews, so they cannot be compared. Retrain from the same file with the same seed.',
    );
  }
  const { labels } = old;
  const held = { labels, champion: old.probabilities, challenger: fresh.probabilities };
  const heldOut = weigh(held);
  const recent = fresh.recent && weigh(await withChampion(champion, fresh.recent));
  const parts = [heldOut, ...(recent ? [recent] : [])];
  const promote = parts.some(isBetter) && !parts.some(isWorse);
  return {
    promote,
    reason: reasonOf(promote, heldOut, recent),
    ...heldOut,
    ...(recent && { recent }),
    slices: slicesOf(fresh, held),
  };
}

type Weighed = Pick<Verdict, 'metrics' | 'n' | 'pValue'>;

function weigh({ labels, champion, challenger }: Pair): Weighed {
  const n = labels.length;
  const both = (measure: (probabilities: readonly number[]) => number): Measured => ({
    champion: measure(champion),
    challenger: measure(challenger),
  });
  const losses = (probabilities: readonly number[]) =>
    labels.map((label, i) => logLoss([label], [probabilities[i]!]));
  const [before, after] = [losses(champion), losses(challenger)];
  const { pValue } = bootstrapDifference(mean(after), mean(before), n, new Random('compare'));
  const right = mcnemar(correct(labels, champion), correct(labels, challenger));
  return {
    n,
    pValue,
    metrics: {
      accuracy: { ...both((p) => accuracy(labels, decide(p))), pValue: right.pValue },
      macroF1: both((p) => macroF1(labels, decide(p))),
      logLoss: { ...both((p) => logLoss(labels, p)), pValue },
      calibrationError: both((p) => expectedCalibrationError(labels, p)),
    },
  };
}

const mean =
  (values: readonly number[]): Statistic =>
  (rows) => {
    let sum = 0;
    for (const row of rows) sum += values[row]!;
    return sum / rows.length;
  };

function isBetter({ metrics: { logLoss } }: Weighed): boolean {
  return logLoss!.challenger < logLoss!.champion && logLoss!.pValue! < SIGNIFICANT;
}

function isWorse({ metrics: { accuracy, logLoss } }: Weighed): boolean {
  return (
    (accuracy!.challenger < accuracy!.champion && accuracy!.pValue! < SIGNIFICANT) ||
    (logLoss!.challenger > logLoss!.champion && logLoss!.pValue! < SIGNIFICANT)
  );
}

/** What the champion, which was made before there were these texts, says of them. */
async function withChampion(champion: string, recent: NonNullable<HeldOut['recent']>): Promise<Pair> {
  const { texts, labels, probabilities } = recent;
  const service = await openService(champion);
  try {
    const before: number[] = [];
    for (let from = 0; from < texts.length; from += AT_ONCE) {
      const { results } = (await service.answer({ texts: texts.slice(from, from + AT_ONCE) })) as {
        results: Answer[];
      };
      before.push(...results.map(({ satisfied }) => satisfied!));
    }
    return { labels, champion: before, challenger: probabilities };
  } finally {
    await service.close();
  }
}

const AT_ONCE = 500;

function reasonOf(promote: boolean, heldOut: Weighed, recent: Weighed | undefined): Localized {
  const figures = ({ metrics: { accuracy, logLoss } }: Weighed, zh: boolean) => {
    const right = `${percent(accuracy!.champion)} → ${percent(accuracy!.challenger)}`;
    const loss = `${logLoss!.champion.toFixed(4)} → ${logLoss!.challenger.toFixed(4)}`;
    return zh
      ? `准确率 ${right}（p = ${accuracy!.pValue!.toFixed(3)}），对数损失 ${loss}（p = ${logLoss!.pValue!.toFixed(3)}）`
      : `right ${right} (p = ${accuracy!.pValue!.toFixed(3)}), log loss ${loss} (p = ${logLoss!.pValue!.toFixed(3)})`;
  };
  const worse = [heldOut, recent].some((part) => part && isWorse(part));
  const head = promote
    ? { en: 'The new model takes over', zh: '新模型接替旧模型' }
    : worse
      ? {
          en: 'The old model stays, for the new one is worse beyond chance',
          zh: '保留旧模型：新模型变差，且无法用偶然解释',
        }
      : {
          en: 'The old model stays, for the new one is no better beyond chance',
          zh: '保留旧模型：新模型没有更好，差异可能只是偶然',
        };
  const newest = {
    en: recent ? `; on the ${recent.n} newest texts ${figures(recent, false)}` : '',
    zh: recent ? `；在最新的 ${recent.n} 条文本上，${figures(recent, true)}` : '',
  };
  return {
    en: `${head.en}: on the same ${heldOut.n} held-out reviews ${figures(heldOut, false)}${newest.en}.`,
    zh: `${head.zh}：在同样的 ${heldOut.n} 条留出评价上，${figures(heldOut, true)}${newest.zh}。`,
  };
}

/** Fewer rows than this say too little of a slice. */
const FEWEST_ROWS = 30;
const MOST_PRODUCTS = 20;
const NEWEST_SHARE = 0.25;

const LANGUAGES: Readonly<Record<string, Localized>> = {
  zh: { en: 'in Chinese', zh: '中文评价' },
  en: { en: 'in English', zh: '英文评价' },
  other: { en: 'in other languages', zh: '其他语言评价' },
};

function slicesOf({ languages = [], products = [], times = [] }: HeldOut, pair: Pair): Slice[] {
  const groups: [name: Localized, rows: number[]][] = [];
  const byLanguage = Map.groupBy(languages.keys(), (i) => languages[i]!);
  for (const [language, rows] of byLanguage) groups.push([LANGUAGES[language] ?? LANGUAGES.other!, rows]);
  const named = [...products.keys()].filter((i) => products[i] !== null);
  const byProduct = Map.groupBy(named, (i) => products[i]!);
  const largest = [...byProduct].sort(([, a], [, b]) => b.length - a.length).slice(0, MOST_PRODUCTS);
  for (const [product, rows] of largest) groups.push([{ en: product, zh: product }, rows]);
  const dated = [...times.keys()].filter((i) => times[i] !== null).sort((a, b) => times[a]! - times[b]!);
  const newest = dated.slice(Math.ceil((1 - NEWEST_SHARE) * dated.length));
  groups.push([{ en: 'the newest quarter', zh: '最新的四分之一' }, newest]);
  return groups.flatMap(([name, rows]): Slice[] => {
    if (rows.length < FEWEST_ROWS || rows.length === pair.labels.length) return [];
    const of = (values: readonly number[]) => rows.map((i) => values[i]!);
    const labels = of(pair.labels);
    const [before, after] = [of(pair.champion), of(pair.challenger)];
    const measured = {
      champion: accuracy(labels, decide(before)),
      challenger: accuracy(labels, decide(after)),
      pValue: mcnemar(correct(labels, before), correct(labels, after)).pValue,
    };
    return [{ name, n: rows.length, metric: 'accuracy', measured }];
  });
}

const decide = (probabilities: readonly number[]): number[] => probabilities.map((p) => (p >= 0.5 ? 1 : 0));

const correct = (labels: readonly number[], probabilities: readonly number[]): number[] =>
  decide(probabilities).map((decision, i) => (decision === labels[i] ? 1 : 0));
