/** What `gradus forecast` takes: a file of sales, whose columns it finds unless they are named, and a plan of what is known ahead. */
import { model, type OptionsOf, role, table } from '@gradus/loop';
import { GAPS } from '@gradus/tasks';
import { z } from 'zod';

export const TAKES = {
  data: table(
    {
      time: role.time({ en: 'column of dates', zh: '日期所在的列' }).optional(),
      value: role.number({ en: 'column of what was sold', zh: '销量或销售额所在的列' }).optional(),
      item: role.key({ en: 'column that says what was sold', zh: '商品所在的列' }).optional(),
      price: role.number({ en: 'column of prices', zh: '价格所在的列' }).optional(),
      promotion: role
        .category({ en: 'column that says whether a promotion ran', zh: '标明促销的列' })
        .optional(),
    },
    { en: 'file of sales', zh: '销售数据文件' },
  ),
  plan: table(
    {},
    {
      en: 'what is planned for the dates to come: prices, promotions, other columns of the sales file',
      zh: '未来日期的计划：价格、促销及销售文件中的其他列',
    },
  ).optional(),
  lift: table(
    {},
    {
      en: 'campaigns of the past to be judged: item (or city), start, end',
      zh: '要评估的过往活动：商品（或城市）、开始、结束',
    },
  ).optional(),
  network: model({
    en: 'forecasting network in an ONNX file, as one candidate more: history in, steps out',
    zh: 'ONNX 格式的预测网络，作为又一个候选：输入历史，输出后续各步',
  }).optional(),
  events: table(
    {},
    {
      en: 'days of your own: a table with the columns date, event and, of several days, end',
      zh: '自己的活动日：含“日期”“活动”以及（多天时）“结束”列的表格',
    },
  ).optional(),
};

export const OwnOptions = z.strictObject({
  horizon: z.int().min(1).max(1000).optional().meta({
    en: 'how many steps ahead; default: what people plan by in this frequency (28 days, 13 weeks, 12 months)',
    zh: '预测多少步；默认按频率取常用的计划期（28 天、13 周、12 个月）',
  }),
  cost: z.number().positive().optional().meta({
    en: 'what a unit costs: plans are then compared by margin',
    zh: '单位成本：据此按毛利比较计划',
  }),
  leadTime: z.int().min(1).max(1000).optional().meta({
    en: 'steps until an order arrives; default: a quarter of what is forecast',
    zh: '订货到货需要的步数；默认为预测期的四分之一',
  }),
  serviceLevel: z.number().min(0.5).max(0.999).optional().meta({
    en: 'chance that an order lasts until the next; default 0.95; for what spoils (price − cost) / price',
    zh: '订货足够到下一批的概率；默认 0.95；易损耗的商品宜取（价格 − 成本）/ 价格',
  }),
  country: z
    .string()
    .regex(/^(?:[A-Za-z]{2}|none)$/, { error: 'expected two letters such as CN, or none' })
    .optional()
    .meta({
      en: 'whose holidays and shopping days count: two letters (CN, US, DE), or none; default: CN for a file in Chinese, else none',
      zh: '采用哪个国家的节假日和购物节：两个字母（CN、US、DE）或 none；默认：中文文件用 CN，否则不用',
    }),
  gaps: z.enum(GAPS).default('auto').meta({
    en: 'what a step without a row means: zero (nothing sold) or unknown; auto: what the file shows',
    zh: '没有数据的时间步的含义：zero（没有售出）或 unknown（未知）；auto：由文件判断',
  }),
});
export type ForecastOptions = OptionsOf<typeof TAKES, typeof OwnOptions>;
