/** Judgements of food, freshness and hygiene. */
import { type Judgement, l } from './judgement.ts';

export const OF_FOOD_AND_HYGIENE: readonly Judgement[] = [
  {
    id: 'little',
    never: ['delivery', 'order', 'ordering', 'contact', 'staff', 'support', 'refund', 'queue'],
    implies: 'portion',
    depends: true,
    blame: {
      en: 'not_enough too_little too_few stingy skimpy small_portion* tiny_portion* few',
      zh: '少 太少 好少 很少 不够 不足 少得可怜 越来越少 分量小 量小 太小气 吃不饱 没吃饱 只有几 就几',
    },
    praise: {
      en: 'generous plenty huge_portion* large_portion* abundant',
      zh: '足 量足 量大 分量足 很足 管饱 丰富 多 够吃 吃饱',
    },
    says: l('{} is too small', '{}太少'),
    fix: l('Give more', '增加{}'),
  },
  {
    id: 'bad-taste',
    implies: 'taste',
    notOf: ['food', 'delivery', 'order', 'price', 'packaging', 'portion', 'contact', 'staff'],
    blame: {
      en: 'tasteless disgusting inedible gross unappetizing awful_taste nasty yuck bitter flavorless',
      zh: '难吃 不好吃 没味 没味道 没有味道 难喝 不好喝 恶心 难以下咽 吃不下 没法吃 不香 腥 发苦 没胃口 怪怪的 吃不惯',
    },
    praise: {
      en: 'delicious tasty yummy flavorful scrumptious mouthwatering delicious*',
      zh: '好吃 美味 可口 好喝 很香 真香 入味 鲜美 正宗 地道 好香 香',
    },
    says: l('{} is bad', '{}不好'),
    fix: l('Improve {}', '改进{}'),
  },
  {
    id: 'salty',
    implies: 'taste',
    blame: { en: 'salty too_salty oversalted', zh: '咸 太咸 偏咸 好咸 齁' },
    says: l('The food is too salty', '太咸'),
    fix: l('Use less salt', '少放盐'),
  },
  {
    id: 'greasy',
    implies: 'taste',
    blame: { en: 'greasy oily fatty', zh: '油腻 太油 腻 油大 油太多 都是油 全是油' },
    says: l('The food is too greasy', '太油腻'),
    fix: l('Use less oil', '少放油'),
  },
  {
    id: 'sweet-or-hot',
    implies: 'taste',
    depends: true,
    blame: {
      en: 'too_sweet too_spicy bland too_hot too_sour',
      zh: '太甜 太辣 偏甜 偏辣 不辣 太酸 太淡 偏淡 寡淡 不甜 酸了 发酸 没放盐 没盐 没咸味 没有咸味 醋多',
    },
    says: l('The seasoning is off: too sweet, hot, sour or bland', '调味不合：过甜、过辣、过酸或过淡'),
    fix: l('Let customers choose the seasoning', '让顾客选择口味轻重'),
  },
  {
    id: 'cold',
    implies: 'food',
    depends: true,
    notOf: ['delivery', 'order', 'taste', 'packaging', 'price', 'portion', 'contact', 'staff'],
    blame: { en: 'cold lukewarm chilly freezing not_hot', zh: '凉 凉了 都凉 冷 冷了 冰凉 凉透 不热 没热' },
    praise: { en: 'warm piping_hot still_hot', zh: '热乎 热腾腾 温热 还是热的 很热' },
    says: l('{} arrives cold', '{}是凉的'),
    fix: l('Keep warm what is eaten warm', '做好保温'),
  },
  {
    id: 'texture',
    implies: 'food',
    blame: {
      en: 'soggy overcooked undercooked burnt raw tough chewy dry rubbery mushy',
      zh: '坨 坨了 糊了 烧焦 没熟 不熟 夹生 太硬 很硬 好硬 柴 老了 太老 太烂 干巴 泡烂 软趴趴 不脆',
    },
    praise: { en: 'crispy tender juicy', zh: '酥脆 香脆 嫩 筋道' },
    says: l('{} is overdone, underdone or soggy', '{}口感差（没熟、过老、太硬或坨了）'),
    fix: l('Get the cooking right', '把握好火候'),
  },
  {
    id: 'stale',
    implies: 'freshness',
    blame: {
      en: 'stale rotten spoiled spoilt expired mold* mould* rancid not_fresh',
      zh: '不新鲜 馊 变质 过期 发霉 坏的 坏掉 烂了 烂的 有味了 隔夜',
    },
    praise: { en: 'fresh', zh: '新鲜' },
    says: l('Goods are not fresh', '不新鲜'),
    fix: l('Send out only what is fresh', '只出新鲜的'),
  },
  {
    id: 'foreign-body',
    implies: 'hygiene',
    blame: {
      en: 'hair_in cockroach* insect* bug_in maggot* a_hair',
      zh: '头发 虫 虫子 苍蝇 蟑螂 钢丝 异物 小强',
    },
    says: l('There are hairs, insects or other things in it', '里面有头发、虫子等异物'),
    fix: l('Keep hairs and insects out', '杜绝头发、虫子等异物'),
  },
  {
    id: 'dirty',
    implies: 'hygiene',
    alone: l('It is not clean', '不干净'),
    blame: {
      en: 'dirty filthy unclean stain* dusty grimy sticky',
      zh: '脏 不干净 不卫生 污渍 灰尘 油污 霉斑 有污',
    },
    praise: { en: 'clean spotless tidy', zh: '干净 整洁 卫生好' },
    says: l('{} is dirty', '{}不干净'),
    fix: l('Clean {}', '搞好{}的清洁'),
  },
  {
    id: 'smelly',
    implies: 'smell',
    blame: {
      en: 'smelly stinks stink stank smells_bad smells_of smell_of bad_smell plastic_smell chemical_smell strong_smell musty',
      zh: '臭 异味 怪味 味道大 味道很大 味道重 刺鼻 有味道 霉味 塑料味 烟味 难闻 气味大',
    },
    praise: { en: 'no_smell odorless odourless', zh: '没有异味 无异味 没味道的 没有塑料味' },
    says: l('It smells', '有异味'),
    fix: l('Get rid of the smell', '去除异味'),
  },
  {
    id: 'noisy',
    implies: 'noise',
    blame: {
      en: 'noisy loud louder noise thin_walls grinding',
      zh: '吵 太吵 噪音大 噪音太大 噪音很大 声音大 声音太大 声音特别大 隔音差 隔音不好 不隔音 吵死 吵醒 噪音 响声',
    },
    praise: { en: 'quiet silent', zh: '安静 静音 声音小 声音很小 不吵 没有噪音' },
    says: l('It is too loud', '噪音太大'),
    fix: l('Make it quieter', '降低噪音'),
  },
  {
    id: 'leaks',
    implies: 'leak',
    blame: {
      en: 'leak leaks leaking leaked leaky spill* drips dripping',
      zh: '漏水 漏 漏了 洒 洒了 撒了 撒出 洒出 漏出 滴水 渗 漏油 漏汤',
    },
    praise: { en: 'leak_proof leakproof', zh: '不漏 没漏 没洒 没撒' },
    says: l('It leaks', '会漏'),
    fix: l('Stop the leaks', '解决泄漏'),
  },
];
