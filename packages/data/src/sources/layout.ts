/** What stands where in a text file: Excel's instruction, lines above the header, the header, and from where on rows. */
import { UserError } from '@gradus/base';
import { findDialect, instructionOf } from './dialect.ts';
import { type Dialect, fieldsOf } from './fields.ts';
import { findHeader } from './header.ts';
import { type Kind, kindOf } from './header-evidence.ts';
import { RecordSplitter, type RecordText } from './records.ts';

export interface Layout {
  readonly dialect: Dialect;
  readonly names: readonly string[];
  /** Rows begin behind this line: the last of the header, or of what stands above it; 0: with the first. */
  readonly lastLine: number;
  /** Lines above the header that hold something. */
  readonly linesAbove: number;
  /** What each column holds, by the first rows. */
  readonly kinds: readonly (Kind | undefined)[];
}

/** Cells that the header is found by. */
const MOST_CELLS = 50_000;
const MOST_ROWS = 100;
const FEWEST_ROWS = 5;

/**
 * @param head The first lines of the file.
 * @throws UserError where the header cannot be read
 */
export function findLayout(head: string, name: string): Layout {
  const instruction = instructionOf(head);
  const text = head.slice(instruction?.length ?? 0);
  const dialect = findDialect(text, name, instruction?.delimiter);
  const before = instruction === undefined ? 0 : 1;
  const records = firstRecords(text, dialect);
  const first = records.find(({ text }) => text.trim() !== '');
  if (first?.unclosed)
    throw new UserError({
      en: `${name}, line ${first.line + before}: the header cannot be read. Expected column names.`,
      zh: `${name} 第 ${first.line + before} 行：无法读取表头。应为列名。`,
    });
  const good = records.filter(({ unclosed }) => !unclosed);
  const rows = good.map(({ text }) => (text.trim() === '' ? [] : fieldsOf(text, dialect)));
  const { above, rows: header, names } = findHeader(rows, { rowNames: dialect.delimiter !== '' });
  const last = good[above + header - 1]?.line;
  const below = rows.slice(above + header).filter(({ length }) => length === names.length);
  return {
    dialect,
    names,
    lastLine: last === undefined ? before : last + before,
    linesAbove: rows.slice(0, above).filter((row) => row.some((cell) => cell.trim() !== '')).length,
    kinds: names.map((_, i) => kindOf(below.map((row) => row[i]!.trim()))),
  };
}

function firstRecords(text: string, dialect: Dialect): RecordText[] {
  const records: RecordText[] = [];
  const splitter = new RecordSplitter(dialect);
  let cells = 0;
  let filled = 0;
  const take = (taken: Iterable<RecordText>) => {
    for (const record of taken) {
      if (filled >= MOST_ROWS || (filled >= FEWEST_ROWS && cells > MOST_CELLS)) return;
      records.push(record);
      if (record.text.trim() === '') continue;
      filled += 1;
      cells += fieldsOf(record.text, dialect).length;
    }
  };
  take(splitter.take(text));
  take(splitter.end());
  return records;
}
