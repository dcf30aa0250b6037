/**
 * Many measurements of one process: a model of rows in control, and alarms where rows leave it. Rows in control are those that a column
 * marks; without one, the first file is in control and the others are held against it.
 */
import { blame, fitProcess, PROCESS_STATISTICS, type ProcessModel, scoreProcess } from '@gradus/classical';
import { chartBlock, type Section } from '@gradus/report';
import { cellsOf } from './columns.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { SYSTEM } from './join.ts';
import { isTrial, type MeasurementColumns, measurementColumns, valueColumns } from './measurement-columns.ts';
import { numberOf, quoteOf } from './values.ts';

/** With fewer measurements each has a chart of its own. */
const FEWEST_MEASUREMENTS = 6;
const MOST_MEASUREMENTS = 400;

export function isProcessTable(table: EvidenceTable, columns: MeasurementColumns): boolean {
  if (columns.lower !== undefined || columns.upper !== undefined) return false;
  const count = valueColumns(table, columns).length;
  const isMarked = columns.trial !== undefined || table.columns.includes(SYSTEM);
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
  const [trial, file] = [cellsOf(table, columns.trial), cellsOf(table, SYSTEM)];
  const first = rows.length > 0 ? file(rows[0]!) : '';
  const isReference = rows.map((row) =>
    columns.trial !== undefined
      ? isTrial(trial(row))
      : table.columns.includes(SYSTEM)
        ? file(row) === first
        : true,
  );
  const reference = values.filter((_, i) => isReference[i]);
  const model = known?.model ?? fitProcess(reference);
  const { ratios, scores } = scoreProcess(model, values);
  const judged = isReference.map((is) => known !== undefined || !is);
  const isAnyJudged = judged.includes(true);
  const looked = isAnyJudged ? judged : isReference;
  const alarms = [...scores.keys()].filter((i) => looked[i] && scores[i]! > 1);
  return {
    kind: 'measurements',
    file: table.file,
    rows: Int32Array.from(rows, (row) => table.numbers[row]!),
    figures: [
      {
        id: 'points_in_control',
        title: {
          en: `rows in control (${names.length} measurements together)`,
          zh: `受控的行（${names.length} 个测量值一并判断）`,
        },
        unit: 'share',
        better: 'more',
        values: {
          kind: 'ratio',
          range: 'share',
          numerator: Float64Array.from(scores, (score, i) => (looked[i] && score <= 1 ? 1 : 0)),
          denominator: Float64Array.from(looked, Number),
        },
        proof: alarms,
      },
    ],
    slices: [],
    quotes: values.map((row, i) =>
      scores[i]! > 1
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
    notes: isAnyJudged
      ? []
      : [
          {
            en: 'All rows are taken to be in control. Give a second file of later rows, or a column "trial" that marks the rows in control, to find faults.',
            zh: '所有行均视为受控。要发现异常，请再给出一个后续数据文件，或用“trial”列标明受控的行。',
          },
        ],
    sections: [
      section(
        ratios,
        looked,
        rows.map((row) => String(table.numbers[row])),
      ),
    ],
    columns: {
      ...(columns as Record<string, string>),
      ...Object.fromEntries(names.map((name) => [`value ${name}`, name])),
    },
    fitted: { names, model },
  };
}

const MOST_POINTS = 1500;

function section(
  ratios: readonly (readonly number[])[],
  looked: readonly boolean[],
  labels: readonly string[],
): Section {
  const shown = [...ratios.keys()].filter((i) => looked[i]).slice(0, MOST_POINTS);
  return {
    id: 'process',
    title: { en: 'Process watched as a whole', zh: '过程整体监控' },
    blocks: [
      chartBlock(
        {
          en: 'Each statistic over its limit; above 1 is an alarm',
          zh: '各统计量与其限值之比；大于 1 为报警',
        },
        {
          kind: 'line',
          x: { kind: 'category', values: shown.map((i) => labels[i]!) },
          y: { fromZero: true },
          series: PROCESS_STATISTICS.map((name, k) => ({
            name,
            values: shown.map((i) => Math.min(10, ratios[i]![k]!)),
          })),
        },
      ),
    ],
  };
}
