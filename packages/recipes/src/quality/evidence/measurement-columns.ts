/** What columns of measurements hold. */
import { findColumns, plainName } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { numberOf } from './values.ts';

const MEASUREMENT_COLUMNS = {
  sample: ['sample', 'subgroup', 'batch', 'lot', 'group', '样本', '样本号', '子组', '批次', '批号'],
  trial: ['trial', 'phase', 'reference', 'incontrol', '试验', '阶段', '受控'],
  fault: [
    'fault',
    'faultnumber',
    'faultid',
    'faultlabel',
    'faulty',
    'isfault',
    'isfaulty',
    'anomaly',
    'isanomaly',
    'label',
    'class',
    'attack',
    '故障',
    '故障号',
    '故障类型',
    '是否故障',
    '异常',
    '是否异常',
    '标签',
  ],
  run: ['run', 'runid', 'simulationrun', 'simulation', 'experiment', '运行', '运行编号', '实验'],
  part: ['part', 'piece', '零件', '部件'],
  operator: ['operator', 'appraiser', 'inspector', '操作员', '检验员', '评价人'],
  defectives: [
    'd',
    'defectives',
    'defective',
    'nonconforming',
    'rejects',
    '不合格品数',
    '不良数',
    '不合格数',
  ],
  defects: ['x', 'defects', 'nonconformities', 'faults', '缺陷数', '疵点数'],
  size: ['size', 'n', 'inspected', 'samplesize', '样本量', '检验数', '抽检数'],
  lower: ['lower', 'lsl', 'lowerlimit', 'min', '下限', '规格下限'],
  upper: ['upper', 'usl', 'upperlimit', 'max', '上限', '规格上限'],
  time: ['time', 'date', 'timestamp', '时间', '日期'],
} as const;

export type MeasurementColumns = Partial<Record<keyof typeof MEASUREMENT_COLUMNS, string>>;

export const measurementColumns = (
  table: EvidenceTable,
  named: Readonly<Record<string, string>> = {},
): MeasurementColumns => findColumns(table, MEASUREMENT_COLUMNS, named);

/** At least this share of the cells of a column of measurements are numbers. */
const NUMERIC = 0.9;
const MOST_LOOKED_AT = 500;

/** Columns of numbers that are measured: those that hold nothing else, and number no rows. */
export function valueColumns(table: EvidenceTable, columns: MeasurementColumns): string[] {
  const taken = new Set(Object.values(columns));
  const rows = table.rows.slice(0, MOST_LOOKED_AT);
  return table.columns.filter((name, at) => {
    if (taken.has(name) || /^(id|no|index|row|number|序号|编号)$/.test(plainName(name))) return false;
    const cells = rows.map((row) => row[at]!.trim()).filter((cell) => cell !== '');
    return (
      cells.length > 0 &&
      cells.filter((cell) => Number.isFinite(numberOf(cell))).length >= NUMERIC * cells.length
    );
  });
}

/** Whether a cell says that its row is of a process without a fault. */
export const isNormal = (cell: string): boolean =>
  /^(|-|0|0\.0+|none|no|false|ok|good|normal|healthy|in.?control|无|否|正常|受控)$/i.test(cell.trim());

/** Whether a cell says that its row belongs to the trial period, to which limits are fitted. */
export const isTrial = (cell: string): boolean =>
  /^(true|1|yes|y|trial|i|phase ?1|reference|normal|是|受控|试验)$/i.test(cell.trim());
