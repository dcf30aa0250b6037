/** Counts of defectives or defects in samples. */
import { type AttributeKind, attributeChart } from '@gradus/stats';
import type { Figure } from '@gradus/tasks';
import { cellsOf } from './columns.ts';
import { chartsOf, inControl } from './control-sections.ts';
import { type Evidence, type EvidenceSettings, type EvidenceTable, LeftOutRows } from './evidence.ts';
import { isTrial, type MeasurementColumns, measurementColumns } from './measurement-columns.ts';
import { numberOf, quoteOf } from './values.ts';

export const isAttributeTable = (
  _: EvidenceTable,
  { defectives, defects, size }: MeasurementColumns,
): boolean => size !== undefined && (defectives !== undefined || defects !== undefined);

/** Counts of large samples that vary this much more than chance get wider limits; in small ones it is rather a fault. */
const OVERDISPERSED = 1.5;
const LARGE = 500;

export function attributeEvidence(table: EvidenceTable, { standard }: EvidenceSettings): Evidence {
  const columns = measurementColumns(table, standard.columns);
  const isBinomial = columns.defectives !== undefined;
  const counted = (columns.defectives ?? columns.defects)!;
  const [count, size, trial] = [
    cellsOf(table, counted),
    cellsOf(table, columns.size),
    cellsOf(table, columns.trial),
  ];
  const out = new LeftOutRows();
  const rows = [...table.rows.keys()].filter((row) => {
    const [own, of] = [numberOf(count(row)), numberOf(size(row))];
    const isRight = own >= 0 && of > 0 && (!isBinomial || own <= of);
    if (!isRight) out.add(WRONG, table.numbers[row]!);
    return isRight;
  });
  const counts = rows.map((row) => numberOf(count(row)));
  const sizes = rows.map((row) => numberOf(size(row)));
  const tried =
    columns.trial === undefined
      ? rows.length
      : rows.filter((row) => isTrial(trial(row))).length || rows.length;
  const isEqual = new Set(sizes).size === 1;
  const kind: AttributeKind = isBinomial ? (isEqual ? 'np' : 'p') : isEqual ? 'c' : 'u';
  // Defects of units of one size are counted by unit: the size of the sample is its one unit.
  const units = kind === 'c' ? sizes.map(() => 1) : sizes;
  const laney = attributeChart(kind, counts, units, { trial: tried, laney: true });
  const isLarge = sizes.reduce((sum, of) => sum + of, 0) > LARGE * sizes.length;
  const chart =
    isLarge && laney.overdispersion > OVERDISPERSED
      ? laney
      : attributeChart(kind, counts, units, { trial: tried });
  const share: Figure = {
    id: isBinomial ? 'defective_share' : 'defects_per_unit',
    title: isBinomial
      ? { en: 'defective units', zh: '不合格品率' }
      : { en: 'defects per unit', zh: '单位缺陷数' },
    unit: isBinomial ? 'share' : 'number',
    better: 'less',
    values: {
      kind: 'ratio',
      range: isBinomial ? 'share' : 'positive',
      numerator: Float64Array.from(counts),
      denominator: Float64Array.from(sizes),
    },
  };
  const sample = cellsOf(table, columns.sample);
  const labels = rows.map((row) => sample(row) || String(table.numbers[row]));
  return {
    kind: 'measurements',
    file: table.file,
    rows: Int32Array.from(rows, (row) => table.numbers[row]!),
    figures: [share, inControl('', [chart], (point) => point)],
    slices: [],
    quotes: rows.map((row) => quoteOf(`${counted} ${count(row)}`, `${columns.size} ${size(row)}`)),
    leftOut: out.all,
    notes: [],
    sections: [chartsOf(counted, [chart], labels)],
    columns: columns as Record<string, string>,
  };
}

const WRONG = {
  en: 'the count is no number from 0 to the size of the sample',
  zh: '计数不是 0 到样本量之间的数',
};
