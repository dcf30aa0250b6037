/** What the data cannot tell, and why: said in place of a number. */
import type { Localized } from '@gradus/base';

export interface Refusal {
  /** Item, channel or question. */
  readonly of: string;
  readonly reason: Localized;
}

export const isRefusal = (value: object): value is Refusal => 'reason' in value;

export const REASONS = {
  neverMoved: {
    en: 'its price never moved: what another price would do cannot be told from this history. Try another price for some weeks',
    zh: '其价格从未变动：从这段历史无法得知换个价格会怎样。请先用另一个价格试几周',
  },
  movedTooLittle: {
    en: 'its price moved too little or too seldom to tell what it does (fewer than 6 steps more than 2% away from the usual price)',
    zh: '其价格变动太小或太少，看不出作用（偏离常用价 2% 以上的时段不足 6 个）',
  },
  movedWithPromotion: {
    en: 'its price only moved together with a promotion, so that the two cannot be told apart. Try a lower price without promotion, or a promotion at the usual price',
    zh: '其价格只在促销时变动，两者的作用无法区分。请试一次不促销的降价，或原价促销',
  },
  movedOnce: {
    en: 'beside promotions its price moved once and stayed: whatever else changed since then cannot be told apart from it. Try another price for some weeks, and go back',
    zh: '除促销外其价格只变动过一次且未恢复：此后其他变化与它无法区分。请用另一个价格试几周，再恢复原价',
  },
  tooShort: {
    en: 'its history is too short beside what is asked of it',
    zh: '其历史太短，不足以回答这个问题',
  },
  tooManyZeros: {
    en: 'in too many steps nothing was sold',
    zh: '有太多时段没有销量',
  },
  everyStep: {
    en: 'there was a promotion in every step: nothing is left to compare it with. Leave it out for some weeks',
    zh: '每个时段都在促销：没有可比较的时段。请停几周再看',
  },
  noPromotion: { en: 'there was no promotion in this history', zh: '这段历史里没有促销' },
  neverVaried: {
    en: 'its spend never varied: what it brings cannot be told. Halve it for some weeks',
    zh: '其投放从未变化：无法得知其作用。请减半投放几周',
  },
  collinear: {
    en: 'its spend went up and down with that of other channels: which of them worked cannot be told. Move them one at a time',
    zh: '其投放与其他渠道同涨同落：无法得知是谁在起作用。请逐个调整',
  },
} as const satisfies Record<string, Localized>;
