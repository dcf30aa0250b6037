/** Cells as text of a CSV file (RFC 4180). */

/** In quotes where it needs them. */
export const csvCell = (cell: string): string =>
  /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell;

/** A spreadsheet would run a cell that begins so as a formula (OWASP, CSV injection): an apostrophe stops it. */
export const harmless = (cell: string): string =>
  /^[=+\-@\t\r]/.test(cell) && !/^[-+]?\d+(?:\.\d+)?$/.test(cell) ? `'${cell}` : cell;

/** The input of `harmless`. */
export const unharmed = (cell: string): string => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

/** A file that Excel, too, reads as UTF-8: the mark at its start says so. */
export const csvText = (rows: readonly (readonly string[])[]): string =>
  `\uFEFF${rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')}`;
