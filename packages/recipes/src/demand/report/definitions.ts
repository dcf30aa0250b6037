import type { Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';

/** What each figure means, and what it cannot say. */
export function definitions(analysis: DemandAnalysis): Section {
  const items = DEFINITIONS.filter(({ needs }) => needs?.(analysis) ?? true).map(({ text }) => text);
  return {
    id: 'definitions',
    title: { en: 'What the figures mean, and their limits', zh: '数字的含义与局限' },
    blocks: [{ kind: 'list', ordered: false, items }],
  };
}

const sentiment = ({ themes }: DemandAnalysis) => themes.some((theme) => theme.sentiment);
const outcome = (analysis: DemandAnalysis) => analysis.outcome !== null;

const DEFINITIONS: readonly { needs?: (analysis: DemandAnalysis) => boolean; text: Localized }[] = [
  {
    text: {
      en: 'Share: of all reviews, those with at least one clause on the theme; a review counts once for each theme. Intervals are Wilson’s, 95%.',
      zh: '占比：全部评价中至少有一个分句谈到该主题的比例；每条评价对每个主题只计一次。区间为 95% Wilson 区间。',
    },
  },
  {
    needs: sentiment,
    text: {
      en: 'Satisfaction: the mean, over the reviews that mention the theme, of the sentiment model’s probability that the clauses on it are satisfied. The model learns from whole reviews and is applied to clauses, which are shorter: single clauses are less certain than their mean.',
      zh: '满意程度：在提到该主题的评价中，情感模型判断相关分句满意的概率的平均值。模型由整条评价学得，用于更短的分句：单个分句不如平均值可靠。',
    },
  },
  {
    needs: sentiment,
    text: {
      en: 'Severity: how low the reviews fall that are dissatisfied with the theme, from 0 (best rating) to 1 (worst); with labels only, the share of them labelled dissatisfied. Shown from five such reviews on.',
      zh: '严重程度：对该主题不满意的评价最终跌到多低，0 为最高评分，1 为最低；只有标签时，为其中标为不满意的比例。至少五条这样的评价才给出。',
    },
  },
  {
    needs: sentiment,
    text: {
      en: 'Problem: satisfaction below 50% beyond chance, or below the file’s average with three in ten dissatisfied. Strength: above 50% beyond chance and not below average. Else mixed.',
      zh: '问题：满意程度显著低于 50%，或低于全文件平均且至少三成不满意。优点：显著高于 50% 且不低于平均。其余为褒贬不一。',
    },
  },
  {
    needs: outcome,
    text: {
      en: 'What a complaint or praise goes with: the difference in the rating (with labels only, in the share of satisfied reviews) between reviews with and without such a mention, other themes and the product being equal; a linear regression with robust errors (HC3). Whether a mention complains is judged by a model that learnt from the same ratings. It shows what goes together, not what causes what.',
      zh: '抱怨或称赞时的评分变化：在其他主题和产品相同的条件下，有无此类提及的评价在评分上的差异（只有标签时为满意比例的差异）；采用稳健误差（HC3）的线性回归。是否抱怨由从同一批评分学得的模型判断。它说明相关，不说明因果。',
    },
  },
  {
    needs: outcome,
    text: {
      en: 'Opportunity (after Ulwick, 2002): importance + max(importance − satisfaction, 0), each on 0–10. Ulwick asks customers; here both are proxies. Importance: 10 × the square root of how often the theme is mentioned (relative to the most mentioned) times how far a mention moves the rating (relative to half the scale). Satisfaction: 10 × the share of its mentions that are satisfied. The interval is a bootstrap over reviews; confidence is high from 100 mentions and an interval of 3 on, medium from 30 and 6 on. People who write reviews are not all customers.',
      zh: '机会得分（据 Ulwick，2002）：重要性 + max(重要性 − 满意度, 0)，两者均为 0–10。Ulwick 直接询问客户，这里两者都是替代指标。重要性：10 ×（提及频率相对最常提及主题之比 × 提及所致评分变化相对半个量程之比）的平方根。满意度：10 × 满意提及的比例。区间由对评价的自助法得到；提及不少于 100 且区间宽度不超过 3 时把握为高，不少于 30 且不超过 6 时为中。写评价的人并不代表全部客户。',
    },
  },
  {
    needs: ({ timeline }) => timeline !== null,
    text: {
      en: 'Trend: whether the share of reviews that mention a theme changes along a straight line over time, beyond chance (Cochran-Armitage, widened for overdispersion, corrected for the number of themes). New: all but absent in the first third. Stable: a threefold change is ruled out. Seasons and a changing mix of products are not taken out.',
      zh: '趋势：提到某主题的评价占比是否随时间沿直线变化且超出偶然（Cochran-Armitage 检验，按过度离散放宽，并按主题数校正）。新出现：前三分之一时间内几乎没有。平稳：可排除三倍的变化。未扣除季节和产品构成变化的影响。',
    },
  },
];
