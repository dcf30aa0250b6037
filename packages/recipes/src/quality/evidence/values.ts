/** Cells as values: yes and no in both languages, labels, numbers. */

/** Labels are the same whatever their case and separators. */
export const labelOf = (cell: string): string =>
  cell
    .trim()
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_-]+/g, '_');

/** Codes that stand where there is no value. */
export const MISSING_CODES: ReadonlySet<number> = new Set([-1, -9, -99, -999, -9999, 88, 99, 999, 9999]);

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
