/**
 * What follows from a complaint, in the reviews that make it: when it shows ("after a month"), and what customers then do (throw it away, send it
 * back, leave). It belongs in the title, where the reviews of a point say so more often than those of the other complaints do (Fisher's exact
 * test, corrected together by Benjamini and Hochberg, 1995).
 */
import type { Localized } from '@gradus/base';
import { benjaminiHochberg, fisherExact } from '@gradus/stats';
import { asRead } from '../clauses.ts';
import { l } from '../needs/lexicon/judgement.ts';
import type { AnalysisInput } from './input.ts';
import type { Mention } from './mentions.ts';

interface Kind {
  readonly id: string;
  /** Behind the sentence of a complaint. */
  readonly says: Localized;
  readonly en: RegExp;
  readonly zh: RegExp;
  /** Said in the clause itself; else in the next one too. */
  readonly isInside: boolean;
  /** Of what it is no consequence, but the same thing said again: themes and judgements. */
  readonly notOf: RegExp;
}

/** "after a month", "within two weeks", "in 3 days"; 用了两个月, 三天就. */
const after = (unit: string) =>
  new RegExp(
    `\\b(?:after|within|in|lasted)(?: (?:only|just|about|less than))? (?:a|an|one|two|three|four|five|six|\\d+|(?:a )?(?:few|couple(?: of)?)) ${unit}s?\\b`,
    'iu',
  );
const used = (unit: string) =>
  new RegExp(
    `(?:用了?|才|不到|没过|过了|买了?)(?:才|不到|没)?[一二两三四五六七八九十几半\\d]+(?:多)?${unit}|[一二两三四五六七八九十几半\\d]+${unit}(?:不到|就|后)`,
    'u',
  );

const KINDS: readonly Kind[] = [
  ...(
    [
      ['days', 'day', '天', l(', often after days', '，常在几天后')],
      ['weeks', 'week', '(?:周|星期|礼拜)', l(', often after weeks', '，常在几周后')],
      ['months', 'month', '个?月', l(', often after months', '，常在几个月后')],
    ] as const
  ).map(
    ([id, en, zh, says]): Kind => ({
      id,
      says,
      en: after(en),
      zh: used(zh),
      isInside: true,
      notOf: /^(?:delivery|refund|support|contact|order|queue|price|offers|fees)\b|\.slow$/u,
    }),
  ),
  {
    id: 'discarded',
    says: l(', and is thrown away', '，只好扔掉'),
    en: /\b(?:threw|throw|thrown|throwing|tossed|binned) (?:it |them |this |that |most |all )?(?:away|out|in the (?:trash|bin))|\b(?:in|into) the (?:trash|bin|garbage)\b|\binedible\b/iu,
    zh: /扔了|扔掉|全扔|都扔|倒掉|倒了|没法吃|吃不下|没吃/u,
    isInside: false,
    notOf: /bad-taste$/u,
  },
  {
    id: 'returned',
    says: l(', and customers want their money back', '，顾客要求退款'),
    en: /\b(?:return(?:ed|ing)? (?:it|them|this)|send(?:ing)? (?:it|them) back|sent (?:it|them) back|refund|money back)\b/iu,
    zh: /退货|退款|退钱|退单|退掉|取消订单/u,
    isInside: false,
    notOf: /^(?:refund|honesty)\b/u,
  },
  {
    id: 'chased',
    says: l(', and customers have to chase it', '，顾客要打电话催'),
    en: /\b(?:had to|have to|kept) (?:call|calling|email|emailing|chase|chasing)\b|\bcalled (?:them |the \w+ )?(?:twice|several|three|\d+|again)\b/iu,
    zh: /打电话催|电话催|催了|催单|打了[好几多两三四五\d]+[个次遍]?电话/u,
    isInside: false,
    notOf: /^(?:contact|support)\b/u,
  },
  {
    id: 'left',
    says: l(', and customers leave', '，顾客表示不再光顾'),
    en: /\b(?:never (?:again|order|buy|return|shop|going back|coming back)|(?:won['’]?t|will not) (?:be )?(?:order|buy|com(?:e|ing) back|return|shop)\w*|last time (?:i|we) (?:order|buy))\b/iu,
    zh: /再也不(?!用|必|怕)|不会再|不再(?:来|买|点|订|光顾)|最后一次|绝不|不敢再/u,
    isInside: false,
    notOf: /^$/u,
  },
];

const FEWEST = 5;
const LEAST_SHARE = 0.08;
const SIGNIFICANT = 0.05;

export interface Consequence {
  readonly says: Localized;
  /** Reviews of the point that say so. */
  readonly count: number;
}

/** By point; null where none stands out. @param points The complaints, with what each is: theme and judgement */
export function consequencesOf(
  points: readonly { readonly id: string; readonly mentions: readonly Mention[] }[],
  { clauses }: Pick<AnalysisInput, 'clauses'>,
): (Consequence | null)[] {
  const follows = (mention: Mention, { isInside, ...rules }: Kind): boolean =>
    mention.clauses.some((clause) => {
      const next = clauses[clause + 1];
      const { language, text } = asRead(
        clauses[clause]!.text + (!isInside && next?.review === mention.review ? next.text : ''),
      );
      return rules[language].test(text);
    });
  const tallies = points.map(({ mentions }) => ({
    n: mentions.length,
    counts: KINDS.map((kind) => mentions.filter((mention) => follows(mention, kind)).length),
  }));
  const all = tallies.reduce((sum, { n }) => sum + n, 0);
  const totals = KINDS.map((_, k) => tallies.reduce((sum, { counts }) => sum + counts[k]!, 0));
  const tried = points.flatMap(({ id }, point) =>
    KINDS.flatMap((kind, k) => {
      const [{ n, counts }, total] = [tallies[point]!, totals[k]!];
      const count = counts[k]!;
      if (kind.notOf.test(id) || count < FEWEST || count < LEAST_SHARE * n) return [];
      const isMore = count * (all - n) > (total - count) * n;
      return [{ point, kind, count, pValue: isMore ? fisherExact(count, n, total - count, all - n) : 1 }];
    }),
  );
  const corrected = benjaminiHochberg(tried.map(({ pValue }) => pValue));
  return points.map((_, point) => {
    const own = tried
      .map((one, i) => ({ ...one, pValue: corrected[i]! }))
      .filter((one) => one.point === point && one.pValue <= SIGNIFICANT);
    const best = own.sort((a, b) => a.pValue - b.pValue || b.count - a.count)[0];
    return best ? { says: best.kind.says, count: best.count } : null;
  });
}
