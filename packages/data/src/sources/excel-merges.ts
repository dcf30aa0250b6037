/**
 * Merged cells. A sheet says which cells are merged behind its rows, so the part is looked through before they are read; what stands in a
 * merged cell is written in its first cell only.
 */
import { UserError } from '@gradus/base';
import { columnNumber, type SheetRow } from './excel-cells.ts';
import { MOST_COLUMNS } from './source.ts';

export interface Merged {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Made by people, merged cells are thousands. */
const MOST_MERGED = 500_000;
const MERGED =
  /<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']/g;
/** A tag is no longer than that. */
const LONGEST_TAG = 400;

/**
 * @param chunks Of the sheet's XML; what stands before the end of its rows is not parsed.
 * @returns in the order of their first rows
 * @throws UserError for more of them than any sheet has
 */
export async function mergedCells(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): Promise<readonly Merged[]> {
  const found: Merged[] = [];
  let behind = false;
  let rest = '';
  for await (const chunk of chunks) {
    rest += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    if (!behind) {
      const at = rest.search(/<\/(?:[\w.-]+:)?sheetData\s*>/);
      behind = at >= 0;
      rest = behind ? rest.slice(at) : rest.slice(-LONGEST_TAG);
    }
    if (!behind) continue;
    let end = 0;
    for (const match of rest.matchAll(MERGED)) {
      end = match.index + match[0].length;
      const [left, right] = [columnNumber(match[1])!, columnNumber(match[3])!];
      const [top, bottom] = [Number(match[2]), Number(match[4])];
      if (left > right || top > bottom || left > MOST_COLUMNS) continue;
      found.push({ top, bottom, left, right });
      if (found.length > MOST_MERGED)
        throw new UserError({
          en: `${name} has over ${MOST_MERGED} merged cells, as no sheet made by people has. Unmerge them, or save the sheet as CSV.`,
          zh: `${name} 的合并单元格超过 ${MOST_MERGED} 个，正常的工作表不会如此。请取消合并，或将工作表另存为 CSV。`,
        });
    }
    rest = rest.slice(Math.max(end, rest.length - LONGEST_TAG));
  }
  return found.sort((a, b) => a.top - b.top || a.left - b.left);
}

/** Writes what stands in a cell merged over several rows into each of these rows. Takes rows from the top. */
export class MergedFiller {
  readonly #merged: readonly Merged[];
  #next = 0;
  /** By the column, the merged cell that goes on, and its text. */
  readonly #open = new Map<number, { readonly bottom: number; readonly text: string }>();
  /** Cells that were filled. */
  filled = 0;

  /** @param from Cells that begin above this line belong to the header. */
  constructor(merged: readonly Merged[], from: number) {
    this.#merged = merged.filter(({ top, bottom }) => bottom > top && top >= from);
  }

  fill(row: SheetRow): SheetRow {
    const { line } = row;
    for (
      let merged = this.#merged[this.#next];
      merged && merged.top <= line;
      merged = this.#merged[this.#next]
    ) {
      this.#next += 1;
      // One whose first row holds nothing was passed over with it.
      const text = merged.top === line ? (row.fields[merged.left - 1] ?? '') : '';
      if (text !== '') this.#open.set(merged.left, { bottom: merged.bottom, text });
    }
    if (this.#open.size === 0) return row;
    let fields: string[] | undefined;
    for (const [column, { bottom, text }] of this.#open) {
      if (bottom < line) {
        this.#open.delete(column);
        continue;
      }
      if ((row.fields[column - 1] ?? '') !== '') continue;
      fields ??= [...row.fields];
      while (fields.length < column) fields.push('');
      fields[column - 1] = text;
      this.filled += 1;
    }
    return fields ? { ...row, fields } : row;
  }
}
