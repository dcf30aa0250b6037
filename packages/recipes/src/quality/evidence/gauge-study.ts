/** A gauge study: parts that several operators measured several times. */
import { percent } from '@gradus/base';
import { gaugeStudy } from '@gradus/stats';
import { figureTitle } from '../standard/figure-titles.ts';
import { cellsOf } from './columns.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { type MeasurementColumns, measurementColumns, valueColumns } from './measurement-columns.ts';
import { numberOf, quoteOf } from './values.ts';

export const isGaugeStudy = (table: EvidenceTable, columns: MeasurementColumns): boolean =>
  columns.part !== undefined && columns.operator !== undefined && valueColumns(table, columns).length > 0;

export function gaugeEvidence(table: EvidenceTable, { standard }: EvidenceSettings): Evidence {
  const columns = measurementColumns(table, standard.columns);
  const name = valueColumns(table, columns)[0]!;
  const [part, operator, value] = [
    cellsOf(table, columns.part),
    cellsOf(table, columns.operator),
    cellsOf(table, name),
  ];
  const out = new LeftOutRows();
  const rows = [...table.rows.keys()].filter((row) => {
    const isRight = Number.isFinite(numberOf(value(row)));
    if (!isRight) out.add({ en: `"${name}" is no number`, zh: `“${name}”不是数字` }, table.numbers[row]!);
    return isRight;
  });
  const operators = [...new Set(rows.map(operator))];
  const byPart = [...Map.groupBy(rows, part).values()];
  const cells = byPart.map((own) =>
    operators.map((one) => own.filter((row) => operator(row) === one).map((row) => numberOf(value(row)))),
  );
  // Each part that every operator measured often enough; the first measurements where some measured more.
  const repetitions = median(cells.flat().map(({ length }) => length));
  const whole = cells.filter((row) => row.every(({ length }) => length >= repetitions));
  const isEnough = repetitions >= 2 && operators.length >= 2 && whole.length >= 2;
  const study = isEnough
    ? gaugeStudy(whole.map((row) => row.map((cell) => cell.slice(0, repetitions))))
    : undefined;
  const total = study ? study.repeatability + study.operator + study.interaction + study.part : 1;
  const shareOf = (variance: number) => percent(Math.sqrt(variance / total));
  return {
    kind: 'measurements',
    file: table.file,
    rows: Int32Array.from(rows, (row) => table.numbers[row]!),
    figures: study
      ? [
          {
            id: 'gauge_share',
            title: figureTitle('gauge_share'),
            unit: 'share',
            better: 'less',
            values: {
              kind: 'whole',
              estimate: {
                value: study.share,
                low: study.interval[0],
                high: study.interval[1],
                n: rows.length,
                pieces: whole.length,
              },
            },
          },
        ]
      : [],
    slices: [],
    quotes: rows.map((row) => quoteOf(`${part(row)} ${operator(row)} ${value(row)}`)),
    leftOut: out.all,
    notes: study
      ? []
      : [
          {
            en: 'A gauge study needs two parts, two operators and two measurements of each part by each operator at least.',
            zh: '测量系统分析至少需要两个零件、两名操作员，且每人对每个零件测量两次。',
          },
        ],
    sections: study
      ? [
          {
            id: 'gauge',
            title: { en: 'Gauge study', zh: '测量系统分析' },
            blocks: [
              {
                kind: 'table',
                columns: [
                  { label: { en: 'source', zh: '来源' } },
                  { label: { en: 'of the deviation', zh: '占标准差' }, align: 'right' },
                ],
                rows: [
                  [{ en: 'repeatability', zh: '重复性' }, shareOf(study.repeatability)],
                  [{ en: 'operators', zh: '操作员' }, shareOf(study.operator)],
                  [{ en: 'operators by parts', zh: '操作员与零件交互' }, shareOf(study.interaction)],
                  [{ en: 'parts', zh: '零件' }, shareOf(study.part)],
                ],
              },
              {
                kind: 'text',
                text: {
                  en: `The gauge tells ${study.categories} groups of parts apart; five are needed to steer a process by it.`,
                  zh: `量具可区分 ${study.categories} 组零件；用于过程控制需至少 5 组。`,
                },
              },
            ],
          },
        ]
      : [],
    columns: { ...(columns as Record<string, string>), value: name },
  };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
