/** What moved the forecasts of the model of all items, and what another plan would do. */
import { type Localized, percent, signed, significant } from '@gradus/base';
import type { Section } from '@gradus/report';
import { amount, causeName } from '../words.ts';
import type { ReportInput } from './input.ts';

const MOST_ITEMS = 15;
const MOST_CAUSES = 4;
/** What says which item it is moves every forecast, and tells nobody anything. */
const TRIVIAL = new Set(['item', 'level']);

export function causes({ calendar, train: { global, forecasts } }: ReportInput): Section | null {
  const events = new Map(calendar.events.map(({ code, name }) => [code, name]));
  const explained = global?.explained.slice(0, MOST_ITEMS) ?? [];
  if (explained.length === 0) return null;
  return {
    id: 'causes',
    title: { en: 'What moves the forecasts', zh: '预测的影响因素' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: 'How many units more or less the model of all items expects over the horizon because of each cause, beside an ordinary step of an item of this size (exact Shapley values). Associations in the past, not proof of cause.',
          zh: '与该规模商品的普通时间步相比，全部商品的模型因各因素在预测期内多预计或少预计的数量（精确 Shapley 值）。这是历史中的关联，并不证明因果。',
        },
      },
      {
        kind: 'table',
        columns: [{ label: { en: 'Item', zh: '商品' } }, { label: { en: 'Causes', zh: '因素' } }],
        rows: explained.map(({ item, causes }) => [forecasts[item]!.item, causesInWords(causes, events)]),
      },
    ],
  };
}

function causesInWords(
  causes: readonly { readonly cause: string; readonly units: number }[],
  events: ReadonlyMap<string, Localized>,
): Localized {
  const shown = causes.filter(({ cause }) => !TRIVIAL.has(cause)).slice(0, MOST_CAUSES);
  const say = (language: 'en' | 'zh', comma: string) =>
    shown
      .map(
        ({ cause, units }) => `${(events.get(cause) ?? causeName(cause))[language]} ${signed(units, amount)}`,
      )
      .join(comma) || '–';
  return { en: say('en', ', '), zh: say('zh', '，') };
}

export function whatIf({ train: { global, forecasts } }: ReportInput): Section | null {
  const asked = global?.whatIf ?? [];
  if (asked.length === 0) return null;
  return {
    id: 'what-if',
    title: { en: 'What if the plan were another', zh: '如果计划不同' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: 'The same model with one column of the plan changed over the whole horizon. Only changes inside what the item has seen are shown.',
          zh: '同一模型，在整个预测期内改变计划中的一列。只列出该商品历史范围之内的改变。',
        },
      },
      {
        kind: 'table',
        columns: [
          { label: { en: 'Item', zh: '商品' } },
          { label: { en: 'Column', zh: '列' } },
          { label: { en: 'Planned', zh: '计划' }, align: 'right' },
          { label: { en: 'Instead', zh: '改为' }, align: 'right' },
          { label: { en: 'Expected', zh: '预计' }, align: 'right' },
          { label: { en: 'Then', zh: '则为' }, align: 'right' },
          { label: { en: 'Change', zh: '变化' }, align: 'right' },
        ],
        rows: asked
          .slice(0, 60)
          .map(({ item, column, planned, asked, before, after }) => [
            forecasts[item]!.item,
            column,
            significant(planned),
            significant(asked),
            amount(before),
            amount(after),
            before > 0 ? signed(after / before - 1, percent) : '–',
          ]),
      },
    ],
  };
}
