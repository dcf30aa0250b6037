/** A row of CSV as spreadsheets may open it: a cell that begins like a formula is made text by an apostrophe (OWASP, CSV injection). */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => quoted(harmless(cell))).join(',')}\r\n`;
}

/** In front of a file: Excel reads it as UTF-8 then. */
export const BYTE_ORDER_MARK = '\uFEFF';

const harmless = (cell: string): string =>
  /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(cell) ? `'${cell}` : cell;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
