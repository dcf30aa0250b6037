/** The strategy page: what price, promotion, campaigns and competitors did, three plans, orders, the next test, and what cannot be told. */
import { count, decimals, type Localized, percent, signed, significant } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import { frequencyOf, type ItemHistory, type SalesHistory, stepText } from '@gradus/tasks';
import { amount } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_SHOWN = 30;

type Row = readonly (string | Localized)[];
type BlockOf = (input: ReportInput) => Block[];

export function strategy(input: ReportInput): Section | null {
  const blocks = [
    campaignsTold,
    prices,
    plans,
    promotions,
    mix,
    rivals,
    orders,
    tests,
    cityTests,
    refused,
  ].flatMap((of) => of(input));
  return blocks.length === 0 ? null : { id: 'strategy', title: { en: 'Strategy', zh: '策略' }, blocks };
}

const range = ([low, high]: readonly [number, number], format: (value: number) => string): Localized => ({
  en: `${format(low)} to ${format(high)}`,
  zh: `${format(low)} 至 ${format(high)}`,
});
const share = (value: number): string => signed(value, percent);

function table(
  caption: Localized,
  columns: readonly Localized[],
  rows: readonly Row[],
  note: Localized,
): Block[] {
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      caption,
      columns: columns.map((label, i) => (i === 0 ? { label } : { label, align: 'right' as const })),
      rows: rows.slice(0, MOST_SHOWN).map((row) => [...row]),
    },
    { kind: 'text', text: note },
  ];
}

const ITEM: Localized = { en: 'Item', zh: '商品' };
const INTERVAL: Localized = { en: '95% interval', zh: '95% 区间' };

const METHOD: Readonly<Record<string, Localized>> = {
  'synthetic control': { en: 'synthetic control', zh: '合成控制' },
  'difference in differences': { en: 'difference in differences', zh: '双重差分' },
  'interrupted series': { en: 'interrupted series', zh: '中断时间序列' },
};

const campaignsTold: BlockOf = ({ evaluate: { campaigns } }) => [
  ...table(
    { en: 'Did the campaigns work?', zh: '活动是否有效？' },
    [
      { en: 'Campaign', zh: '活动' },
      { en: 'Lift', zh: '提升' },
      INTERVAL,
      { en: 'Units in all', zh: '总增量' },
      { en: 'p', zh: 'p 值' },
      { en: 'Method', zh: '方法' },
    ],
    campaigns.lifts.map(({ name, from, to, lift, liftInterval, total, pValue, method }) => [
      `${name} (${from}${to ? ` – ${to}` : ''})`,
      share(lift),
      range(liftInterval, share),
      signed(total, amount),
      decimals(pValue, 3),
      METHOD[method]!,
    ]),
    {
      en: 'Against what the treated would have sold without it. An interval that holds 0% means: it cannot be told from nothing.',
      zh: '与未做活动时的预期销量相比。区间包含 0% 表示：无法与“没有效果”区分。',
    },
  ),
  ...campaigns.lifts.flatMap(({ name, caution }) =>
    caution.map(
      (text): Block => ({
        kind: 'note',
        tone: 'warning',
        text: { en: `${name}: ${text.en}`, zh: `${name}：${text.zh}` },
      }),
    ),
  ),
];

const prices: BlockOf = ({ evaluate: { strategy } }) =>
  table(
    { en: 'Price elasticity', zh: '价格弹性' },
    [
      ITEM,
      { en: 'Elasticity', zh: '弹性' },
      INTERVAL,
      { en: 'From other items', zh: '借自其他商品' },
      { en: 'Usual price', zh: '常用价' },
      { en: 'Safe prices', zh: '安全价格范围' },
    ],
    strategy.elasticity.map(({ item, value, interval, pooled, usualPrice, safe }) => [
      item,
      decimals(value),
      range(interval, decimals),
      percent(pooled),
      significant(usualPrice),
      range(safe, significant),
    ]),
    {
      en: 'An elasticity of −2: one percent more on the price sells two percent less. Beyond the safe prices the item was hardly ever sold, so that nothing is known there. Prices are set for reasons: where they were lowered because demand was weak, the elasticity looks smaller than it is.',
      zh: '弹性为 −2：价格上涨 1%，销量下降 2%。安全范围之外几乎没有销售记录，无从得知。定价总有原因：若因需求疲弱而降价，弹性会被低估。',
    },
  );

const PLAN: Readonly<Record<string, Localized>> = {
  keep: { en: 'keep', zh: '保持' },
  lower: { en: 'lower', zh: '降价' },
  raise: { en: 'raise', zh: '提价' },
  best: { en: 'best inside', zh: '范围内最优' },
};

const plans: BlockOf = ({ evaluate: { strategy } }) => {
  const withMargin = strategy.plans.some(({ margin }) => margin !== undefined);
  return table(
    { en: 'Plans compared, over the whole horizon', zh: '计划比较（整个预测期）' },
    [
      ITEM,
      { en: 'Plan', zh: '计划' },
      { en: 'Price', zh: '价格' },
      { en: 'Units', zh: '数量' },
      { en: 'Revenue', zh: '收入' },
      ...(withMargin ? [{ en: 'Margin', zh: '毛利' }] : []),
      { en: 'Chance of being better', zh: '更优的概率' },
    ],
    strategy.plans.map(({ item, name, price, units, revenue, margin, better }) => {
      const figure = ({ mean, interval }: typeof units): Localized => ({
        en: `${amount(mean)} (${range(interval, amount).en})`,
        zh: `${amount(mean)}（${range(interval, amount).zh}）`,
      });
      const first: Row = [item, PLAN[name]!, significant(price), figure(units), figure(revenue)];
      return [...first, ...(margin ? [figure(margin)] : []), name === 'keep' ? '–' : percent(better)];
    }),
    withMargin
      ? {
          en: 'With 95% intervals from the forecast and the elasticity together; better means a higher margin than at the price as it is. Where lowering or raising is missing, the price is at that end of the safe range already.',
          zh: '95% 区间同时包含预测与弹性的不确定性；更优指毛利高于保持现价。未列出降价或提价时，现价已处于安全范围的该端。',
        }
      : {
          en: 'With 95% intervals from the forecast and the elasticity together; better means more revenue than at the price as it is. With --cost plans are compared by margin. Where lowering or raising is missing, the price is at that end of the safe range already.',
          zh: '95% 区间同时包含预测与弹性的不确定性；更优指收入高于保持现价。提供 --cost 后按毛利比较。未列出降价或提价时，现价已处于安全范围的该端。',
        },
  );
};

const promotions: BlockOf = ({ history, evaluate: { strategy } }) => {
  const items = new Map(history.items.map((item) => [item.item, item]));
  const step = (item: ItemHistory, at: number) => stepText(history.grids[item.grid]!, item.first + at);
  return [
    ...table(
      { en: 'What promotions brought', zh: '促销的效果' },
      [
        ITEM,
        { en: 'Lift', zh: '提升' },
        INTERVAL,
        { en: 'Last promotion', zh: '最近一次促销' },
        { en: 'Units beyond', zh: '增量' },
      ],
      strategy.promotions.map(({ item, kind, lift, interval, promotions: past }) => {
        const last = past.at(-1);
        const own = items.get(item);
        return [
          kind === undefined ? item : `${item}: ${kind}`,
          share(lift),
          range(interval, share),
          last && own ? `${step(own, last.from)} – ${step(own, last.to)}` : '–',
          last
            ? {
                en: `${signed(last.units, amount)} (${range(last.interval, amount).en})`,
                zh: `${signed(last.units, amount)}（${range(last.interval, amount).zh}）`,
              }
            : '–',
        ];
      }),
      {
        en: 'Beyond what price, trend and season explain. What buyers only bought earlier is in it: look at the weeks after.',
        zh: '已扣除价格、趋势和季节的影响。其中包含提前购买：请留意之后几周。',
      },
    ),
  ];
};

const mix: BlockOf = ({ evaluate: { strategy } }) =>
  table(
    { en: 'What advertising brought', zh: '广告投放的效果' },
    [
      { en: 'Channel', zh: '渠道' },
      ITEM,
      { en: 'Sales for one unit of spend', zh: '每单位投放带来的销售' },
      INTERVAL,
      { en: 'Share of sales', zh: '占销售的比例' },
    ],
    strategy.mix.map(({ name, item, perSpend, interval, share: part }) => [
      name,
      item,
      significant(perSpend),
      range(interval, significant),
      percent(part),
    ]),
    {
      en: 'Weak evidence: spend goes up when sales are expected to, which looks the same. It says what to test, not what to pay.',
      zh: '证据较弱：预期销售上升时投放也会增加，两者看起来一样。它说明该测试什么，而不是该花多少。',
    },
  );

const cityTests: BlockOf = ({ history, evaluate: { strategy } }) => {
  const step = stepOf(history);
  return table(
    { en: 'What a test in some cities would find', zh: '在部分城市做测试能发现什么' },
    [
      { en: 'Cities, drawn by lot', zh: '随机抽取的城市数' },
      { en: 'Length', zh: '时长' },
      { en: 'Smallest lift found in four tests of five', zh: '五次测试中有四次能发现的最小提升' },
    ],
    strategy.cities.map(({ cities, length, smallestLift }) => [
      count(cities),
      { en: `${count(length)} ${step.en}s`, zh: `${count(length)} ${step.zh}` },
      percent(smallestLift),
    ]),
    {
      en: 'From tests of the past in which nothing was done. A campaign in these cities whose lift is smaller cannot be told from nothing; judge it afterwards with --lift.',
      zh: '根据历史上未做任何活动的模拟测试。若活动的提升更小，则无法与“没有效果”区分；结束后用 --lift 评估。',
    },
  );
};

const rivals: BlockOf = ({ evaluate: { strategy } }) => {
  const { cross, shares } = strategy.competition;
  return [
    ...table(
      { en: 'Items that compete', zh: '相互竞争的商品' },
      [
        ITEM,
        { en: 'Moved by the price of', zh: '受其价格影响' },
        { en: 'Cross elasticity', zh: '交叉弹性' },
        INTERVAL,
      ],
      cross.map(({ item, other, value, interval }) => [item, other, signed(value), range(interval, signed)]),
      {
        en: 'Only pairs that stand against chance among all pairs tried.',
        zh: '只列出在所有检验过的商品对中仍显著的。',
      },
    ),
    ...table(
      { en: 'Share of units', zh: '销量份额' },
      [
        ITEM,
        { en: 'First quarter of the history', zh: '历史前四分之一' },
        { en: 'Last quarter', zh: '最后四分之一' },
      ],
      shares
        .filter(({ isTrend }) => isTrend)
        .map(({ item, before, now }) => [item, percent(before), percent(now)]),
      { en: 'Items whose share moved more than chance would.', zh: '份额变化超出偶然的商品。' },
    ),
  ];
};

const orders: BlockOf = ({ evaluate: { strategy } }) =>
  table(
    { en: 'How many to order', zh: '订货量' },
    [
      ITEM,
      { en: 'Order, with stock', zh: '订货（含库存）' },
      { en: 'For steps', zh: '覆盖步数' },
      { en: 'Expected demand', zh: '预计需求' },
      { en: 'Chance that it lasts', zh: '足够的概率' },
      { en: 'Left over', zh: '预计剩余' },
    ],
    strategy.orders.map(({ item, quantity, steps, expectedDemand, serviceLevel, expectedRest }) => [
      item,
      count(quantity),
      count(steps),
      amount(expectedDemand),
      percent(serviceLevel),
      amount(expectedRest),
    ]),
    {
      en: 'What should be there, in stock and on the way, until the next order arrives (--lead-time). The chance is 95% unless --service-level says another; for what spoils the best is (price − cost) / price.',
      zh: '到下一批货到达（--lead-time）为止，库存与在途合计应有的数量。概率默认为 95%，可用 --service-level 更改；易损耗的商品宜取（价格 − 成本）/ 价格。',
    },
  );

const tests: BlockOf = ({ history, evaluate: { strategy } }) => {
  if (strategy.tests.length === 0) return [];
  const step = stepOf(history);
  return [
    {
      kind: 'list',
      ordered: true,
      items: strategy.tests.map(({ item, price, usualPrice, steps }) => ({
        en: `Test next: ${item} at ${significant(price)} instead of ${significant(usualPrice)}, every other ${step.en} drawn by lot, for ${count(steps)} ${step.en}s: its elasticity is then known to ± 0.5.`,
        zh: `下一个测试：${item} 以 ${significant(price)} 代替 ${significant(usualPrice)}，随机抽取一半的${step.zh}，共 ${count(steps)} ${step.zh}：其弹性可精确到 ± 0.5。`,
      })),
    },
  ];
};

const stepOf = ({ grids }: SalesHistory): Localized => frequencyOf(grids[0]!).step;

const MOST_NAMED = 12;
function namesOf(items: readonly string[]): Localized {
  const named = items.slice(0, MOST_NAMED);
  const more = items.length - named.length;
  return {
    en: `${named.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}`,
    zh: `${named.join('、')}${more > 0 ? `等 ${count(items.length)} 个` : ''}`,
  };
}

const refused: BlockOf = ({ evaluate: { strategy, campaigns } }) => {
  const all = [...campaigns.refused, ...strategy.refused];
  return table(
    {
      en: `What the data cannot tell (${count(all.length)})`,
      zh: `数据无法回答的问题（${count(all.length)}）`,
    },
    [
      { en: 'Of', zh: '对象' },
      { en: 'Reason', zh: '原因' },
    ],
    // What holds of many items is said once.
    [...Map.groupBy(all, ({ reason }) => reason.en).values()].map((alike) => [
      namesOf(alike.map(({ of }) => of)),
      alike[0]!.reason,
    ]),
    {
      en: 'No number stands for these, since it would be a guess.',
      zh: '以上不给出数字，因为那只会是猜测。',
    },
  ).map((block) =>
    block.kind === 'table' ? { ...block, columns: block.columns.map(({ label }) => ({ label })) } : block,
  );
};
