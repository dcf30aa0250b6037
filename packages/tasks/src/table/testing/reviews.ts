/** Rows of made-up orders, for tests: who wants the money back depends on what the review says and on the price, by half each. */
import { Random } from '@gradus/base';
import type { TableRows } from '../columns.ts';
import { tableRows } from '../read/rows.ts';
import { tableFrom } from '../read/testing/table.ts';

const WORDS = {
  en: {
    bad: ['broken', 'slow', 'scratched', 'leaking'],
    good: ['lovely', 'quick', 'sturdy', 'shiny'],
    other: [
      'the',
      'kettle',
      'arrived',
      'on',
      'monday',
      'with',
      'a',
      'box',
      'and',
      'cable',
      'it',
      'was',
      'for',
      'us',
    ],
    gap: ' ',
  },
  zh: {
    bad: ['破损', '太慢', '漏水', '失望'],
    good: ['漂亮', '很快', '结实', '喜欢'],
    other: ['水壶', '周一', '收到', '包装', '盒子', '我们', '这个', '电线', '一起', '今天', '家里', '颜色'],
    gap: '',
  },
} as const;

export interface ReviewsOptions {
  readonly language: keyof typeof WORDS;
  readonly seed?: number;
  /** Columns that are not learnt from. */
  readonly ignore?: readonly string[];
}

export function reviews(count: number, { language, seed = 1, ignore = [] }: ReviewsOptions): TableRows {
  const random = new Random(seed);
  const { bad, good, other, gap } = WORDS[language];
  const pick = (words: readonly string[]): string => words[random.below(words.length)]!;
  const orders = Array.from({ length: count }, () => {
    const isBad = random.uniform() < 0.5;
    const words = Array.from({ length: 8 + random.below(8) }, () => pick(other));
    for (let i = 0; i < 2; i++) words.splice(random.below(words.length), 0, pick(isBad ? bad : good));
    const price = 10 + 90 * random.uniform();
    const logit = (isBad ? 2.5 : -2.5) + (price - 55) / 15;
    return { review: words.join(gap), price, refund: random.uniform() < 1 / (1 + Math.exp(-logit)) };
  });
  const at = (row: number) => orders[row]!;
  const table = tableFrom(count, {
    review: (row) => at(row).review,
    price: (row) => at(row).price.toFixed(2),
    refund: (row) => (at(row).refund ? 'yes' : 'no'),
  });
  return tableRows(table, { target: 'refund', time: 'none', ignore }).rows;
}
