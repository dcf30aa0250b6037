/** What not to trust: items that were not forecast, and forecasts that rest on little. */
import { count, type Localized } from '@gradus/base';
import type { Block, Section } from '@gradus/report';
import { USELESS } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_SHOWN = 30;
const FEW_ROLLS = 4;

export function trust({ history, train: { forecasts } }: ReportInput): Section {
  const names = (of: (forecast: (typeof forecasts)[number]) => boolean): string[] =>
    forecasts.filter(of).map(({ item }) => item);
  const warnings = [
    warning(
      names(({ judged }) => !judged),
      {
        en: 'have histories too short to judge by; their intervals are those of other items',
        zh: '的历史太短，无法检验；其区间取自其他商品',
      },
    ),
    warning(
      names(({ judged }) => judged !== undefined && !judged.beatsNaive),
      {
        en: 'were not shown to be told better than by the naive method, which ties',
        zh: '未被证明优于朴素法：两者难分高下',
      },
    ),
    warning(
      names(({ judged }) => judged !== undefined && judged.relative > USELESS),
      {
        en: 'had errors nearly as large as the amounts: plan by their intervals, not by their means',
        zh: '的误差接近数量本身：请按区间而不是均值计划',
      },
    ),
    warning(
      names(({ judged }) => judged !== undefined && judged.rolls < FEW_ROLLS),
      { en: `were judged by fewer than ${FEW_ROLLS} rolls`, zh: `的回测不足 ${FEW_ROLLS} 次` },
    ),
    warning(
      names(({ place }) => isConstant(history.items[place]!.values)),
      { en: 'never changed: the forecast is that amount', zh: '从未变化：预测即该数量' },
    ),
    warning(
      names(
        ({ season, place }) => season === 1 && history.grids[history.items[place]!.grid]!.kind !== 'order',
      ),
      { en: 'have fewer than two seasons: a season cannot be told', zh: '不足两个季节周期：无法判断季节性' },
    ),
  ];
  const { setAside } = history;
  const blocks: Block[] = [
    ...warnings.flatMap((text): Block[] => (text ? [{ kind: 'note', tone: 'warning', text }] : [])),
    ...(setAside.length > 0
      ? [
          {
            kind: 'table' as const,
            caption: {
              en: `Items that were not forecast (${count(setAside.length)})`,
              zh: `未预测的商品（${count(setAside.length)}）`,
            },
            columns: [{ label: { en: 'Item', zh: '商品' } }, { label: { en: 'Reason', zh: '原因' } }],
            rows: setAside.slice(0, MOST_SHOWN).map(({ item, reason }) => [item, reason]),
          },
        ]
      : []),
    {
      kind: 'text',
      text: {
        en: 'A forecast goes on as the past went: a new competitor, a shortage or a change of assortment is in none of them.',
        zh: '预测假定未来延续过去：新的竞争者、缺货或品类调整都不在其中。',
      },
    },
  ];
  return { id: 'trust', title: { en: 'What not to trust', zh: '不可轻信之处' }, blocks };
}

function warning(names: readonly string[], { en, zh }: Localized): Localized | undefined {
  if (names.length === 0) return undefined;
  const some = (comma: string) => names.slice(0, 5).join(comma) + (names.length > 5 ? `${comma}…` : '');
  return {
    en: `${count(names.length)} ${names.length === 1 ? 'item' : 'items'} ${en} (${some(', ')}).`,
    zh: `${count(names.length)} 个商品${zh}（${some('、')}）。`,
  };
}

function isConstant(values: Float64Array): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.every((value) => value === known[0]);
}
