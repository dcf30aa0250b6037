/**
 * Words that praise or blame whatever is bought, in Chinese and English: what is known of a clause before the file has taught anything.
 * Words that depend on what is spoken of ("cheap", "small", "大", "多") are left out: those the file teaches.
 */
import { asRead } from '../../clauses.ts';

/** `*` stands for any ending, `_` for a space or a hyphen, an apostrophe for none as well. */
const PRAISE = `good great* nice* excellen* amaz* awesome fantastic* wonderful* perfect perfectly perfection superb* lovely loves love loved lovable enjoy* delight*
happy happily happier happiest pleased pleasing pleasure* glad satisf* recommend* recomend* impressed impressive* impresses beautiful* gorgeous* fabulous* brilliant* outstanding* exceptional* terrific incredible
marvel* splendid* magnificent* best finest favorite favourite fun funny hilarious* charm* clever* smart witty
fresh* delicious* tasty yummy crisp* juicy clean spotless* comfort* comfy cozy cosy quiet* spacious warm* friendl* polite* kind kinder kindest kindly kindness courteous*
helpful* attentive* professional* prompt* quick* fast faster speedy punctual* efficient* reliabl* sturdy durable solid* smooth* easy easily easier
effortless* intuitive* convenient* handy useful* worth worthwhile affordable bargain seamless* flawless* responsive accurate* stylish* elegant*
flattering soft softer softest softly softness cute pretty sleek stunning* breathtaking* captivat* compelling engag* engross* entertain* fascinat* refreshing* thoughtful*
touching moving inspir* powerful* strong* rich* vivid* original originality authentic genuine* sweet* memorable* gem treat winner thank* thanks appreciat*
breeze works well fine okay ok decent adequate* absorbing rewarding riveting sublime masterpiece
amusing effective evocative resonant suspenseful spellbinding mesmeriz* hypnotic dazzl* gripping poignant heartfelt heartwarming uplifting graceful* nuanced subtle insightful
intelligent* invaluable skillful* skilful* masterful* masterly deft* polished daring inventive imaginative innovative ingenious* lively energetic exhilarat* thrilling exciting
taut haunting lyrical sumptuous lush exquisite* ravishing sincere* tender likable likeable appealing endearing adorable irresistible infectious remarkabl* extraordinar*
superior satisfying worthy accomplished triumph* profound* provocative unforgettable enchanting magical magnetic luminous radiant pleasant* generous* gracious ample roomy versatile
yum phenomenal heavenly divine mouthwatering flavorful flavourful spectacular exceed* knowledgeable accommodating accomodating welcoming inviting relaxing romantic unbeatable snappy zippy
cool i_like we_like really_like do_like also_like i_liked we_liked likes liked a_must must_try thumbs_up impeccable be_back look_no_further exactly_what_i just_what_i what_i_was_looking_for everything_i_need* just_right real_deal can't_get_enough can't_say_enough can't_be_beat* can't_be_happier can't_be_better no_negative* nothing_negative nothing_bad nothing_short_of second_to_none to_die_for kudos bravo wow can't_beat can't_go_wrong
can't_wait can't_complain couldn't_be_happier couldn't_be_better couldn't_be_more couldn't_ask_for no_complaint* no_problem* no_issue* never_disappoint* never_fail*
painless reasonable reasonably must_see first_rate top_notch thought_provoking well_made well_built well_acted user_friendly hassle_free`;

const BLAME = `bad badly worse worst terribl* horribl* awful* poor* dreadful* disgust* nasty gross garbage trash rubbish junk crap* useless* worthless* pointless*
hate* hated dislike* disappoint* dissatisf* unsatisf* unhappy annoy* irritat* frustrat* angry upset* regret* avoid* mediocre lousy pathetic* lame
ridiculous* stupid* silly dumb boring bored bore dull* tedious* tiresome lifeless predictable forgettable clumsy shallow sloppy bland stale soggy
burnt overcooked undercooked raw greasy oily salty tasteless rotten mold* mould* smell* stink* stank dirty filthy stain stains stained dust dusty cockroach* hair bug bugs buggy noisy
loud* cramped uncomfortabl* hurt* painful* itch* scratch* rude* unfriendly impolite arrogant unprofessional* unhelpful ignor* careless* lazy dishonest
lie lied scam* fraud* fake* counterfeit mislead* cheat* ripoff overpriced expensive overrated late delay* slow* wait waits waited waiting missing lost wrong
incorrect* broke broken break breaks breaking breakage crack cracks cracked cracking leak* tear tore torn ripp* defect* fault* damag* fail* malfunction* glitch* crash* freeze freezes freezing froze frozen lag lags lagged lagging laggy stuck
dead dies died flimsy fragile cheaply shoddy flaw* weak* lack* problem* issue* trouble* difficult* confus* complicated complain* complaint* refund* return*
stopp* unable cannot barely hardly unfortunately sadly waste* wasted miscast uneven contrived sucks sucked suck nightmare disaster* unacceptable
unreliable inconsistent inaccurate faded shrink* shrank shrunk peel* rust rusts rusted rusty tinny flicker* ugly cliche* clich* unusable messy mess lacklustre lackluster
annoyance error errors drawback* downside* downfall* shortcoming* gripe* peeve* letdown unpleasant horrendous* atrocious* abysmal* appalling* aweful inedible hideous unimpressive
headache* paperweight blurry pixelated overheat* unsuitable incompatible deficien* inferior beware only_con the_con cons a_pain royal_pain hard_time never_again stay_away steer_clear think_twice
look_elsewhere go_elsewhere save_your_money don't_waste don't_bother don't_buy don't_like didn't_like doesn't_like not_enough nothing_special leaves_a_lot_to_be_desired left_a_lot_to_be_desired
too_* wish wished would_be_nice would_be_better would_have_been would_have_liked could_be_better could_have_been_better should_be_better should_have could_use needs_more needs_better needs_longer at_best defeats_the_purpose no_excuse not_for_me no_way impossible don't_expect don't_try
never_buy never_go never_return never_order never_come won't_buy won't_go won't_return won't_order wouldn't_buy appalled ghastly bummer unconcerned overdone lukewarm luke_warm could_use room_for_improvement needs_improvement if_only used_to_be
tired feeble stiff forced conventional implausibl* unconvincing improbabl* insignificant inconsequential soulless heartless rote formulaic recycled derivative unoriginal uninspired
unimaginative pedestrian generic hackneyed banal* trite cartoonish melodramatic maudlin mawkish sappy syrupy saccharine preachy overwrought overblown overlong bloated meandering rambling
plodding sluggish glacial turgid leaden flaccid incoherent muddled scattered sketchy underdeveloped underwhelm* unfunny humorless charmless joyless witless mindless brainless senseless
amateurish inept* incompetent* clueless botched misfire* misguided pretentious* self_indulgent smug shrill grating obnoxious insufferable unbearabl* intolerabl* excruciating* torture ordeal
laughabl* ludicrous* preposterous* absurd* hokey hokum cheesy tacky tawdry vulgar crass crude offensive suffers undercut* undermine* succumb* wallow* hollow vapid vacuous insipid
superficial stereotyp* deficit unremarkable middling so_so unsatisfying disdain phony nonsense drivel dreck tripe claptrap dud flop letdown wooden stilted hammy overacted mangled gratuitous*
incomprehensibl* nauseat* dismal* dreary drab threadbare shabby rickety squeak* wobbl* unstable unresponsive unintuitive cumbersome clunky bulky awkward* inconvenien* hassle nuisance
half_baked heavy_handed ham_fisted one_note one_dimensional by_the_numbers played_out watered_down`;

/** Words that neither praise nor blame, though one in them would: "it is pretty small", "the software as well". */
const NEITHER =
  /\b(?:without (?:a )?doubt|no doubt|kinds? of|as well|well,|best buy|fast food|happy hour|solid state|stopp(?:ed|ing) (?:by|in|at|here|there|for|off|over)|(?:is|are|was|were|be|been|look\w*|seem\w*|fe(?:el\w*|lt)|works?|worked|g[eo]ts?|['’]s) pretty (?!and|but|on|in|with|as|too|to|when|though|for|at|enough)(?=\w))/giu;
/** Likewise. */
const NEITHER_ZH = `差不多 差点 差异 出差 时差 温差 不断 一般都 一般来说 香菜 香肠 香菇 香蕉 破费 慢慢 糊涂`;

const PRAISE_ZH = `不错 还行 还可以 挺可以 好评 好吃 好喝 好用 好看 好听 很好 真好 挺好 非常好 太好 最好 都好 也好 更好 优秀 优质 优美 完美 满意 喜欢 喜爱 赞 棒 推荐 给力 超值 划算 实惠 物美价廉
值得 便宜 方便 便捷 快捷 神速 迅速 及时 准时 很快 快速 真快 挺快 好快 够快 超快 更快 速度快 送货快 送餐快 耐心 热情 礼貌 周到 贴心 细心 用心 负责 专业 友好 友善 亲切 客气 和蔼 干净 整洁 卫生好 新鲜 美味
可口 很香 好香 真香 挺香 香喷喷 鲜美 正宗 地道 足量 量足 量大 份量足 分量足 丰富 舒服 舒适 宽敞 安静 温馨 柔软 结实 耐用 耐穿 精致 精美 漂亮 时尚 合身 合适 流畅 清晰 清楚 稳定 灵敏 简单易用 惊喜 开心 高兴 愉快 感谢 谢谢 多谢 感动
没得说 没话说 没的说 顶呱呱 杠杠 态度好 服务好 完好 过瘾 下饭 解馋 鲜嫩 浓郁 劲道 筋道 省事 省心 大方 一流 极品 力荐 首选 超爱 爱吃 最爱 辛苦 良心 靠谱 放心 信赖 信任 支持 回头客 五星 不愧 酥脆 香脆 入味 热乎 热腾腾 吸引 精彩 感人`;

const BLAME_ZH = `差 烂 糟 坏 难吃 难喝 难用 难看 难闻 难听 难受 不好 不行 不满 不爽 不值 不推荐 不新鲜 不干净 不卫生 不热 不耐 不足 不够 不符 不对 不负责 不舒服 不合 不清 不准 不给 不接 不理 不管 失望 垃圾 恶心 坑 骗 假货 假的 冒牌 欺
投诉 差评 退货 退款 退单 赔 慢 迟到 晚点 晚了 太晚 超时 耽误 久 等了 催 漏 洒 撒 碎 破 裂 掉色 褪色 起球 缩水 变形 断 脏 臭 异味 怪味 腥 馊 霉 变质 过期 头发 虫 苍蝇 蟑螂 凉了 冷了 都凉 凉的 冷的 冰凉 坨 糊 生的 没熟 硬 柴 老的 腻 太咸 太辣 太甜 太油
太淡 太少 太小 太贵 太吵 偏贵 好贵 吵 噪音 隔音 拥挤 简陋 陈旧 破旧 老旧 态度恶劣 恶劣 粗鲁 敷衍 推卸 不耐烦 骂 无语 郁闷 生气 气死 气人 愤怒 讨厌 烦 后悔 上当 缺 少了 少送 漏送 送错 错了 错送 没有送 没送 没给 没收到 没放 没味 打不通 没人接 死机 卡顿 闪退 故障 失灵 失败 问题 毛病 瑕疵
缺点 偏高 偏低 偏大 偏小 偏甜 偏咸 偏辣 偏淡 偏薄 偏厚 偏硬 偏软 偏慢 略干 略咸 略甜 略辣 略油 略硬 略少 略小 略贵 略慢 有误 吃不饱 没吃饱 太高 性价比低 遗憾 可惜 无聊 乏味 拖沓 勉强 一般 凑合 将就 再也不 不会再 最后一次 越来越少 吃亏 黑店 奸商 反胃 倒胃口 不敢吃 没法吃 没法喝 吃不下 吃不惯 不靠谱 劣质 偷工减料 糊弄 忽悠 无耻 无良 可恶 过分 离谱 心寒 寒心 吐槽 拉肚子 干巴巴 稀烂 发酸 弱智 傻逼 强买强卖 不肯 不愿意 浪费 根本 居然 竟然`;

const listed = (words: string) => words.trim().split(/\s+/);

/** Whole words. */
const english = (words: string) =>
  new RegExp(
    `\\b(?:${listed(words).join('|').replaceAll('*', '\\w*').replaceAll('_', '[\\s-]+').replaceAll("can't", "can(?:no|')t").replaceAll("n't", "(?:n't| not)").replaceAll("'", "['’]?")})\\b`,
    'giu',
  );

/** Anywhere, the longest first. */
const chinese = (words: string) =>
  new RegExp(
    listed(words)
      .sort((a, b) => b.length - a.length)
      .join('|'),
    'gu',
  );

interface Lexicon {
  /** In this order: a character belongs to one word, so that "不错" praises, though "错" would blame. */
  readonly kinds: readonly { readonly sign: number; readonly words: RegExp }[];
  /** What turns a word that it stands before. */
  readonly negation: RegExp;
}

const LEXICONS: Readonly<Record<'en' | 'zh', Lexicon>> = {
  en: {
    kinds: [
      { sign: 0, words: NEITHER },
      { sign: 1, words: english(PRAISE) },
      { sign: -1, words: english(BLAME) },
    ],
    negation:
      /(?:\b(?:not(?! only| just)|no|never|nothing(?! but)|without|cannot|hardly|barely|rarely|far from|less than|anything but)\b|n['’]t\b|\b(?:do|does|did|is|are|was|were|wo|ca|could|would|should|have|has|had)nt\b)(?:\W+\w+){0,3}\W+$/iu,
  },
  zh: {
    kinds: [
      { sign: 0, words: chinese(NEITHER_ZH) },
      { sign: -1, words: chinese(BLAME_ZH) },
      { sign: 1, words: chinese(PRAISE_ZH) },
    ],
    negation: /[不没别无][很太是怎么那特别算有能够]{0,2}$/u,
  },
};
/** Characters before a word that a negation is looked for in. */
const REACH = 40;

const ASKED = /(?:不是|难道)(?!很|太|那么|特别|非常|十分)[^，,。；;!！?？]*$/u;
const BACK = /^[^，,。；;!！?？]*[吗嘛么]/u;

/** Whether what stands there is asserted by a question: "这不是欺骗嘛" says that it is. @param text In Chinese; what is not asks nothing so */
export const isAskedBack = (text: string, at: number): boolean =>
  ASKED.test(text.slice(Math.max(0, at - REACH), at)) && BACK.test(text.slice(at));

export interface OpinionWords {
  /** How many there are. */
  readonly count: number;
  /** Praise less blame, −1 to 1; 0 where there are none. */
  readonly balance: number;
}

export function opinionWords(text: string): OpinionWords {
  const { language, text: clause } = asRead(text);
  const { kinds, negation } = LEXICONS[language];
  let [count, sum, rest] = [0, 0, clause];
  for (const { sign, words } of kinds) {
    rest = rest.replaceAll(words, (word, at: number) => {
      if (sign !== 0) {
        const isTurned = negation.test(clause.slice(Math.max(0, at - REACH), at)) && !isAskedBack(clause, at);
        count += 1;
        sum += isTurned ? -sign : sign;
      }
      return '_'.repeat(word.length);
    });
  }
  return { count, balance: count === 0 ? 0 : sum / count };
}
