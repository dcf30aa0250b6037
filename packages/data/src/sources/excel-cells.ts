/** The cells of a sheet, row by row: of formulas the saved result, of numbers what their format shows. */
import type { Localized } from '@gradus/base';
import { type NumberFormat, timeText } from './excel-formats.ts';
import { MOST_COLUMNS } from './source.ts';
import type { XmlHandlers } from './xml.ts';

export interface SheetRow {
  /** Of the sheet; the first is 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** The number of the last filled column that is beyond what a table may have; 0: none. */
  readonly beyond: number;
  readonly reason?: Localized;
}

/** What the workbook says of cells beside the sheet itself. */
export interface CellContext {
  readonly strings: readonly string[];
  /** By style. */
  readonly formats: readonly NumberFormat[];
  /** Days are counted from 1904 instead of 1900. */
  readonly from1904: boolean;
}

/** The cells of `sheetData`; empty rows are passed over. */
export class SheetReader implements XmlHandlers {
  readonly #context: CellContext;
  readonly #take: (row: SheetRow) => void;
  #line = 0;
  #column = 0;
  #fields: string[] = [];
  #beyond = 0;
  #reason: Localized | undefined;
  #type = '';
  #style = 0;
  #formula = false;
  #value: string | undefined;
  #inline = '';
  #phonetic = false;

  constructor(context: CellContext, take: (row: SheetRow) => void) {
    this.#context = context;
    this.#take = take;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    if (tag === 'row') {
      this.#line = Number(attributes.r ?? this.#line + 1);
      this.#column = 0;
      this.#fields = [];
      this.#beyond = 0;
      this.#reason = undefined;
    } else if (tag === 'c') {
      this.#column = columnNumber(attributes.r) ?? this.#column + 1;
      this.#type = attributes.t ?? 'n';
      this.#style = Number(attributes.s ?? 0);
      this.#formula = false;
      this.#value = undefined;
      this.#inline = '';
    } else if (tag === 'f') this.#formula = true;
    else if (tag === 'rPh') this.#phonetic = true;
  }

  close(tag: string, text: string): void {
    if (tag === 'v') this.#value = text;
    else if (tag === 't' && !this.#phonetic) this.#inline += text;
    else if (tag === 'rPh') this.#phonetic = false;
    else if (tag === 'c') this.#cell();
    else if (tag === 'row') this.#row();
  }

  #row(): void {
    const [reason, beyond] = [this.#reason, this.#beyond];
    if (reason === undefined && beyond === 0 && !this.#fields.some((field) => field !== '')) return;
    this.#take({
      line: this.#line,
      fields: Array.from(this.#fields, (field) => field ?? ''),
      beyond,
      ...(reason !== undefined && { reason }),
    });
  }

  #cell(): void {
    // An empty text is a result, and says that it is one.
    const saved = this.#value !== undefined && (this.#value !== '' || this.#type === 'str');
    if (this.#formula && !saved && this.#inline === '')
      this.#reason = {
        en: `its column ${this.#column} is a formula without a saved result; open the file in Excel and save it`,
        zh: `第 ${this.#column} 列是没有保存结果的公式；请用 Excel 打开并保存该文件`,
      };
    const text = this.#text();
    if (text === '') return;
    if (this.#column > MOST_COLUMNS) this.#beyond = Math.max(this.#beyond, this.#column);
    else this.#fields[this.#column - 1] = text;
  }

  #text(): string {
    const value = this.#value;
    const { strings, formats, from1904 } = this.#context;
    if (this.#type === 'inlineStr') return unescaped(this.#inline);
    if (value === undefined || value === '') return '';
    if (this.#type === 's') {
      const text = strings[Number(value)];
      if (text === undefined)
        this.#reason = {
          en: `its column ${this.#column} names a text that the workbook lacks`,
          zh: `第 ${this.#column} 列引用的文本在工作簿中不存在`,
        };
      return text ?? '';
    }
    if (this.#type === 'b') return value === '1' ? 'true' : 'false';
    if (this.#type === 'str') return unescaped(value);
    // Errors such as #N/A stay as Excel shows them; "d" is ISO 8601 already.
    if (this.#type === 'e' || this.#type === 'd') return value;
    const number = Number(value);
    if (Number.isNaN(number)) return value;
    const format = formats[this.#style];
    if (format && format.shows !== 'number') return timeText(number, format, from1904) ?? value;
    // Excel keeps 15 digits of a fraction; what is beyond is noise of binary: 0.30000000000000004.
    return Number.isInteger(number) ? plainInteger(number, value) : String(Number(number.toPrecision(15)));
  }
}

/** Numbers of 1e21 and more stay as they are written. */
const plainInteger = (number: number, written: string): string =>
  Number.isSafeInteger(number) ? String(number) : /^\d+$/.test(written) ? written : String(BigInt(number));

/** `C` of `C7` is 3. */
export function columnNumber(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return undefined;
  return [...letters].reduce((number, letter) => 26 * number + letter.charCodeAt(0) - 64, 0);
}

/** `_x000D_` is how the format writes a carriage return. */
export const unescaped = (text: string): string =>
  text.replace(/_x([\dA-F]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
