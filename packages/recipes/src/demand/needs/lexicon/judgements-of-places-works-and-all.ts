/** Judgements of places and works, and of anything: the general ones stand last. */
import { type Judgement, l } from './judgement.ts';

export const OF_PLACES_WORKS_AND_ALL: readonly Judgement[] = [
  {
    id: 'old',
    implies: 'facilities',
    depends: true,
    blame: {
      en: 'outdated rundown run_down worn shabby dated dilapidated broken_down',
      zh: '旧 陈旧 老旧 破旧 简陋 老化 过时 昏暗 年久失修',
    },
    praise: { en: 'modern brand_new renovated', zh: '新装修 崭新 齐全 豪华' },
    alone: l('The facilities are old and worn', '设施陈旧简陋'),
    says: l('{} is old and worn', '{}陈旧简陋'),
    fix: l('Renew {}', '更新{}'),
  },
  {
    id: 'limited',
    implies: 'choice',
    depends: true,
    blame: {
      en: 'limited sold_out out_of_stock unavailable no_options not_much_of_a_selection not_a_lot_of_choice* lacks lacking no_choice',
      zh: '单一 太单调 缺货 没货 断货 卖完 没得选 选择少 种类少 品种少 没有选择',
    },
    praise: { en: 'wide_selection great_selection variety', zh: '种类多 品种多 选择多 齐全' },
    says: l('There is too little to choose from', '可选的太少'),
    fix: l('Offer more to choose from', '增加可选种类'),
  },
  {
    id: 'unwell',
    implies: 'health',
    blame: {
      en: 'got_sick made_me_sick broke_out breakout* irritat* allergic rash food_poisoning diarrhea',
      zh: '拉肚子 肚子疼 肚子痛 闹肚子 过敏 腹泻 食物中毒 红肿 发炎 胃疼 吐了 想吐 反胃 掉头发 掉发 脱发 发痒 很痒 头皮痒 皮肤痒 长痘 爆痘 红疹',
    },
    says: l('People feel unwell after it', '用后身体不适'),
    fix: l('Find out why people feel unwell, at once', '立即查清身体不适的原因'),
  },
  {
    id: 'boring',
    implies: 'story',
    blame: {
      en: 'boring dulls plot_holes disjointed meandering ponderous bloated hollow trite hackneyed bored bores dull tedious predictable formulaic cliche* clich* lifeless uninspired unoriginal derivative contrived uninteresting flat stale_story tiresome forgettable routine generic pointless uneven muddled incoherent formula? stereotyp* recycled tired? rote preachy cartoonish uninventive forced? stiff? sketchy? pillage* melodrama? soulless conventional? banal* pedestrian unimaginative maudlin mawkish sappy syrupy saccharine overwrought heavy_handed half_baked one_note by_the_numbers played_out watered_down plodding turgid leaden vapid vacuous insipid superficial mindless nonsense? drivel dreck claptrap hokey cheesy inconsequential heartless repetitive repetitious monotonous monotony halfhearted half_hearted lackluster lacklustre listless inert tepid telegraphed same_old rehash* retread* warmed_over convoluted hard_to_follow makes_no_sense make_no_sense illogical anticlimactic',
      zh: '无聊 乏味 空洞 炒冷饭 注水 凑字数 东拼西凑 泛泛而谈 没深度 没有深度 没新意 没有新意 废话 拖沓 沉闷 老套 俗套 平淡 没意思 枯燥 看不下去',
    },
    praise: {
      en: 'gripping compelling engaging engrossing entertaining fascinating moving touching original absorbing riveting clever intelligent enjoyable inventive',
      zh: '精彩 感人 有趣 吸引 好看 引人入胜',
    },
    says: l('{} is dull or predictable', '{}乏味老套'),
    fix: l('Make {} fresher', '让{}更有新意'),
  },
  {
    id: 'unfunny',
    implies: 'humour',
    blame: {
      en: 'unfunny not_funny humorless witless joyless isn_t_funny laughless few_laughs no_laughs not_enough_laughs',
      zh: '不好笑 尴尬',
    },
    praise: { en: 'funny hilarious witty amusing', zh: '好笑 搞笑 幽默' },
    says: l('It is not funny', '不好笑'),
    fix: l('Make it funnier', '加强笑点'),
  },
  {
    id: 'miscast',
    implies: 'acting',
    blame: { en: 'miscast wooden stilted overacted overacting hammy', zh: '尬演 面瘫' },
    says: l('{} does not convince', '{}不可信'),
    fix: l('Give {} more depth', '加强{}'),
  },
  {
    id: 'shallow',
    // Of things that are none of a work it is the whole.
    implies: 'story',
    blame: {
      en: 'shallow one_dimensional unconvincing implausib* improbable far_fetched preposterous ludicrous laughable phony pretentious unlikable underdeveloped amateurish clumsy silly dumb stupid inane idiotic self_indulgent thinly_drawn thinly_written underwritten caricature* cardboard',
      zh: '浮夸 肤浅 假 做作 生硬 脸谱化 不真实 不合理 牵强',
    },
    praise: { en: 'convincing believable nuanced complex', zh: '真实 自然 细腻' },
    says: l('{} does not convince', '{}不可信'),
    fix: l('Give {} more depth', '加强{}'),
  },
  {
    id: 'far',
    implies: 'location',
    depends: true,
    blame: {
      en: 'far_from far_away out_of_the_way hard_to_find',
      zh: '很远 太远 较远 偏僻 偏远 太偏 难找 不好找',
    },
    says: l('The location is out of the way', '位置偏远难找'),
    fix: l('Help customers to get there', '方便顾客到达'),
  },
  {
    id: 'no-facilities',
    implies: 'facilities',
    blame: {
      en: 'no_hot_water no_elevator no_lift no_air_conditioning no_ac no_heating no_window no_windows no_fridge',
      zh: '没有热水 没热水 没有电梯 没电梯 没有空调 没空调 没有窗 没窗 没有暖气 没暖气',
    },
    says: l('Facilities are missing or out of order', '设施缺失或不能用'),
    fix: l('Provide and repair the facilities', '补齐并修好设施'),
  },
  {
    id: 'misprinted',
    implies: 'print',
    blame: {
      en: 'typo typos misprint* missing_pages',
      zh: '错别字 错字 缺页 漏页 少页 印反 印刷模糊 字迹模糊',
    },
    says: l('The print has errors or lacks pages', '印刷有错、模糊或缺页'),
    fix: l('Check the print', '把好印刷质量'),
  },
  {
    id: 'too-many',
    depends: true,
    blame: { en: 'too_many too_much', zh: '太多' },
    alone: l('There is too much of it', '太多'),
    says: l('There is too much of {}', '{}太多'),
    fix: l('Cut down on {}', '减少{}'),
  },
  {
    id: 'mediocre',
    depends: true,
    blame: {
      en: 'mediocre average so_so nothing_special not_memorable overrated overhyped just_ok just_okay underwhelming',
      zh: '一般 一般般 凑合 将就 普通 马马虎虎 不怎么样 不咋地 没什么特别 勉强',
    },
    says: l('{} is only average', '{}一般'),
    fix: l('Improve {}', '提升{}'),
  },
  {
    id: 'worse',
    implies: 'consistency',
    depends: true,
    blame: {
      en: 'used_to_be inconsistent not_consistent went_downhill gone_downhill not_as_good_as_before worse_than_before getting_worse got_worse',
      zh: '越来越差 没有以前 不如以前 没以前 退步 大不如前 不如上次 没有上次 不如从前',
    },
    alone: l('It has become worse than it was', '不如以前'),
    says: l('{} has become worse', '{}不如以前'),
    fix: l('Bring {} back to what it was', '让{}恢复水准'),
  },
  {
    id: 'bad',
    blame: {
      en: 'bad badly sloppy sloppily unintelligible poor poorly terrible horrible awful worst dreadful lousy inferior unacceptable disappoint* weak lame pathetic ridiculous mess junk garbage trash feeble ineffective unpleasant annoying unhappy subpar sub_par appalling horrendous atrocious leaves_a_lot_to_be_desired leaves_much_to_be_desired stay_away avoid? beware not_recommend cannot_recommend can_t_recommend won_t_recommend wouldn_t_recommend don_t_recommend never_recommend botched insignificant wasted? waste? crap sucks suck useless',
      zh: '差 太差 很差 极差 超差 不好 烂 糟 糟糕 不行 垃圾 差劲 失望 不满 不给力 无语 坑 坑爹 太烂 太烂了 最烂 这么烂 很烂 破烂 太次 不满意 不合格 有问题',
    },
    praise: {
      en: 'good great excellent nice perfect amazing awesome fantastic wonderful fine superb outstanding best impressive strong solid love loved happy satisfied pleased i_like we_like i_liked we_liked really_like really_liked like_it liked_it',
      zh: '好 不错 很好 挺好 棒 赞 满意 喜欢 完美 给力 优秀 还行 可以 真好',
    },
    says: l('{} is bad', '{}差'),
    fix: l('Improve {}', '改进{}'),
  },
];
