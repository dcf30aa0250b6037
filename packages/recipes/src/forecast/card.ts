/** The model card of a run of forecasts. */
import { count, decimals, percent } from '@gradus/base';
import type { ModelCard } from '@gradus/report';
import type { Evaluated } from './evaluate.ts';
import { methodsInWords } from './findings.ts';
import type { Prepared } from './prepare.ts';
import { TITLE } from './report/input.ts';
import type { Trained } from './train.ts';
import { held } from './words.ts';

export function forecastCard(
  { history, planNotes }: Prepared,
  { coverage }: Trained,
  evaluated: Evaluated,
  seed: number,
): ModelCard {
  const { mase, naiveMase, relative, naiveRelative, judged, methods } = evaluated;
  return {
    title: { en: `${TITLE.en}: ${history.file}`, zh: `${TITLE.zh}：${history.file}` },
    purpose: {
      en: 'Says how much of each item will sell, with intervals, for plans of stock, price and money. Not for items without a history.',
      zh: '预测各商品的销量及区间，用于备货、定价和资金计划。不适用于没有历史的商品。',
    },
    metrics:
      judged === 0
        ? []
        : [
            {
              name: { en: 'Mean absolute scaled error', zh: '平均绝对标度误差' },
              value: decimals(mase),
              baseline: decimals(naiveMase),
            },
            {
              name: { en: 'Error of all amounts', zh: '总体误差' },
              value: percent(relative),
              baseline: percent(naiveRelative),
            },
            {
              name: { en: 'Coverage of the 80% interval', zh: '80% 区间覆盖率' },
              value: held(coverage['80']),
            },
            {
              name: { en: 'Coverage of the 95% interval', zh: '95% 区间覆盖率' },
              value: held(coverage['95']),
            },
          ],
    data: [
      {
        en: `${history.file}: ${count(history.rows.read)} rows read, ${count(history.rows.used)} used, ${count(history.rows.setAside)} set aside.`,
        zh: `${history.file}：读取 ${count(history.rows.read)} 行，使用 ${count(history.rows.used)} 行，搁置 ${count(history.rows.setAside)} 行。`,
      },
      ...history.notes,
      ...planNotes,
    ],
    limits: [
      {
        en: `Measured by forecasts of the past of ${count(judged)} items. The future may differ from the past in ways that no interval knows.`,
        zh: `通过对 ${count(judged)} 个商品历史的回测得出。未来可能以任何区间都无法预知的方式偏离过去。`,
      },
    ],
    made: [methodsInWords(methods), { en: `Seed ${seed}.`, zh: `随机种子 ${seed}。` }],
  };
}
