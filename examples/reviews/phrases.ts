/**
 * What made-up customers say of three made-up products of a made-up company: the Lumo Kettle, the Lumo Lamp and the
 * Lumo Blender. Each aspect is praised or blamed in many ways, in both languages; `{a|b}` is one of several words.
 */
export interface Aspect {
  readonly name: string;
  readonly praise: readonly { readonly en: string; readonly zh: string }[];
  readonly blame: readonly { readonly en: string; readonly zh: string }[];
}

export const ASPECTS: readonly Aspect[] = [
  {
    name: 'delivery',
    praise: [
      {
        en: 'Delivery was {fast|quick|really quick}, it came {the next day|in two days|a day early}',
        zh: '{物流|快递|发货}{很快|特别快|速度很快}，{第二天|两天}就到了',
      },
      { en: 'The courier was {friendly|polite} and {on time|early}', zh: '快递员{态度好|很客气}，准时送到' },
      {
        en: 'Shipped {right away|the same day} and arrived on time',
        zh: '当天发货，{很快就收到了|到得很快}',
      },
    ],
    blame: [
      {
        en: 'Delivery took {three weeks|ten days|far too long} and nobody {answered|told me why}',
        zh: '{物流|快递}太慢了，{等了十天|等了两个星期}才到',
      },
      { en: 'The parcel arrived {five days|a week|two weeks} late', zh: '包裹晚了{五天|一个星期}才送到' },
      {
        en: 'The courier left the parcel {in the rain|with a stranger|at the wrong door}',
        zh: '快递员把包裹{丢在楼下|送错了地址}，也不打电话',
      },
      {
        en: 'Shipping was {slow|painfully slow}, the tracking never moved',
        zh: '发货{太慢|拖了好久}，物流信息一直不更新',
      },
    ],
  },
  {
    name: 'packaging',
    praise: [
      {
        en: 'The packaging is {solid|careful|beautiful}, nothing was {scratched|damaged}',
        zh: '包装{很严实|很用心|很精美}，没有{破损|划痕}',
      },
      { en: 'Well packed in a {sturdy|thick} box', zh: '盒子很结实，包装得很好' },
    ],
    blame: [
      {
        en: 'The box was {crushed|torn|soaked} and the lid was {cracked|dented}',
        zh: '包装盒{压扁了|破了}，里面的东西也{磕坏了|有裂痕}',
      },
      {
        en: 'Bad packaging, {no padding at all|just a thin bag}, it came {broken|scratched}',
        zh: '包装太差，{没有任何缓冲|就一层薄袋子}，收到就{坏了|划花了}',
      },
      { en: 'Packaging was {damaged|open} when the box arrived', zh: '收到时外包装已经{破损|打开}了' },
    ],
  },
  {
    name: 'heating',
    praise: [
      {
        en: 'It {boils|heats} water in {two minutes|no time}',
        zh: '烧水{很快|特别快}，{两分钟|一会儿}就开了',
      },
      {
        en: 'The heating power is {strong|impressive}, and it keeps the temperature',
        zh: '加热{快|均匀}，保温效果{很好|不错}',
      },
    ],
    blame: [
      {
        en: 'Heating takes {forever|ten minutes}, my old one was faster',
        zh: '加热{太慢|要十分钟}，还不如我以前的',
      },
      {
        en: 'It {stops heating|switches off} before the water is hot',
        zh: '水还没热就{自动断电|停止加热}了',
      },
      {
        en: 'The temperature is {never right|way off}, the display shows 80 and the water is cold',
        zh: '温度{不准|显示不对}，显示八十度水却是凉的',
      },
    ],
  },
  {
    name: 'app',
    praise: [
      {
        en: 'The app {connects|pairs} {at once|without trouble} and is {easy to use|clear}',
        zh: '手机应用{一连就上|配对很快}，{操作简单|很好用}',
      },
      { en: 'Setting a schedule in the app is {simple|a joy}', zh: '在应用里设置定时{很方便|很简单}' },
    ],
    blame: [
      {
        en: 'The app {cannot connect|keeps losing the connection} to {wifi|the wifi|bluetooth}',
        zh: '手机应用{连不上|总是断开}{无线网络|蓝牙}',
      },
      {
        en: 'Since the update the app {crashes|freezes} {every time|at login}',
        zh: '更新之后应用{一打开就闪退|登录就卡死}',
      },
      {
        en: 'Pairing with the app {fails|failed five times}, {wifi connection|connection} error again and again',
        zh: '应用配对{失败|试了五次都失败}，一直提示连接错误',
      },
      {
        en: 'The app {logs me out|forgets my device} and the connection drops',
        zh: '应用老是{自动退出|找不到设备}，连接很不稳定',
      },
    ],
  },
  {
    name: 'noise',
    praise: [
      {
        en: 'It is {very quiet|almost silent}, {the baby sleeps on|I hear nothing}',
        zh: '{声音很小|几乎没有噪音}，{不吵人|晚上用也不影响}',
      },
    ],
    blame: [
      {
        en: 'The motor is {very loud|so noisy}, {it wakes everyone|you cannot talk next to it}',
        zh: '电机{噪音太大|声音特别大}，{吵死人|吵得没法说话}',
      },
      {
        en: 'It makes a {terrible|loud|grinding} noise {after a week|from the first day}',
        zh: '用了{一个星期|没几天}就有{刺耳的|很大的}噪音',
      },
      { en: 'Such a loud noise in the {morning|kitchen}', zh: '早上一用{噪音|声音}就{把全家吵醒|特别吵}' },
    ],
  },
  {
    name: 'price',
    praise: [
      {
        en: 'Great {value for money|price}, {worth every cent|I would pay more}',
        zh: '{价格实惠|性价比很高}，{很值|物超所值}',
      },
      { en: 'I got it {on sale|with a discount}, a really good price', zh: '{打折|活动}时买的，价格很划算' },
    ],
    blame: [
      { en: '{Too expensive|Overpriced} for what it does', zh: '价格{太贵|偏高}，{不值这个钱|性价比低}' },
      {
        en: 'The price {dropped|went down} by {twenty|thirty} percent {the day after|a week after} I bought it',
        zh: '刚买{第二天|没几天}就降价，{不给保价|很生气}',
      },
    ],
  },
  {
    name: 'service',
    praise: [
      {
        en: 'Customer service {answered at once|was kind} and {sent a new one|solved it}',
        zh: '客服{回复很快|很有耐心}，{马上给换了新的|问题解决了}',
      },
      { en: 'The support team is {helpful|patient}', zh: '售后{态度好|很负责}' },
    ],
    blame: [
      {
        en: 'Customer service {never answers|did not reply for a week}',
        zh: '客服{一直不回复|根本联系不上}',
      },
      {
        en: 'Support {refused a refund|sent me in circles}, {very rude|no help at all}',
        zh: '售后{不给退款|互相推诿}，态度{很差|恶劣}',
      },
      {
        en: 'I asked customer service {three times|twice} for a refund, nothing',
        zh: '找客服退款{三次|好几次}都没有结果',
      },
    ],
  },
  {
    name: 'smell',
    praise: [
      { en: 'No plastic smell {at all|even when new}', zh: '{没有异味|没有塑料味}，{用着放心|材质很好}' },
    ],
    blame: [
      {
        en: 'A strong {plastic|chemical} smell that does not go away',
        zh: '{塑料味|异味}很{重|大}，怎么洗都{去不掉|有味道}',
      },
      {
        en: 'The water {tastes of|smells of} plastic {after ten boils|every time}',
        zh: '烧出来的水有股{塑料味|怪味}，不敢喝',
      },
    ],
  },
  {
    name: 'durability',
    praise: [
      {
        en: 'Still {works like new|going strong} after {a year|six months}',
        zh: '用了{一年|半年}还跟新的一样，{质量很好|很耐用}',
      },
      { en: 'Solid build, {feels durable|good quality}', zh: '做工{扎实|精细}，质量{不错|很好}' },
    ],
    blame: [
      {
        en: 'It {broke|stopped working|died} after {two weeks|a month}',
        zh: '用了{两个星期|一个月}就{坏了|不能用了}',
      },
      {
        en: 'The handle {broke off|came loose} {within days|after a month}, poor quality',
        zh: '把手{没几天就松了|用一个月就断了}，质量太差',
      },
    ],
  },
  {
    name: 'cleaning',
    praise: [
      {
        en: 'Easy to clean, {just rinse it|it goes in the dishwasher}',
        zh: '{清洗方便|很好清洗}，{冲一下就干净|可以放洗碗机}',
      },
    ],
    blame: [
      {
        en: 'Hard to clean, {scale builds up|food sticks} {in the corners|under the blades}',
        zh: '{很难清洗|不好洗}，{死角多|缝里都是水垢}',
      },
      { en: 'Cleaning it takes {longer than using it|half an hour}', zh: '每次清洗都要{半个小时|好久}' },
    ],
  },
  {
    name: 'lid leak',
    praise: [],
    blame: [
      {
        en: 'The {new lid|lid} leaks {water|all over the table} {when I pour|every time}',
        zh: '{新盖子|盖子}漏水，{一倒水就漏|弄得满桌都是}',
      },
      {
        en: 'Water leaks {from the lid|out of the seal} since {the new version|day one}',
        zh: '密封圈{漏水|不严}，盖子一直{滴水|漏水}',
      },
    ],
  },
];

/** Words of praise and blame that name nothing. */
export const GENERAL = {
  praise: [
    { en: '{Very happy|Really satisfied} with it', zh: '{很满意|非常喜欢}' },
    { en: '{Would buy again|Recommended}', zh: '{会再买|推荐购买}' },
    { en: '{Love it|Great product}', zh: '{好用|很不错}' },
  ],
  blame: [
    { en: '{Very disappointed|A waste of money}', zh: '{很失望|太失望了}' },
    { en: '{Do not buy|Never again}', zh: '{不会再买了|不推荐}' },
    { en: '{Sent it back|I want my money back}', zh: '{已退货|申请退货了}' },
  ],
} as const;
