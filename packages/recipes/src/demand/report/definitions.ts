import type { Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { DemandAnalysis } from '../analysis/findings.ts';

/** What each figure means, and its limits. */
export function definitions(analysis: DemandAnalysis): Section {
  const items = DEFINITIONS.filter(({ needs }) => needs?.(analysis) ?? true).map(({ text }) =>
    typeof text === 'function' ? text(analysis.noun) : text,
  );
  return {
    id: 'definitions',
    title: { en: 'Definitions and limits', zh: '指标定义与局限' },
    blocks: [
      {
        kind: 'details',
        summary: { en: 'What each figure means', zh: '各项指标的含义' },
        blocks: [{ kind: 'list', ordered: false, items }],
      },
    ],
  };
}

const sentiment = ({ themes }: DemandAnalysis) => themes.some((theme) => theme.sentiment);
const asks = ({ warnings }: DemandAnalysis) => warnings.some(({ id }) => id === 'asks');
const outcome = (analysis: DemandAnalysis) => analysis.outcome !== null;

interface Definition {
  readonly needs?: (analysis: DemandAnalysis) => boolean;
  /** Of what the rows are called, where they have no ratings or labels. */
  readonly text: Localized | ((noun: Localized) => Localized);
}

const DEFINITIONS: readonly Definition[] = [
  {
    needs: asks,
    text: {
      en: 'Themes: what the texts ask for or ask about, clustered by their words. Each is named by the words that set it apart, and shown by texts at its centre.',
      zh: '主题：文本所问或所求的内容，按用词聚类；名称取最能区分该主题的词，示例取最居中的文本。',
    },
  },
  {
    needs: (analysis) => !asks(analysis),
    text: {
      en: 'Themes and complaints of Chinese and English reviews: a table of needs that customers have of most things, and of judgements that mean the same in both languages, tells which need a clause speaks of and what it says. A clause that speaks of none has no theme. Clauses of other languages, and texts that ask rather than judge, are clustered by their words. Whether reviews with a complaint are dissatisfied more often than the others is tested on the file’s own labels or ratings (Fisher’s exact test, corrected for the number of points).',
      zh: '中英文评价的主题与抱怨：由一张通用的需求表和一张中英文同义的评价用语表判断分句谈到哪项需求、说了什么；没有谈到任何需求的分句不属于任何主题。其他语言的分句，以及提问而非评价的文本，按用词聚类。提出某项抱怨的评价是否更常不满意，以文件自身的标签或评分检验（Fisher 精确检验，并按要点数校正）。',
    },
  },
  {
    text: ({ en, zh }) => ({
      en: `Share: the share of all ${en}s with at least one clause on the theme; a ${en} counts once for each theme. Intervals are 95% Wilson intervals.`,
      zh: `占比：全部${zh}中至少有一个分句谈到该主题的比例；每条${zh}对每个主题只计一次。区间为 95% Wilson 区间。`,
    }),
  },
  {
    needs: sentiment,
    text: {
      en: 'Satisfaction: the probability that the clauses on the theme praise rather than complain, averaged over the reviews that mention it and say so; clauses that do neither are left out. It is told from what the ratings or labels of whole reviews teach of words, from words that praise or blame anywhere, from the review itself, and from how the clause is made. A single clause is less certain than the average: of 300 judged by hand, about 1 in 10 leaned to the wrong side, and about 4 in 10 that say neither were taken for praise or complaint.',
      zh: '满意程度：相关分句是称赞而非抱怨的概率，取提到该主题并有所褒贬的评价的平均值；既不称赞也不抱怨的分句不计。判断依据是：整条评价的评分或标签所教会的用词、通用的褒贬词、所在的评价，以及分句的写法。单个分句不如平均值可靠：在人工标注的 300 个分句中，约十分之一偏向错误的一方，约四成中性分句被当作称赞或抱怨。',
    },
  },
  {
    needs: sentiment,
    text: {
      en: 'Severity: how low reviews that are dissatisfied with the theme rate, from 0 (the best rating) to 1 (the worst); with labels only, the share of them labelled dissatisfied. Shown from five such reviews on.',
      zh: '严重程度：对该主题不满意的评价的评分有多低，0 为最高评分，1 为最低评分；只有标签时，为其中标为不满意的比例。至少五条这样的评价才给出。',
    },
  },
  {
    needs: sentiment,
    text: {
      en: 'Problem: satisfaction significantly below 50%, or below the file’s average with at least 30% dissatisfied. Strength: significantly above 50% and not below the average. Mixed: all others, and what the file’s own labels contradict.',
      zh: '问题：满意程度显著低于 50%，或低于全文件平均且至少三成不满意。优点：显著高于 50% 且不低于平均。其余，以及与文件自身标签相矛盾的，为褒贬不一。',
    },
  },
  {
    needs: outcome,
    text: {
      en: 'Effect of a complaint or of praise: the difference in the rating (with labels only, in the share of satisfied reviews) between reviews with and without such a mention, with the other themes and the product held equal, by linear regression with robust errors (HC3). A model trained on the same ratings recognizes complaints. Effects are associations, not causes.',
      zh: '抱怨或称赞的影响：在其他主题和产品相同的条件下，有无此类提及的评价在评分上的差异（只有标签时为满意比例的差异）；采用稳健误差（HC3）的线性回归。是否抱怨由用同一批评分训练的模型判断。影响是相关，不是因果。',
    },
  },
  {
    needs: outcome,
    text: {
      en: 'Opportunity (after Ulwick, 2002): importance + max(importance − satisfaction, 0), each from 0 to 10. Ulwick asks customers; here both are estimated from reviews. Importance: 10 × the square root of how often the theme is mentioned (relative to the most mentioned) times how much a mention changes the rating (relative to half the scale). Satisfaction: 10 × the share of satisfied ones among the mentions that praise or complain. The interval comes from a bootstrap over reviews. Confidence is high with at least 100 mentions and an interval no wider than 3, medium with at least 30 and 6. People who write reviews do not represent all customers.',
      zh: '机会得分（据 Ulwick，2002）：重要性 + max(重要性 − 满意度, 0)，两者均为 0–10。Ulwick 直接询问客户，这里两者都由评价估计。重要性：10 ×（提及频率相对最常提及主题之比 × 提及所致评分变化相对半个量程之比）的平方根。满意度：10 × 有所褒贬的提及中满意的比例。区间由对评价的自助法得到；提及不少于 100 且区间宽度不超过 3 时置信度为高，不少于 30 且不超过 6 时为中。写评价的人并不代表全部客户。',
    },
  },
  {
    needs: ({ timeline }) => timeline !== null,
    text: ({ en, zh }) => ({
      en: `Trend: whether the share of ${en}s that mention a theme changes significantly along a straight line over time (Cochran-Armitage test, widened for overdispersion, corrected for the number of themes). New: almost absent in the first third. Stable: a threefold change is ruled out. Seasons and changes in the mix of products are not removed.`,
      zh: `趋势：提到某主题的${zh}占比是否随时间沿直线显著变化（Cochran-Armitage 检验，按过度离散放宽，并按主题数校正）。新出现：前三分之一时间内几乎没有。平稳：可排除三倍的变化。未扣除季节和产品构成变化的影响。`,
    }),
  },
];
