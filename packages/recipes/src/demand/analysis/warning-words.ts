/** The sentences of warnings, by id. */
import { count, type Localized, percent, plural } from '@gradus/base';
import type { OddValue } from '@gradus/data';
import { pInWords } from '@gradus/tasks';
import { REVIEW } from '../row-noun.ts';
import type { WarningData, WarningId, WarningOf } from './warning-data.ts';

/** @param noun What the file's rows are called */
export function warningText<I extends WarningId>({ id, data }: WarningOf<I>, noun = REVIEW): Localized {
  return TEXTS[id](data, noun);
}

const LONGEST_EXAMPLE = 40;
const cut = (text: string): string =>
  text.length > LONGEST_EXAMPLE ? `${text.slice(0, LONGEST_EXAMPLE)}…` : text;

const quoted = (names: readonly string[], [open, close, comma]: string): string =>
  names.map((name) => `${open}${cut(name)}${close}`).join(comma === '、' ? '、' : ', ');

const oddValues = (values: readonly OddValue[], language: 'en' | 'zh'): string =>
  values
    .map(({ value, count: n }) =>
      language === 'en' ? `${value} (${plural(n, 'row')})` : `${value}（${count(n)} 行）`,
    )
    .join(language === 'en' ? ', ' : '、');

const TEXTS: { readonly [I in WarningId]: (data: WarningData[I], noun: Localized) => Localized } = {
  'unproven-sentiment': ({ accuracy, majority, n, pValue }) =>
    pValue === null
      ? {
          en: `The ${plural(n, 'held-out review')} are all of one class, because most reviews repeat a few phrases, so nobody can tell whether the sentiment model is any good. No problem, strength or action is claimed, and the deployed run answers no sentiment. More different reviews may change that.`,
          zh: `大多数评价重复少数几句话，留出的 ${count(n)} 条评价全属一类，无法判断情感模型好坏。因此不给出问题、优点和建议，部署后也不回答情感。补充不同的评价可能会有所改变。`,
        }
      : {
          en: `The sentiment model is not shown to be better than always guessing the larger class (${percent(accuracy)} against ${percent(majority)} on ${plural(n, 'held-out review')}, ${pInWords(pValue)}). No problem, strength or action is claimed, and the deployed run answers no sentiment. More reviews with ratings may change that.`,
          zh: `未能证明情感模型优于始终猜多数类（在 ${count(n)} 条留出评价上为 ${percent(accuracy)} 对 ${percent(majority)}，${pInWords(pValue)}）。因此不给出问题、优点和建议，部署后也不回答情感。补充带评分的评价可能会有所改变。`,
        },
  'baseline-deployed': () => ({
    en: 'TF-IDF with logistic regression was significantly more accurate on the held-out reviews than the larger sentiment model, so it was deployed in its place.',
    zh: 'TF-IDF 逻辑回归在留出评价上显著优于较大的情感模型，因此部署了前者。',
  }),
  'clauses-copied': () => ({
    en: 'The reviews are too few or too much alike to tell praise and complaint apart within a review: each clause counts as its whole review does.',
    zh: '评价太少或过于相似，无法在一条评价之内区分称赞与抱怨：每个分句按整条评价计。',
  }),
  'ratings-inverted': ({ column, scale: [low, high] }) => ({
    en: `In “${column}” ${low} is the best rating, so its ratings were turned over: ${low} counts as ${high}. If ${high} is the best, rename the column.`,
    zh: `“${column}”以 ${low} 为最好，因此评分已反转：${low} 计为 ${high}。如果 ${high} 才是最好，请修改列名。`,
  }),
  'ratings-coded': ({ column, scale: [low, high], values }) => ({
    en: `Ratings in “${column}” go from ${low} to ${high}; ${oddValues(values, 'en')} stands apart and was taken for “no answer”.`,
    zh: `“${column}”的评分为 ${low} 到 ${high}；${oddValues(values, 'zh')} 与之相距较远，按“未回答”处理。`,
  }),
  'ratings-mistyped': ({ column, scale: [low, high], values }) => ({
    en: `Ratings in “${column}” go from ${low} to ${high}; ${oddValues(values, 'en')} lies outside, was taken for a typing error and not used.`,
    zh: `“${column}”的评分为 ${low} 到 ${high}；${oddValues(values, 'zh')} 超出范围，视为输入错误，未使用。`,
  }),
  'ratings-of-several-scales': ({ column, denominators: [common, ...others] }) => ({
    en: `“${column}” has ratings out of ${[common, ...others].join(', ')}; all were converted to ${common}.`,
    zh: `“${column}”的评分分别以 ${[common, ...others].join('、')} 为满分，已全部换算为 ${common} 分制。`,
  }),
  copies: ({ texts, different, adverts, examples }) => ({
    en: `${count(texts)} texts are near-identical copies of ${different === 1 ? 'one' : count(different)} and were counted once each${adverts > 0 ? ` (${count(adverts)} advertisements not at all)` : ''}: ${examples.map(({ text, count: n }) => `“${cut(text)}” (${count(n)})`).join(', ')}.`,
    zh: `${count(texts)} 条文本是 ${count(different)} 条文本的相同或几乎相同的副本，各只计一次${adverts > 0 ? `（其中广告 ${count(adverts)} 条，不计入）` : ''}：${examples.map(({ text, count: n }) => `“${cut(text)}”（${count(n)} 条）`).join('、')}。`,
  }),
  asks: ({ isWhole }) => ({
    en: `Most texts ask for something and judge nothing: themes are what is asked for, told by the words of the texts${isWhole ? ', each of them as a whole' : ''}. If these are reviews, add a column of ratings.`,
    zh: `多数文本是提问或请求，没有作出评判：主题即所问所求，按文本的用词归纳${isWhole ? '，每条文本作为一个整体' : ''}。若这些是评价，请补充评分列。`,
  }),
  'not-analysed': ({ reviews, share }, noun) => ({
    en: `${plural(reviews, noun.en)} (${percent(share)}) in languages that Gradus does not know: they are in no theme.`,
    zh: `${count(reviews)} 条${noun.zh}（${percent(share)}）使用了 Gradus 不认识的语言，未归入任何主题。`,
  }),
  'not-compared': ({ run }) => ({
    en: `Not compared with ${run}: its themes are clusters of words and those of this run needs, or the reverse. It can still be opened and served; analyse its file again to compare.`,
    zh: `未与 ${run} 比较：两次运行的主题种类不同，一为词的聚类，一为需求。它仍可打开和部署；如需比较，请重新分析其文件。`,
  }),
  'default-texts': ({ count: n, examples }) => ({
    en: `Set aside, because nobody wrote the text: ${plural(n, 'row')} (${quoted(examples, '“”,')}).`,
    zh: `${count(n)} 行的文本并非客户所写，已搁置：${quoted(examples, '“”、')}。`,
  }),
  'cells-unread': ({ column, count: n, examples }) => ({
    en: `${plural(n, 'cell')} of “${column}” could not be read as a rating or label and was not used: ${quoted(examples, '“”,')}.`,
    zh: `“${column}”有 ${count(n)} 个单元格无法识别为评分或标签，未使用：${quoted(examples, '“”、')}。`,
  }),
  'small-sample': ({ reviews }, noun) => ({
    en: `Only ${plural(reviews, noun.en)}: themes are rough, intervals are wide, and rare topics may be missing. A few hundred ${noun.en}s give a usable picture.`,
    zh: `只有 ${count(reviews)} 条${noun.zh}：主题较粗，区间较宽，少见的话题可能没有出现。几百条${noun.zh}才能得到可用的结果。`,
  }),
  'no-labels': ({ labelled }) => ({
    en: `${labelled === 0 ? 'The file has no ratings or labels' : `${plural(labelled, 'review')} with a rating or label ${labelled === 1 ? 'is' : 'are'} too few to train a sentiment model`}, so only themes, complaints made in so many words and trends are shown. ${labelled === 0 ? 'A column of ratings, or satisfied/dissatisfied labels on a few hundred rows,' : 'A few hundred'} would add: satisfaction with each theme, its severity, its effect on the rating, opportunity scores, and lists of what to fix and what to protect.`,
    zh: `${labelled === 0 ? '文件中没有评分或标签' : `带评分或标签的评价只有 ${count(labelled)} 条，不足以训练情感模型`}，因此只给出主题、明说的抱怨和趋势。${labelled === 0 ? '若有一列评分，或为几百行标上满意/不满意' : '若有几百条'}，就还能得到：每个主题的满意程度、严重程度、对评分的影响、机会得分，以及该改进什么、该保护什么。`,
  }),
  'labels-only': () => ({
    en: 'The file has labels but no ratings: effects are shares of satisfied reviews, not rating points.',
    zh: '文件有标签而没有评分：影响以满意评价的比例表示，而不是分数。',
  }),
  'no-outcome': () => ({
    en: 'Too few reviews have a rating or a label to measure the effect of themes: effects and opportunity scores are not shown.',
    zh: '带评分或标签的评价太少，无法衡量各主题的影响，因此不给出影响和机会得分。',
  }),
  imbalance: ({ rare, share }) =>
    rare === 'dissatisfied'
      ? {
          en: `Only ${percent(share)} of the reviews are dissatisfied: conclusions about problems rest on few reviews.`,
          zh: `只有 ${percent(share)} 的评价不满意：关于问题的结论只有少数评价支持。`,
        }
      : {
          en: `Only ${percent(share)} of the reviews are satisfied: conclusions about strengths rest on few reviews.`,
          zh: `只有 ${percent(share)} 的评价满意：关于优点的结论只有少数评价支持。`,
        },
  'no-trends': ({ dated }, noun) =>
    dated === 0
      ? { en: 'The file has no dates: trends are not shown.', zh: '文件中没有日期：不给出趋势。' }
      : {
          en: `Trends are not shown: ${plural(dated, noun.en)} with a date are too few, or cover too short a time.`,
          zh: `不给出趋势：有日期的${noun.zh}为 ${count(dated)} 条，数量太少或时间跨度太短。`,
        },
  'odd-dates': ({ reviews }, noun) => ({
    en: `${plural(reviews, noun.en)} with dates far from all others: left out of the trends.`,
    zh: `${count(reviews)} 条${noun.zh}的日期与其他${noun.zh}相差甚远，未计入趋势。`,
  }),
  'one-product': ({ fewest }, noun) => ({
    en: `Products are not compared: fewer than two have ${fewest} ${noun.en}s.`,
    zh: `未比较各产品：${noun.zh}数达到 ${fewest} 条的产品不足两个。`,
  }),
  'without-theme': ({ share }) => ({
    en: `${percent(share)} of the clauses belong to no theme; the shares below do not include them.`,
    zh: `${percent(share)} 的分句不属于任何主题；下面的占比不包括它们。`,
  }),
};
