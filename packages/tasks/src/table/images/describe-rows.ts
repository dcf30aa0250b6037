/** The images of a table's rows, described; those that cannot be read count as missing, which is said. */
import { type Localized, plural } from '@gradus/base';
import { type ImageEncoder, STATISTICS } from '../../image/encoder.ts';
import { nearDuplicates } from '../../image/near-duplicates.ts';
import { ImageReader, type ReadOptions } from '../../image/reader.ts';
import type { ImageCell, TableColumn, TableRows } from '../columns.ts';
import { describeCells } from './describe-cells.ts';

export interface DescribeRowsOptions extends Omit<ReadOptions, 'folder'> {
  /** Of the main file's rows, and of those for testing. */
  readonly folders: readonly [main: string | undefined, test: string | undefined];
}

export async function describeRows(
  rows: TableRows,
  encoder: ImageEncoder,
  { folders, ...options }: DescribeRowsOptions,
): Promise<{ readonly rows: TableRows; readonly notes: readonly Localized[] }> {
  if (!rows.columns.some(({ cells }) => cells.kind === 'image')) return { rows, notes: [] };
  const reader = await ImageReader.ofEncoder(encoder);
  try {
    const notes: Localized[] = [];
    const columns: TableColumn[] = [];
    const twins: (readonly [number, number])[] = [];
    const mainCount = rows.isTest ? rows.isTest.indexOf(1) : rows.count;
    for (const column of rows.columns) {
      if (column.cells.kind !== 'image') {
        columns.push(column);
        continue;
      }
      const all = column.cells.values;
      const main = await describeCells(all.slice(0, mainCount), reader, { ...options, folder: folders[0] });
      const test = await describeCells(all.slice(mainCount), reader, { ...options, folder: folders[1] });
      const failed = [
        ...main.failed,
        ...test.failed.map((one) => ({ ...one, place: one.place + mainCount })),
      ];
      if (failed.length > 0) notes.push(failedInWords(column.name, failed, rows.numbers));
      const values: readonly ImageCell[] = [...main.values, ...test.values];
      columns.push({ name: column.name, cells: { kind: 'image', values } });
      const alike = nearDuplicates(await looksOf(values, encoder, mainCount, folders));
      if (alike.length > 0) notes.push(twinsInWords(column.name, alike, rows.numbers));
      twins.push(...alike);
    }
    return { rows: { ...rows, columns, encoder, ...(twins.length > 0 && { twins }) }, notes };
  } finally {
    await reader.close();
  }
}

/** Numbers that tell whether two photographs are the same: those of `STATISTICS`, whatever the images are learnt by. */
async function looksOf(
  cells: readonly ImageCell[],
  encoder: ImageEncoder,
  mainCount: number,
  folders: DescribeRowsOptions['folders'],
): Promise<(Float32Array | undefined)[]> {
  if (encoder.kind === 'statistics') return cells.map((cell) => cell?.features);
  const reader = await ImageReader.ofEncoder(STATISTICS);
  try {
    const bare = cells.map((cell): ImageCell => cell && { source: cell.source });
    const [main, test] = [
      await describeCells(bare.slice(0, mainCount), reader, { folder: folders[0] }),
      await describeCells(bare.slice(mainCount), reader, { folder: folders[1] }),
    ];
    return [...main.values, ...test.values].map((cell) => cell?.features);
  } finally {
    await reader.close();
  }
}

function twinsInWords(
  name: string,
  twins: readonly (readonly [number, number])[],
  numbers: Int32Array,
): Localized {
  const [first, second] = twins[0]!.map((place) => numbers[place]!);
  return {
    en: `${plural(twins.length, 'image')} of "${name}" ${twins.length === 1 ? 'shows' : 'show'} what another does (rows ${first} and ${second}, for one): such rows are never divided between learning and judging.`,
    zh: `“${name}”列有 ${twins.length} 张图像与其他图像内容相同（例如第 ${first} 行与第 ${second} 行）：这些行不会被分到学习与检验两边。`,
  };
}

function failedInWords(
  name: string,
  failed: Awaited<ReturnType<typeof describeCells>>['failed'],
  numbers: Int32Array,
): Localized {
  const [{ place, source, reason }] = failed as readonly [(typeof failed)[number]];
  return {
    en: `${plural(failed.length, 'image')} of "${name}" could not be read and count as missing; the first of them in row ${numbers[place]}, ${source.slice(0, 80)}: ${reason.en}.`,
    zh: `“${name}”列有 ${failed.length} 张图像无法读取，按缺失处理；首个在第 ${numbers[place]} 行，${source.slice(0, 80)}：${reason.zh}。`,
  };
}
