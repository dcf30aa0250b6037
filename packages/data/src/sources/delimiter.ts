/** The character between columns: the one that cuts most rows into the same number of columns. */
import { UserError } from '@gradus/base';
import { parse } from 'csv-parse/sync';
import { RecordSplitter, type RecordText } from './records.ts';

export const DELIMITERS = [',', '\t', ';', '|'] as const;
/** Others that exports use; recognized to say so, not read. */
const STRANGERS = ['^', '~', '¦', '§', '::', '||', '\u0001', '\u001f'] as const;

/** Share of rows that must agree for a file to have columns at all. */
const AGREEMENT = 0.8;

/**
 * @param head The first lines of the file.
 * @returns `''` where each line is one text.
 * @throws UserError where the columns are separated by something else.
 */
export function findDelimiter(head: string, name: string): string {
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, ...agreement(columnCounts(head, delimiter)) }));
  const best = scores
    .filter(({ columns }) => columns > 1)
    .sort((a, b) => b.share - a.share || b.columns - a.columns)[0];
  const [header = ''] = head.split('\n', 1);
  if (best && (best.share >= AGREEMENT || header.split(best.delimiter).length === best.columns))
    return best.delimiter;
  const lines = head.split('\n').filter((line) => line.trim() !== '');
  for (const stranger of STRANGERS) {
    const { columns, share } = agreement(lines.map((line) => line.split(stranger).length));
    if (columns > 1 && share >= AGREEMENT && lines.length > 1) {
      throw new UserError({
        en: `${name}: its columns seem to be separated by ${JSON.stringify(stranger)}; expected a comma, tab, semicolon or |. Export it again as CSV.`,
        zh: `${name}：各列似乎以 ${JSON.stringify(stranger)} 分隔；应为逗号、制表符、分号或 |。请重新导出为 CSV。`,
      });
    }
  }
  return '';
}

function columnCounts(head: string, delimiter: string): number[] {
  const splitter = new RecordSplitter(delimiter);
  const records = [...splitter.take(head)].slice(0, 500);
  return records
    .map((record) => parseRecord(record, delimiter)?.length ?? 0)
    .filter((columns) => columns > 0);
}

function agreement(counts: readonly number[]): { columns: number; share: number } {
  const tally = new Map<number, number>();
  for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
  const [columns, rows] = [...tally].sort(([a, m], [b, n]) => n - m || b - a)[0] ?? [0, 0];
  return { columns, share: rows / Math.max(1, counts.length) };
}

/** The fields of one row; undefined for a blank line, or one that csv-parse cannot read. */
export function parseRecord({ text }: RecordText, delimiter: string): string[] | undefined {
  return parseRecords([{ text, line: 1 }], delimiter)?.[0];
}

/** The fields of rows that are not blank; undefined where one of them cannot be read. */
export function parseRecords(records: readonly RecordText[], delimiter: string): string[][] | undefined {
  if (delimiter === '') return records.map(({ text }) => [unquoted(text.replace(/\r?\n$/, ''))]);
  const ended = records.map(({ text }) => (text.endsWith('\n') ? text : `${text}\n`)).join('');
  try {
    return parse(ended, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: false,
    }) as string[][];
  } catch {
    return undefined;
  }
}

const unquoted = (line: string): string =>
  /^".*"$/s.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line;
