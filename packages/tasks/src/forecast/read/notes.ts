/** What was taken for what, and what was decided, in words. */
import { count, type Localized, plural } from '@gradus/base';
import { frequencyOf, type Grid, stepText, timeOf } from '../grid.ts';
import { endOf, type ItemHistory } from '../history.ts';
import type { ReadRows } from './rows.ts';

export function takenNotes(
  { columns, byItem, file }: ReadRows,
  grids: readonly Grid[],
  items: readonly ItemHistory[],
  measures: boolean,
): Localized[] {
  const { layout, time, values, keys, price, promotion, otherPromotions, spends } = columns;
  const { assumedOrder, dayNumbers, order } = columns;
  const parts = (language: 'en' | 'zh'): string[] => {
    const say = (en: string, zh: string, name: string | undefined) =>
      name === undefined ? [] : [language === 'en' ? `${en} "${name}"` : `${zh}“${name}”`];
    return [
      ...say('date', '日期', time),
      ...(layout === 'long' ? say('amount', '数量', values[0]) : []),
      ...(layout === 'across' ? [] : say('item', '商品', keys.join(' + ') || undefined)),
      ...say('price', '价格', price),
      ...say('promotion', '促销', promotion),
      ...otherPromotions.flatMap((name) => say('promotion', '促销', name)),
      ...spends.flatMap((name) => say('spend', '投放', name)),
    ];
  };
  const shape: Record<typeof layout, Localized> = {
    long: byItem
      ? {
          en: `columns of each item (${byItem.roles
            .map(({ columns: own }) => Object.values(own).slice(0, 2).join(', '))
            .join(', …, ')}, …; ${count(byItem.items.length)} items)`,
          zh: `每个商品各有数列（${byItem.roles
            .map(({ columns: own }) => Object.values(own).slice(0, 2).join('、'))
            .join('……、')}……；${count(byItem.items.length)} 个商品）`,
        }
      : { en: 'a row an item and date', zh: '每行一个商品和日期' },
    wide: measures
      ? { en: `a column a series (${values.length})`, zh: `每列一条序列（${values.length}）` }
      : { en: `a column an item (${values.length})`, zh: `每列一个商品（${values.length}）` },
    across: columns.numbered
      ? { en: 'a row an item, numbered steps in the header', zh: '每行一个商品，表头是时间步的编号' }
      : { en: 'a row an item, dates in the header', zh: '每行一个商品，表头是日期' },
  };
  const byGrid = grids.map((grid, g) => ({ grid, n: items.filter((item) => item.grid === g).length }));
  const spans = spanOf(grids, items.slice(0, 100_000));
  return [
    {
      en: `Taken from ${file}: ${[shape[layout].en, ...parts('en')].join(', ')}. To change it: --time, --value, --item, --price, --promotion COLUMN.`,
      zh: `${file} 的读法：${[shape[layout].zh, ...parts('zh')].join('，')}。如需更改：--time、--value、--item、--price、--promotion 列名。`,
    },
    ...(time === undefined && layout !== 'across'
      ? [
          {
            en: 'The file has no dates: its rows were taken in their order, evenly spaced.',
            zh: '文件没有日期：按行的顺序、等间隔处理。',
          },
        ]
      : [
          {
            en: `From ${spans.from} to ${spans.to}; ${byGrid.map(({ grid, n }) => `${measures ? `${count(n)} series` : plural(n, 'item')} ${frequencyOf(grid).name.en}`).join(', ')}.`,
            zh: `从 ${spans.from} 到 ${spans.to}；${byGrid.map(({ grid, n }) => `${measures ? `${count(n)} 条序列` : `${count(n)} 个商品`}为${frequencyOf(grid).name.zh}`).join('，')}。`,
          },
        ]),
    ...(measures
      ? [
          {
            en: 'The amounts were taken for measurements, not for what was sold: they are told on average, not added up, and nothing is ordered or priced by them. Is it sales, call the column "sales" or "units".',
            zh: '这些数值被视为测量值而非销量：预测给出平均值而不求和，也不据此订货或定价。如果是销量，请把列名改为“销量”。',
          },
        ]
      : []),
    ...(columns.logs
      ? [
          {
            en: `"${values[0]}" holds logarithms: forecasts are of the amounts themselves, e to that power. To forecast the logarithms: --value ${values[0]}.`,
            zh: `“${values[0]}”是对数：预测的是还原后的数量（e 的该次幂）。如需预测对数本身：--value ${values[0]}。`,
          },
        ]
      : []),
    ...(columns.prices
      ? [
          {
            en: `The price of a row is the one that its ${columns.prices.key} numbers, of ${Object.values(columns.prices.columns).slice(0, 3).join(', ')}, ….`,
            zh: `每行的价格取与其 ${columns.prices.key} 编号对应的一列（${Object.values(columns.prices.columns).slice(0, 3).join('、')}……）。`,
          },
        ]
      : []),
    ...(dayNumbers
      ? [
          {
            en: 'Dates are numbers of days, counted from 1900 as Excel does. A workbook that counts from 1904 (older ones from a Mac) would be four years and a day later: save it as .xlsx, which says so.',
            zh: '日期是天数，按 Excel 的 1900 日期系统计算。若工作簿采用 1904 日期系统（较早的 Mac 版），日期应晚四年零一天：请保存为 .xlsx，其中会注明。',
          },
        ]
      : []),
    ...(columns.copies.length > 0
      ? [
          {
            en: `Not used, since it holds the amounts themselves, which nobody knows ahead: ${columns.copies.join(', ')}.`,
            zh: `以下列就是数量本身，事先无法知道，未使用：${columns.copies.join('、')}。`,
          },
        ]
      : []),
    ...(assumedOrder
      ? [
          {
            en: `Dates like 03/04/2024 do not show which is the day; read as ${order}.`,
            zh: `03/04/2024 这样的日期看不出哪个是日；按${order === 'day first' ? '日在前' : '月在前'}读取。`,
          },
        ]
      : []),
  ];
}

/** Numbered steps are told by number, all others by how dates are written. */
function spanOf(grids: readonly Grid[], items: readonly ItemHistory[]): { from: string; to: string } {
  const edges = items.flatMap((item) => {
    const grid = grids[item.grid]!;
    return [item.first, endOf(item) - 1].map((step) => ({
      at: grid.kind === 'order' ? step : timeOf(grid, step),
      text: stepText(grid, step),
    }));
  });
  const from = edges.reduce((a, b) => (b.at < a.at ? b : a));
  const to = edges.reduce((a, b) => (b.at > a.at ? b : a));
  return { from: from.text, to: to.text };
}

export function tallyNotes(
  {
    copies,
    summed,
    below,
  }: {
    copies: number;
    summed: number;
    below: number;
  },
  measures: boolean,
): Localized[] {
  return [
    ...(copies > 0
      ? [
          {
            en: `${plural(copies, 'row')} repeated another with the same item, date and amount: counted once.`,
            zh: `${count(copies)} 行与另一行的商品、日期和数量都相同：只计一次。`,
          },
        ]
      : []),
    ...(summed > 0
      ? [
          {
            en: `${plural(summed, 'row')} fell into a step that had one already: amounts were added up, prices averaged.`,
            zh: `${count(summed)} 行与其他行落在同一时间步：数量相加，价格取平均。`,
          },
        ]
      : []),
    ...(below > 0
      ? [
          measures
            ? {
                en: `${plural(below, 'amount')} below zero: measurements as they are, so that forecasts may be negative too.`,
                zh: `${count(below)} 个数值为负：按测量值原样使用，预测也可能为负。`,
              }
            : {
                en: `${plural(below, 'amount')} below zero: taken as returns and subtracted.`,
                zh: `${count(below)} 个数量为负：视为退货并扣减。`,
              },
        ]
      : []),
  ];
}
