/**
 * A list beside photographs that says what each shows: a line a photograph, with its file's name and, in another column, how likely a defect
 * is (0 to 1) or what it is called (`good`, `scratch`). Columns stand apart by commas, semicolons, tabs or spaces, with a header or without.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Localized } from '@gradus/base';
import { isImageName } from '@gradus/data';

export interface PhotographLabel {
  readonly isDefect: boolean;
  /** Good, or a kind of defect. */
  readonly kind: string;
  /** What the list says besides, by column. */
  readonly parts: Readonly<Record<string, string>>;
}

export interface PhotographLabels {
  /** By file within the folder; undefined of one that the list lacks. */
  of(file: string): PhotographLabel | undefined;
  readonly notes: readonly Localized[];
}

const LIST = /\.(?:csv|tsv|txt)$/i;
const MOST_BYTES = 64e6;
/** A list names at least this share of the photographs. */
const FEWEST_NAMED = 0.5;
const LABEL_NAME = /prob|defect|label|fault|class|target|verdict|quality|缺陷|标签|类别|结果|质量/i;
/** A column of more values parts nothing. */
const MOST_LEVELS = 20;
/** From this probability on it counts as a defect. */
const LIKELY = 0.5;

/** @param isGood Whether a word calls a piece good @returns undefined where no file of the folder is such a list */
export function readLabels(
  folder: string,
  files: readonly string[],
  isGood: (word: string) => boolean,
): PhotographLabels | undefined {
  for (const name of readdirSync(folder)
    .filter((one) => LIST.test(one))
    .sort()) {
    const path = join(folder, name);
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > MOST_BYTES) continue;
    const list = parsed(readFileSync(path, 'utf8'));
    const found = list && labelsOf(name, list, files, isGood);
    if (found) return found;
  }
  return undefined;
}

interface List {
  /** Of the columns beside the file's name. */
  readonly names: readonly string[];
  /** By the file's name as it is written. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

function parsed(text: string): List | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const first = lines.find((line) => cellsOf(line).some(isImageName));
  if (first === undefined) return undefined;
  const at = cellsOf(first).findIndex(isImageName);
  const width = cellsOf(first).length;
  const rest = (cells: readonly string[]) => cells.filter((_, i) => i !== at);
  const rows = new Map<string, readonly string[]>();
  for (const line of lines) {
    const cells = cellsOf(line);
    if (cells.length === width && isImageName(cells[at]!)) rows.set(plain(cells[at]!), rest(cells));
  }
  const header = cellsOf(lines[0]!);
  const hasHeader = header.length === width && !header.some(isImageName);
  return {
    names: rest(hasHeader ? header : header.map((_, i) => `column ${i + 1}`)),
    rows,
  };
}

function cellsOf(line: string): string[] {
  const separator = /[,;\t]/.exec(line)?.[0] ?? /\s+/;
  return line
    .trim()
    .split(separator)
    .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

const plain = (file: string): string => file.replaceAll('\\', '/').replace(/^\.\//, '');

function labelsOf(
  name: string,
  { names, rows }: List,
  files: readonly string[],
  isGood: (word: string) => boolean,
): PhotographLabels | undefined {
  const short = new Map([...rows].map(([file, cells]) => [basename(file), cells]));
  const rowOf = (file: string) => rows.get(file) ?? short.get(basename(file));
  const named = files.map(rowOf).filter((cells) => cells !== undefined);
  if (files.length === 0 || named.length < FEWEST_NAMED * files.length) return undefined;
  const columns = names.map((_, k) => named.map((cells) => cells[k]!));
  const isShare = (cells: readonly string[]) =>
    new Set(cells).size > 1 && cells.every((cell) => cell !== '' && Number(cell) >= 0 && Number(cell) <= 1);
  const isWords = (cells: readonly string[]) => cells.some(isGood) && !cells.every(isGood);
  const usable = columns.flatMap((cells, k) => (isShare(cells) || isWords(cells) ? [k] : []));
  const at = usable.find((k) => LABEL_NAME.test(names[k]!)) ?? usable[0];
  if (at === undefined) return undefined;
  const isNumbers = isShare(columns[at]!);
  const parts = columns.flatMap((cells, k) => {
    const levels = new Set(cells).size;
    return k !== at && levels > 1 && levels <= MOST_LEVELS ? [k] : [];
  });
  const unsure = isNumbers ? columns[at]!.filter((cell) => ![0, 1].includes(Number(cell))).length : 0;
  return {
    of: (file) => {
      const cells = rowOf(file);
      if (!cells) return undefined;
      const cell = cells[at]!;
      const isDefect = isNumbers ? Number(cell) >= LIKELY : !isGood(cell);
      const kind = !isDefect
        ? 'good'
        : !isNumbers
          ? cell
          : Number(cell) === 1
            ? 'defect'
            : `defect ${Number(cell).toFixed(2)}`;
      return { isDefect, kind, parts: Object.fromEntries(parts.map((k) => [names[k]!, cells[k]!])) };
    },
    notes: [labelledInWords(name, names[at]!), ...(unsure > 0 ? [unsureInWords(unsure)] : [])],
  };
}

const labelledInWords = (file: string, column: string): Localized => ({
  en: `${file} says what the photographs show, by its column "${column}".`,
  zh: `照片的标签取自 ${file} 的“${column}”列。`,
});
const unsureInWords = (count: number): Localized => ({
  en: `${count} photographs have a probability between 0 and 1: from ${LIKELY} on they count as defects.`,
  zh: `${count} 张照片的概率介于 0 与 1 之间：达到 ${LIKELY} 的按缺陷计。`,
});
