/** Judgements of getting, paying and being served. */
import { type Judgement, l } from './judgement.ts';

export const OF_SERVICE: readonly Judgement[] = [
  {
    id: 'undelivered',
    implies: 'delivery',
    blame: {
      en: 'never_arrived never_came never_delivered not_delivered not_received never_received did_not_arrive didn_t_arrive never_showed never_got_it lost_parcel',
      zh: '没收到 没有收到 未收到 没送到 没有送到 没送来 没有送来 没送过来 没有送过来 还没送到 还没送来 没给我送到 没给我送来 没给送到 没给送来 没给送过来 还没到 一直没到 显示已送达 显示已经送达 显示完成 点了送达 没给送 没有送餐 没送餐 不给送 不送 没人送 不配送',
    },
    says: l('Orders never arrive', '订单没有送到'),
    fix: l('Make sure that every order arrives', '确保每单都送到'),
  },
  {
    id: 'slow',
    implies: 'delivery',
    notOf: [
      'food',
      'taste',
      'order',
      'contact',
      'portion',
      'packaging',
      'price',
      'offers',
      'invoice',
      'quality',
      'looks',
      'size',
      'hygiene',
      'smell',
      'material',
    ],
    beside: [
      { words: /^(?:repl|respon|answer|回复|回应)/u, is: 'slow-answer' },
      { words: /^(?:batter|charge|电池|续航)/u, said: /^(?:hour|minute|小时|分钟)/u, is: 'short-lived' },
      {
        words:
          /^(?:sleeve|length|leg|pant|jean|skirt|dress|top|shirt|shorts|inseam|torso|waist|strap|hem|arm|jacket|coat|sweater|tunic|cord|cable)/u,
        said: /long/u,
        is: 'too-large',
      },
    ],
    blame: {
      en: 'slow slower slowest slowly plodding late delay delayed delays overdue forever for_ever so_long too_long ages sluggish hours_later days_later weeks_later took_weeks took_hours took_days took_a_week took_an_hour waited waiting tardy hours? days? weeks? minutes? took_so_long took_too_long took_forever took_ages took_long? took_over? took_almost? took_nearly? took_more_than? took_another? slow_moving slow_paced glacial drags_on dragged_on interminable',
      zh: '慢 催促 快点 快一点 快些 早点送 太慢 好慢 很慢 超慢 迟到 迟 超时 晚点 晚了 太晚 很晚 好晚 晚到 来晚 送晚 比较晚 有点晚 有些晚 延误 延迟 耽误 拖延 拖了 久 好久 太久 很久 等了 等到 小时才 分钟才 小时后 个多小时 个小时 个钟头 时间长 时间太长 时间也太长 时间太久 时间也太久 时间实在太长 时间过长 催 催单 催了 几天才 天才到 小时? 钟头? 分钟? 等? 才送? 才到? 拖? 耗时 找不到地方 找不着地方 不认路 路不熟 天才 星期才 礼拜才 久才 #才? #送到? #送达? #送来? #到的? 后到?',
    },
    praise: {
      en: 'fast faster quick quickly prompt* speedy on_time in_time arrived_early came_early delivered_early shipped_early days_early punctual* in_no_time right_away arrived_immediately shipped_immediately delivered_immediately served_immediately next_day same_day_delivery same_day_shipping ahead_of_schedule within_minutes within_hours within_days',
      zh: '快 很快 快速 迅速 及时 准时 提前 神速 真快 挺快 好快 超快 速度快 当天 第二天就 马上',
    },
    says: l('{} is too slow', '{}太慢'),
    fix: l('Speed up {}', '加快{}'),
  },
  {
    id: 'late-trip',
    implies: 'trips',
    blame: {
      en: 'missed_connection* missed_my_connection missed_my_flight missed_our_flight',
      zh: '晚点 误点',
    },
    praise: { en: 'landed_on_time landed_early arrived_on_time', zh: '准点 正点' },
    says: l('Flights and trips are late', '班次晚点、延误'),
    fix: l('Keep to the timetable, and say early what is late', '保证准点，有延误及早通知'),
  },
  {
    id: 'cancelled-trip',
    implies: 'trips',
    only: /flight|trip|train|plane|book|航班|班次|列车|车次|飞机/u,
    blame: { en: 'cancelled canceled cancellation*', zh: '航班取消 取消航班 取消了航班 停运 停飞' },
    says: l('Flights and trips are cancelled', '班次被取消'),
    fix: l('Rebook customers at once when a trip is cancelled', '班次取消时立即为顾客改签'),
  },
  {
    id: 'slow-answer',
    implies: 'contact',
    blame: {
      en: 'slow_to_respond slow_to_reply slow_to_answer slow_response* slow_repl* slow_answer*',
      zh: '半天不回 半天才回 很久才回 才回复 回复慢 回复太慢 回消息慢 回消息太慢',
    },
    praise: {
      en: 'quick_to_respond quick_to_reply quick_response* quick_repl* fast_response* fast_repl* prompt_response* prompt_repl*',
      zh: '秒回 回复及时 回复快 回复很快 回消息快 回消息很快',
    },
    says: l('Answers take too long', '回复太慢'),
    fix: l('Answer sooner', '加快回复'),
  },
  {
    id: 'missing',
    implies: 'order',
    blame: {
      en: 'missing forgot forgotten left_out incomplete short_shipped not_included',
      zh: '少送 漏送 没送 没给 没放 没有放 没有给 少给 少了 漏了 忘了 忘记 缺了 缺少 没附 忘放 忘加 忘送 忘带 没加? 没看到? 没看见? 没见到? 没见着? 没有见到? 没有看到? 没有看见? 没吃到? 没喝到? 没有送 没带 没配 少一 不送餐具 没筷子 没有筷子 没有勺 没勺 没餐具 没有餐具 没吸管 没有吸管 没有饭 没饭 没汤 点少了',
    },
    says: l('Things are missing from the order', '订单里少了东西'),
    fix: l('Check that every order is complete', '出货前核对，别漏东西'),
  },
  {
    id: 'wrong',
    implies: 'order',
    blame: {
      en: 'wrong incorrect* mistake* mixed_up not_what_i_ordered',
      zh: '送错 配餐有误 订单有误 送餐有误 配货有误 发货有误 错了 发错 弄错 搞错 做错 错的 送成 发成 不看备注 没看备注 无视备注 白备注 备注没',
    },
    praise: { en: 'as_ordered correct_order', zh: '没送错 无误' },
    says: l('Orders come out wrong', '订单弄错'),
    fix: l('Deliver what was ordered, notes included', '严格按订单和备注来'),
  },
  {
    id: 'unanswered',
    implies: 'contact',
    blame: {
      en: 'no_answer never_answer* never_repl* never_respond* no_reply no_response not_respond* not_answer* not_reply didn_t_respond didn_t_reply doesn_t_answer unreachable ignored ignores ignore hung_up no_one_answer* nobody_answer* not_return_calls',
      zh: '打不通 不接 没人接 无人接 不回复 没回复 没有回复 不回 不理 没人理 没人管 联系不上 联系不到 无法接通 接不通 关机 不通 无人应答 爱答不理 不搭理 挂了',
    },
    praise: { en: 'responsive answered_at_once replied_quickly', zh: '回复很快 回复及时 有求必应' },
    says: l('Nobody answers', '联系不上，没人回复'),
    fix: l('Answer calls and messages', '及时接电话、回消息'),
  },
  {
    id: 'rude',
    implies: 'staff',
    notOf: [
      'delivery',
      'order',
      'food',
      'price',
      'contact',
      'packaging',
      'taste',
      'app',
      'refund',
      'quality',
    ],
    blame: {
      en: 'rude* unfriendly impolite arrogant unhelpful unprofessional condescending dismissive disrespect* careless* indifferent no_help not_care don_t_care doesn_t_care didn_t_care could_care_less couldn_t_have_cared no_apology bad_attitude',
      zh: '态度差 态度恶劣 态度极差 态度很差 态度不好 态度太差 恶劣 粗鲁 不耐烦 凶 骂 敷衍 推诿 推卸 冷漠 没礼貌 素质 吼 甩脸 不负责 不专业 冷淡 爱理不理 不理不睬',
    },
    praise: {
      en: 'friendly polite so_kind very_kind kind_and kindly kindness courteous helpful attentive professional patient caring welcoming',
      zh: '态度好 热情 礼貌 耐心 周到 贴心 友好 友善 客气 亲切 负责 专业 态度很好 和蔼 用心 细心 辛苦',
    },
    says: l('{} is unfriendly or careless', '{}态度差或不负责'),
    fix: l('Train the staff to be friendly and careful', '培训员工，改善{}态度'),
  },
  {
    id: 'refused',
    implies: 'refund',
    only: /refund|return|exchang|replac|money|warrant|reimburs|compensat|credit|退|换|赔|取消/u,
    blame: {
      en: 'refused refuses refuse denied denies no_refund not_refund* refused_to won_t_refund never_refunded',
      zh: '不给退 不退 拒绝 不给换 不让退 不赔 不给赔 没退 不予',
    },
    says: l('Refunds and returns are refused', '退款退货被拒'),
    fix: l('Settle refunds and returns fairly and fast', '公平快速地处理退款退货'),
  },
  {
    id: 'no-cancelling',
    implies: 'refund',
    blame: {
      en: 'cannot_cancel can_t_cancel could_not_cancel couldn_t_cancel unable_to_cancel impossible_to_cancel no_way_to_cancel won_t_cancel refused_to_cancel hard_to_cancel',
      zh: '无法取消 不能取消 没法取消 不可以取消 取消不了 取消不掉 不让取消 不给取消 不给我取消 没给取消 没给我取消 不同意取消 也不取消',
    },
    says: l('Orders cannot be cancelled', '订单取消不了'),
    fix: l('Let customers cancel what has not come', '没送到的订单允许取消'),
  },
  {
    id: 'expensive',
    implies: 'price',
    notOf: ['food', 'portion', 'taste', 'quality', 'looks', 'material', 'order', 'delivery', 'size'],
    blame: {
      en: 'expensive overpriced over_priced arm_and_a_leg pricey costly too_much_money rip_off ripoff not_worth not_worth_it waste_of_money poor_value dear',
      zh: '贵 太贵 偏贵 好贵 很贵 不值 不划算 性价比低 性价比不高 涨价 坑钱 价格偏高 价格高 太高 性价比太低 性价比很低 性价比差 性价比不好',
    },
    praise: {
      en: 'cheap cheaper affordable inexpensive bargain good_value great_value worth worth_every worth_it reasonabl*',
      zh: '便宜 实惠 划算 超值 物超所值 性价比高 性价比很高 值 值得 优惠 物美价廉 价格合理 不贵',
    },
    says: l('{} is too high', '{}太高'),
    fix: l('Bring {} down or show what it buys', '下调{}或说清值在哪里'),
  },
  {
    id: 'dropped-price',
    implies: 'offers',
    blame: {
      en: 'price_dropped price_drop price_went_down',
      zh: '降价 就降价 降价太快 降价快 不保价 不给保价 用不了券 不能用券 没有优惠 没给优惠 没给我优惠 没有给我优惠 没有给优惠 优惠用不了 不能用优惠',
    },
    says: l('The price drops right after the purchase', '刚买就降价'),
    fix: l('Protect the price for recent buyers', '对刚买的客户保价'),
  },
  {
    id: 'deceptive',
    implies: 'honesty',
    blame: {
      en: 'scam* fraud* mislead* cheat* cheated lied lie lies deceptive dishonest false_advertising bait_and_switch hidden_fee* hidden_charge* hidden_cost*',
      zh: '骗 欺骗 骗人 虚假 坑人 忽悠 黑店 欺诈 奸商 乱收费 宰客 套路 偷工减料 虚标 名不副实',
    },
    praise: { en: 'honest_about honest_company trustworthy', zh: '诚信 靠谱 不骗人 童叟无欺' },
    says: l('Customers feel deceived', '客户觉得被骗'),
    fix: l('Promise only what is kept', '不做虚假承诺'),
  },
  {
    id: 'fake',
    implies: 'authenticity',
    blame: {
      en: 'fake* counterfeit* knockoff* not_genuine imitation',
      zh: '假货 假的 山寨 冒牌 盗版 不是正品 仿的',
    },
    praise: { en: 'genuine authentic', zh: '正品 真货 正版' },
    says: l('Customers take it for a fake', '怀疑是假货'),
    fix: l('Prove that it is genuine', '保证并证明是正品'),
  },
  {
    id: 'no-invoice',
    implies: 'invoice',
    blame: {
      en: 'no_invoice no_receipt',
      zh: '不开发票 没开发票 不给发票 没给发票 没有发票 不给开发票 发票没 发票一直没 发票也没 发票不',
    },
    says: l('Invoices are not given', '没有开发票'),
    fix: l('Give every invoice that is asked for', '按要求开发票'),
  },
  {
    id: 'not-new',
    implies: 'authenticity',
    blame: {
      en: 'secondhand second_hand refurbished already_opened been_opened used_item clearly_used',
      zh: '二手 翻新 拆过 被拆 用过的 别人用过',
    },
    says: l('It does not come new', '像是二手或拆过的'),
    fix: l('Send out only what is new and sealed', '只发全新未拆封的'),
  },
  {
    id: 'wrong-charge',
    implies: 'fees',
    blame: {
      en: 'charged_twice double_charged still_charged charged_me_after charged_after overcharged unauthorized kept_charging keeps_charging keep_charging charged_without',
      zh: '乱扣费 多扣 重复扣 自动扣费 自动续费 多收 被扣费',
    },
    says: l('Customers are charged wrongly', '扣费有误或未经同意'),
    fix: l('Charge only what was agreed', '只收约定的费用'),
  },
  {
    id: 'not-handed-over',
    implies: 'delivery',
    depends: true,
    blame: {
      en: 'left_it_outside left_it_in left_outside left_in_the_rain never_rang didn_t_ring never_knocked didn_t_knock',
      zh: '不给送到我 不送到指定 没送到指定 没送到门口 不送到门口 不送到楼 没送到楼 不送上楼 没送上楼 不上楼 让我下楼 叫我下楼 下楼拿 下楼取 下楼去 下楼自取 自己去拿 自己下去 扔在 丢在 放楼下',
    },
    says: l('Orders are left somewhere instead of handed over', '没有送到手上（扔在别处、不送上楼）'),
    fix: l('Hand over every order at the door', '送到顾客手上'),
  },
];
