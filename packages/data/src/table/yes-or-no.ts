/** Cells that say yes or no, passed or failed, in both languages. */

const YES = new Set([
  '1',
  'true',
  'yes',
  'y',
  'pass',
  'passed',
  'ok',
  'success',
  'correct',
  'good',
  '是',
  '对',
  '成功',
  '通过',
  '正确',
  '合格',
  '好',
]);
const NO = new Set([
  '0',
  'false',
  'no',
  'n',
  'fail',
  'failed',
  'failure',
  'wrong',
  'incorrect',
  'bad',
  '否',
  '错',
  '失败',
  '不通过',
  '错误',
  '不合格',
  '坏',
]);

/** @returns 1 or 0; NaN where the cell says neither */
export function yesOrNo(cell: string): number {
  const plain = cell.trim().toLowerCase();
  return YES.has(plain) ? 1 : NO.has(plain) ? 0 : Number.NaN;
}
