/** Takes rows as they are read, checks their cells, and keeps an even sample of those that fit. */
import { type Localized, Random, UserError } from '@gradus/base';
import type { RowSetAside, Table } from '../table/table.ts';
import type { SetAsideWriter } from './set-aside.ts';
import { LONGEST_CELL, type SourceRow, TOO_LONG } from './source.ts';

const REASONS_KEPT = 1000;

export interface CollectorOptions {
  /** For messages. */
  readonly name: string;
  readonly maxRows: number;
  readonly maxCharacters: number;
  /** Gets every row that is set aside. */
  readonly writer?: SetAsideWriter | undefined;
}

export class Collector {
  readonly #options: CollectorOptions;
  /** Fixed: which rows are sampled is a matter of the source alone. */
  readonly #random = new Random('rows sampled');
  #rows: { fields: readonly string[]; number: number; ticket: number }[] = [];
  #characters = 0;
  /** Rows whose ticket, uniform in [0, 1), is below this are kept. It halves whenever too much has been kept. */
  #admission = 1;
  #read = 0;
  #setAside: RowSetAside[] = [];
  #setAsideCount = 0;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  add(rows: readonly SourceRow[]): void {
    for (const row of rows) this.#take(row);
  }

  #take(row: SourceRow): void {
    this.#read += 1;
    const reason = row.reason ?? problem(row.fields);
    if (reason !== undefined) {
      const { line, file } = row;
      const place = { row: this.#read, line, reason, ...(file !== undefined && { file }) };
      this.#setAsideCount += 1;
      if (this.#setAside.length < REASONS_KEPT) this.#setAside.push(place);
      this.#options.writer?.add(place, row.text ?? row.fields);
      return;
    }
    const ticket = this.#random.uniform();
    if (ticket >= this.#admission) return;
    this.#rows.push({ fields: row.fields, number: this.#read, ticket });
    this.#characters += lengthOf(row.fields);
    const { maxRows, maxCharacters } = this.#options;
    while (this.#rows.length > maxRows || (this.#characters > maxCharacters && this.#rows.length > 1)) {
      this.#admission /= 2;
      this.#rows = this.#rows.filter(({ ticket }) => ticket < this.#admission);
      this.#characters = this.#rows.reduce((sum, { fields }) => sum + lengthOf(fields), 0);
    }
  }

  /**
   * @param columns All columns of the source.
   * @throws UserError where no row can be used
   */
  table(columns: readonly string[]): Pick<Table, 'columns' | 'rows' | 'numbers' | 'rowsRead' | 'sampled'> & {
    setAside: Omit<Table['setAside'], 'files'>;
  } {
    const { name } = this.#options;
    if (this.#read === 0) throw noRows(name);
    const [first] = this.#setAside;
    if (this.#rows.length === 0 && first) {
      throw new UserError({
        en: `None of the ${this.#read} rows of ${name} can be used; ${first.file === undefined ? '' : `${first.file}, `}line ${first.line}: ${first.reason.en}.`,
        zh: `${name} 的 ${this.#read} 行都不可用；${first.file === undefined ? '' : `${first.file} `}第 ${first.line} 行：${first.reason.zh}。`,
      });
    }
    return {
      columns,
      rows: this.#rows.map(({ fields }) => padded(fields, columns.length)),
      numbers: this.#rows.map(({ number }) => number),
      rowsRead: this.#read,
      sampled: this.#admission < 1,
      setAside: { count: this.#setAsideCount, rows: this.#setAside },
    };
  }
}

const ZERO_CHARACTER: Localized = {
  en: 'a cell holds a zero character, which is no text',
  zh: '有单元格含零字符，不是文本',
};

export const noRows = (name: string): UserError =>
  new UserError({
    en: `${name} has no rows. Expected a header, or names of columns, and at least one row.`,
    zh: `${name} 没有数据行。应有表头（列名）和至少一行数据。`,
  });

/** Why a row cannot be used, whatever its format. */
export function problem(fields: readonly string[]): Localized | undefined {
  for (const field of fields) {
    if (field.length > LONGEST_CELL) return TOO_LONG;
    if (field.includes('\0')) return ZERO_CHARACTER;
  }
  return undefined;
}

/** Cells take room even where they are empty. */
const lengthOf = (fields: readonly string[]): number =>
  fields.reduce((sum, field) => sum + field.length, fields.length);

const padded = (fields: readonly string[], length: number): readonly string[] =>
  fields.length === length ? fields : [...fields, ...new Array<string>(length - fields.length).fill('')];
