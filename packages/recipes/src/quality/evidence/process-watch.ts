/**
 * Many measurements of one process: a model of rows in control, and alarms where rows leave it. Where a column says which rows have a
 * fault, alarms are held against it.
 */
import type { Localized } from '@gradus/base';
import { blame, fitProcess, type ProcessModel, scoreProcess } from '@gradus/classical';
import type { Figure } from '@gradus/tasks';
import { figureTitle } from '../standard/figure-titles.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { SYSTEM } from './join.ts';
import { type MeasurementColumns, measurementColumns, valueColumns } from './measurement-columns.ts';
import { NO_CONTROL, partsOf, rowsInControl, runsOf, stretches } from './process-rows.ts';
import { processSection } from './process-section.ts';
import { numberOf, quoteOf } from './values.ts';

/** With fewer measurements each has a chart of its own. */
const FEWEST_MEASUREMENTS = 6;
const MOST_MEASUREMENTS = 400;

export function isProcessTable(table: EvidenceTable, columns: MeasurementColumns): boolean {
  if (columns.lower !== undefined || columns.upper !== undefined) return false;
  const count = valueColumns(table, columns).length;
  const isMarked =
    columns.trial !== undefined || columns.fault !== undefined || table.columns.includes(SYSTEM);
  return count >= FEWEST_MEASUREMENTS && count <= MOST_MEASUREMENTS && (isMarked || count >= 20);
}

interface FittedProcess {
  readonly names: readonly string[];
  readonly model: ProcessModel;
}

/** As JSON gives it back: typed arrays are records of their elements there. */
function opened(fitted: unknown): FittedProcess {
  const { names, model } = fitted as { names: string[]; model: Record<string, unknown> };
  const array = (value: unknown) => Float64Array.from(Object.values(value as Record<string, number>));
  return {
    names,
    model: {
      ...(model as unknown as ProcessModel),
      mean: array(model.mean),
      deviation: array(model.deviation),
      loadings: array(model.loadings),
      variances: array(model.variances),
    },
  };
}

export function processEvidence(table: EvidenceTable, { standard, fitted }: EvidenceSettings): Evidence {
  const columns = measurementColumns(table, standard.columns);
  const known = fitted === undefined ? undefined : opened(fitted);
  const names = known?.names ?? valueColumns(table, columns);
  const out = new LeftOutRows();
  const places = names.map((name) => table.columns.indexOf(name));
  const rows: number[] = [];
  const values: Float64Array[] = [];
  for (const [row, cells] of table.rows.entries()) {
    const own = Float64Array.from(places, (at) => (at < 0 ? Number.NaN : numberOf(cells[at]!)));
    if (own.every(Number.isFinite)) {
      rows.push(row);
      values.push(own);
    } else
      out.add(
        { en: 'a measurement is missing or no number', zh: '有测量值缺失或不是数字' },
        table.numbers[row]!,
      );
  }
  const control = known ? NO_CONTROL : rowsInControl(table, columns, rows);
  const { isReference } = control;
  const model = known?.model ?? fitProcess(values.filter((_, i) => isReference(i)));
  const runs = runsOf(table, columns, rows);
  const scored = runs.map(({ from, to }) => scoreProcess(model, values.slice(from, to)));
  const ratios = scored.flatMap((one) => one.ratios);
  const scores = ratios.map((row) => Math.max(...row));
  const judged = rows.map((_, i) => known !== undefined || !isReference(i));
  const isAnyJudged = judged.includes(true);
  const looked = isAnyJudged ? judged : rows.map(() => true);
  const isAlarm = (i: number) => scores[i]! > 1;
  const parts = partsOf(control, rows, looked);
  return {
    kind: 'measurements',
    file: table.file,
    rows: Int32Array.from(rows, (row) => table.numbers[row]!),
    figures: figuresOf(names.length, looked, control.isFault, isAlarm),
    ...stretches(runs, scores),
    slices: parts.levels.length > 1 ? [parts] : [],
    quotes: values.map((row, i) =>
      isAlarm(i)
        ? quoteOf(
            `${scores[i]!.toFixed(2)} × limit`,
            blame(model, row)
              .slice(0, 3)
              .map(({ measurement, z }) => `${names[measurement]} ${z.toFixed(1)} σ`)
              .join(', '),
          )
        : '',
    ),
    leftOut: out.all,
    notes: [...control.notes, ...(isAnyJudged ? [] : [ALL_IN_CONTROL])],
    sections: [
      processSection({
        ratios,
        looked,
        labels: rows.map((row) => String(table.numbers[row])),
        parts,
        isAlarm,
        blameOf: (i) => blame(model, values[i]!).map(({ measurement }) => names[measurement]!),
      }),
    ],
    columns: {
      ...(columns as Record<string, string>),
      ...Object.fromEntries(names.map((name) => [`value ${name}`, name])),
    },
    fitted: { names, model },
  };
}

const ALL_IN_CONTROL: Localized = {
  en: 'All rows are taken to be in control. Give a second file of later rows, or a column "trial" that marks the rows in control, or a column "fault" that names those out of it, to find faults.',
  zh: '所有行均视为受控。要发现异常，请再给出一个后续数据文件，或用“trial”列标明受控的行，或用“fault”列标明异常的行。',
};

/** Where faults are known, how many rows of them raise no alarm, and how many others do; else the rows without one. */
function figuresOf(
  measurements: number,
  looked: readonly boolean[],
  isFault: ((i: number) => boolean) | undefined,
  isAlarm: (i: number) => boolean,
): Figure[] {
  const figure = (
    { id, title, better }: Pick<Figure, 'id' | 'title' | 'better'>,
    isOf: (i: number) => boolean,
    isCounted: (i: number) => boolean,
  ): Figure => {
    const among = looked.map((is, i) => is && isOf(i));
    const isBad = (i: number) => isCounted(i) === (better === 'less');
    return {
      id,
      title,
      unit: 'share',
      better,
      values: {
        kind: 'ratio',
        range: 'share',
        numerator: Float64Array.from(among, (is, i) => Number(is && isCounted(i))),
        denominator: Float64Array.from(among, Number),
      },
      proof: [...among.keys()].filter((i) => among[i] && isBad(i)),
    };
  };
  if (!isFault)
    return [
      figure(
        {
          id: 'points_in_control',
          title: {
            en: `rows in control (${measurements} measurements together)`,
            zh: `受控的行（${measurements} 个测量值一并判断）`,
          },
          better: 'more',
        },
        () => true,
        (i) => !isAlarm(i),
      ),
    ];
  return [
    figure(
      {
        id: 'missed_faults',
        title: figureTitle('missed_faults'),
        better: 'less',
      },
      isFault,
      (i) => !isAlarm(i),
    ),
    figure(
      {
        id: 'false_alarms',
        title: figureTitle('false_alarms'),
        better: 'less',
      },
      (i) => !isFault(i),
      isAlarm,
    ),
  ];
}
