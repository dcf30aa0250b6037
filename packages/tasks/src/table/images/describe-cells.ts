/** Cells of a column of images, described: those that are not yet, each image once. */
import type { Localized } from '@gradus/base';
import type { ImageReader, ReadOptions } from '../../image/reader.ts';
import type { ImageCell } from '../columns.ts';

export interface DescribedCells {
  /** Null where there is no image, or none that can be read. */
  readonly values: readonly ImageCell[];
  readonly failed: readonly { readonly place: number; readonly source: string; readonly reason: Localized }[];
}

export async function describeCells(
  cells: readonly ImageCell[],
  reader: ImageReader,
  options: ReadOptions = {},
): Promise<DescribedCells> {
  const sources = [...new Set(cells.flatMap((cell) => (cell && !cell.features ? [cell.source] : [])))];
  const read = await reader.read(sources, options);
  const bySource = new Map(sources.map((source, i) => [source, read[i]!]));
  const failed: { place: number; source: string; reason: Localized }[] = [];
  const values = cells.map((cell, place): ImageCell => {
    if (!cell || cell.features) return cell;
    const found = bySource.get(cell.source)!;
    if (found instanceof Float32Array) return { source: cell.source, features: found };
    failed.push({ place, source: cell.source, reason: found });
    return null;
  });
  return { values, failed };
}
