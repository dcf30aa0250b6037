/** The report of forecasts: what to expect, how sure that is, what moves it, and what not to trust. */
import { count, joined } from '@gradus/base';
import type { Report, Section } from '@gradus/report';
import { qualityInWords } from '../findings.ts';
import { seriesInWords } from '../words.ts';
import { causes, whatIf } from './causes.ts';
import { charts } from './charts.ts';
import { coming } from './coming.ts';
import { type ReportInput, TITLE } from './input.ts';
import { items } from './items.ts';
import { quality } from './quality.ts';
import { strategy } from './strategy.ts';
import { sums } from './sums.ts';
import { trust } from './trust.ts';

type SectionOf = (input: ReportInput) => Section | null;

/** In reading order; a section without anything to show is left out. */
const SECTIONS: readonly SectionOf[] = [
  items,
  sums,
  charts,
  coming,
  causes,
  whatIf,
  strategy,
  quality,
  trust,
  data,
];

export function forecastReport(input: ReportInput): Report {
  const { history, train, evaluate } = input;
  const all = seriesInWords(train.forecasts.length, history.columns);
  return {
    title: { en: `${TITLE.en}: ${history.file}`, zh: `${TITLE.zh}：${history.file}` },
    lead: joined([
      {
        en: `${all.en} forecast.`,
        zh: `预测了 ${all.zh}。`,
      },
      qualityInWords(evaluate, train.coverage, history.columns),
    ]),
    sections: SECTIONS.flatMap((section) => section(input) ?? []),
  };
}

/** What was read, and what was taken for what. */
function data({ history, planNotes }: ReportInput): Section {
  const { read, used, setAside } = history.rows;
  return {
    id: 'data',
    title: { en: 'Data', zh: '数据' },
    blocks: [
      {
        kind: 'text',
        text: {
          en: `${history.file}: ${count(read)} rows read, ${count(used)} used, ${count(setAside)} set aside.`,
          zh: `${history.file}：读取 ${count(read)} 行，使用 ${count(used)} 行，搁置 ${count(setAside)} 行。`,
        },
      },
      { kind: 'list', ordered: false, items: [...history.notes, ...planNotes] },
    ],
  };
}
