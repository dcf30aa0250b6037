/** What to know before trusting an analysis: small samples, lopsided ones, and what the file does not hold. */
import { type Localized, percent } from '@gradus/base';
import type { Review } from '../review.ts';
import type { DemandAnalysis, Warning } from './findings.ts';

type Facts = Omit<DemandAnalysis, 'warnings' | 'actions' | 'protect' | 'themes'> & {
  readonly sentiment: boolean;
};

const FEW_REVIEWS = 200;
const RARE_CLASS = 0.1;
const MANY_WITHOUT_THEME = 0.3;

export function warningsOf(facts: Facts, reviews: readonly Review[]): Warning[] {
  return CHECKS.flatMap(({ id, check }) => {
    const text = check(facts, reviews);
    return text ? [{ id, text }] : [];
  });
}

const CHECKS: readonly { id: string; check(facts: Facts, reviews: readonly Review[]): Localized | null }[] = [
  {
    id: 'small-sample',
    check: ({ reviews }) =>
      reviews < FEW_REVIEWS
        ? {
            en: `Only ${reviews} reviews: themes are rough, intervals are wide, and what is not said may only be unseen. A few hundred reviews give a usable picture.`,
            zh: `只有 ${reviews} 条评价：主题较粗，区间较宽，没提到的未必不存在。几百条评价才能看得清楚。`,
          }
        : null,
  },
  {
    id: 'no-labels',
    check: ({ sentiment }) =>
      sentiment
        ? null
        : {
            en: 'The file gives no ratings or labels, or too few, to learn sentiment from, so only themes and trends are shown. A column of stars, or of satisfied/dissatisfied marks on a few hundred rows, would add: how satisfied people are with each theme, how severe it is, what it costs in rating, opportunity scores, and a list of what to fix and what to protect.',
            zh: '文件中没有评分或标签，或数量太少，无法学习情感，因此只给出主题和趋势。若有一列星级，或为几百行标上满意/不满意，就还能得到：每个主题的满意程度、严重程度、对评分的影响、机会得分，以及该改进什么、该保护什么。',
          },
  },
  {
    id: 'labels-only',
    check: ({ outcome }) =>
      outcome?.source === 'label'
        ? {
            en: 'The file has labels but no ratings: effects are given as shares of satisfied reviews, not in points.',
            zh: '文件有标签而没有评分：影响以满意评价的比例表示，而不是分数。',
          }
        : null,
  },
  {
    id: 'no-outcome',
    check: ({ outcome, sentiment }) =>
      sentiment && !outcome
        ? {
            en: 'Too few reviews carry a rating or a label to measure what themes cost or earn; no effects or opportunity scores are given.',
            zh: '带评分或标签的评价太少，无法衡量各主题的得失，因此不给出影响和机会得分。',
          }
        : null,
  },
  {
    id: 'imbalance',
    check: ({ satisfied }) => {
      if (!satisfied || Math.min(satisfied.value, 1 - satisfied.value) >= RARE_CLASS) return null;
      const share = percent(Math.min(satisfied.value, 1 - satisfied.value));
      return satisfied.value > 0.5
        ? {
            en: `Only ${share} of the reviews are dissatisfied: problems rest on few voices.`,
            zh: `只有 ${share} 的评价不满意：关于问题的结论只有少数声音支持。`,
          }
        : {
            en: `Only ${share} of the reviews are satisfied: strengths rest on few voices.`,
            zh: `只有 ${share} 的评价满意：关于优点的结论只有少数声音支持。`,
          };
    },
  },
  {
    id: 'no-trends',
    check: ({ timeline }, reviews) => {
      if (timeline) return null;
      const dated = reviews.filter(({ time }) => time !== undefined).length;
      return dated === 0
        ? {
            en: 'The file has no dates: nothing can be said about trends.',
            zh: '文件中没有日期：无法判断趋势。',
          }
        : {
            en: `${dated} dated reviews over too short a time, or too few of them, to speak of trends.`,
            zh: `有日期的评价为 ${dated} 条，数量太少或时间跨度太短，无法判断趋势。`,
          };
    },
  },
  {
    id: 'odd-dates',
    check: ({ timeline }) =>
      timeline && timeline.outside > 0
        ? {
            en: `${timeline.outside} reviews have dates far from all others; they are left out of trends.`,
            zh: `${timeline.outside} 条评价的日期与其他评价相差甚远，未计入趋势。`,
          }
        : null,
  },
  {
    id: 'one-product',
    check: ({ products }, reviews) => {
      if (products.length > 0 || !reviews.some(({ product }) => product)) return null;
      return {
        en: 'Fewer than two products have enough reviews (20) to be compared.',
        zh: '评价数达到 20 条、可供比较的产品不足两个。',
      };
    },
  },
  {
    id: 'without-theme',
    check: ({ withoutTheme }) =>
      withoutTheme > MANY_WITHOUT_THEME
        ? {
            en: `${percent(withoutTheme)} of the clauses fit no theme: the shares below leave out what they speak of.`,
            zh: `${percent(withoutTheme)} 的分句不属于任何主题：下面的占比没有包括它们谈到的内容。`,
          }
        : null,
  },
];
