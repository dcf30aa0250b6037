/** Where questions and labelled tables are written: beside the table, never over anything that people made. */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { writeWhole } from '@gradus/base/files';
import { csvText } from '@gradus/data';
import type { LabelTable } from './table.ts';

/** The questions about `reviews.csv` stand in `reviews.csv.to-label.csv`. */
export const questionsPath = (file: string): string => `${localPath(file)}.to-label.csv`;

/** `reviews.csv` is labelled in `reviews.labelled.csv`, that in `reviews.labelled-2.csv`: the first name that is free. */
export function labelledPath(file: string): string {
  const path = localPath(file);
  const stem = basename(path, extname(path)).replace(/\.labelled(?:-\d+)?$/, '');
  for (let n = 1; ; n++) {
    const free = join(dirname(path), `${stem}.labelled${n === 1 ? '' : `-${n}`}.csv`);
    if (!existsSync(free)) return free;
  }
}

/** The table with these labels, as CSV; a column of labels that was not there comes last. */
export function writeLabelled(
  path: string,
  { table, labelColumn }: LabelTable,
  labels: readonly string[],
): void {
  const at = table.columns.indexOf(labelColumn);
  const withLabel = (cells: readonly string[], label: string) =>
    at < 0 ? [...cells, label] : cells.with(at, label);
  writeWhole(
    path,
    csvText([
      withLabel(table.columns, labelColumn),
      ...table.rows.map((row, i) => withLabel(row, labels[i]!)),
    ]),
  );
}

/** A database's address is no path: its table's questions are written where the command runs. */
function localPath(source: string): string {
  if (!/^[a-z][a-z\d+.-]+:\/\//i.test(source))
    return source.replace(/#[^#/\\]*$/, (part) => (existsSync(source) ? part : ''));
  return source.split('#')[1]?.replace(/[^\p{L}\p{N}_-]/gu, '_') || 'table';
}
