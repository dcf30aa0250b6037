/** Ratings and satisfaction labels as tables write them. */

const CHINESE_DIGITS = '零一二三四五六七八九十';

/** `4`, `4.5`, `4/5`, `4 stars`, `★★★★☆`, `四星`, `80分`; undefined for anything else. */
export function parseRating(cell: string): number | undefined {
  const text = cell.trim().normalize('NFKC');
  const number = /^(-?\d+(?:[.,]\d+)?)\s*(?:\/\s*\d+|stars?|points?|out of \d+(?: stars?)?|颗?星|分)?$/i.exec(
    text,
  )?.[1];
  if (number) return Number(number.replace(',', '.'));
  if (/^[★⭐]+[☆✩]*$/u.test(text)) return text.match(/[★⭐]/gu)!.length;
  const written = /^([零一二两三四五六七八九十])(?:颗?星|分)$/.exec(text)?.[1];
  return written ? CHINESE_DIGITS.indexOf(written === '两' ? '二' : written) : undefined;
}

export type Label = 'satisfied' | 'dissatisfied' | 'neutral';

const LABELS: Readonly<Record<Label, ReadonlySet<string>>> = {
  satisfied: new Set([
    '1',
    '1.0',
    'positive',
    'pos',
    'good',
    'satisfied',
    'happy',
    'like',
    'liked',
    'recommended',
    'praise',
    '好评',
    '正面',
    '积极',
    '满意',
    '好',
    '推荐',
  ]),
  dissatisfied: new Set([
    '0',
    '0.0',
    '-1',
    '-1.0',
    'negative',
    'neg',
    'bad',
    'dissatisfied',
    'unsatisfied',
    'unhappy',
    'dislike',
    'disliked',
    'not recommended',
    'complaint',
    '差评',
    '负面',
    '消极',
    '不满意',
    '不满',
    '差',
    '坏',
    '不推荐',
    '投诉',
  ]),
  neutral: new Set(['neutral', 'mixed', 'neu', '中评', '中性', '中立', '一般']),
};

/** What a sentiment label says; undefined where it says none of these. */
export function parseLabel(cell: string): Label | undefined {
  const text = cell.trim().toLowerCase();
  return (Object.keys(LABELS) as Label[]).find((label) => LABELS[label].has(text));
}
