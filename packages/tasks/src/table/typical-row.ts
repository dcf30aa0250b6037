/** A row to try a model with: of each column what is usual. It is nobody's row. */
import type { Cells, TableColumn } from './columns.ts';

/** Numbers are medians, dates days, categories the most frequent; texts and images are left out. Null where all are missing. */
export const typicalRow = (columns: readonly TableColumn[]): Record<string, string | number | null> =>
  Object.fromEntries(columns.map(({ name, cells }) => [name, typicalCell(cells)]));

function typicalCell(cells: Cells): string | number | null {
  switch (cells.kind) {
    case 'number': {
      const median = medianOf(cells.values);
      return median === null ? null : Number(median.toPrecision(6));
    }
    case 'time': {
      const median = medianOf(cells.values);
      return median === null ? null : new Date(median).toISOString().slice(0, 10);
    }
    case 'category': {
      const counts = new Int32Array(cells.levels.length);
      for (const code of cells.codes) if (code >= 0) counts[code]! += 1;
      const most = counts.reduce((best, count, code) => (count > counts[best]! ? code : best), 0);
      return cells.levels[most] ?? null;
    }
    case 'text':
    case 'image':
      return null;
  }
}

/** One of the values, so that whole numbers stay whole. */
function medianOf(values: Float64Array): number | null {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  return known[Math.floor(known.length / 2)] ?? null;
}
