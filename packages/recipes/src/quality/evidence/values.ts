/** Cells as values: yes and no in both languages, labels, numbers. */

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

/** Labels are the same whatever their case and separators. */
export const labelOf = (cell: string): string =>
  cell
    .trim()
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');

/** @returns NaN where the cell is no number */
export function numberOf(cell: string): number {
  const text = cell.trim();
  return text === ''
    ? Number.NaN
    : Number(text.replace(/(?<=\d),(?=\d{3}\b)/g, '').replace(/\s*(?:ms|s|%)$/, ''));
}

const LONGEST_QUOTE = 160;

/** A line for people. */
export const quoteOf = (...parts: readonly string[]): string => {
  const line = parts
    .filter((part) => part !== '')
    .join(' → ')
    .replace(/\s+/g, ' ');
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
};
