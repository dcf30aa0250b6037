/**
 * The fields of one row of CSV (RFC 4180), as files have them: a quote inside a field that no quote opened is a character
 * like others, and so are those of a field whose closing quote stands in its middle (`"5" screen"`).
 */

export interface Dialect {
  /** `''` where each line is one text. */
  readonly delimiter: string;
  /**
   * What takes the meaning from a quote: another quote, as RFC 4180 has it; or a backslash, which does so for delimiters and line
   * ends too (MySQL's SELECT … INTO OUTFILE, Hive, PHP's addslashes).
   */
  readonly escapedBy: '"' | '\\';
  /** `lf`: LF or CRLF; a CR alone is a character. `any`: CR too, as in "CSV (Macintosh)". */
  readonly ends: LineEnds;
}

export type LineEnds = 'lf' | 'any';

export interface ParsedFields {
  readonly fields: string[];
  /** A field holds a quote that neither opens, closes nor is escaped. */
  readonly relaxed: boolean;
}

/** @param record One row's text; its line end is left out. */
export function fieldsOf(record: string, dialect: Dialect): string[] {
  const { delimiter, escapedBy } = dialect;
  if (delimiter === '') return [unquoted(withoutEnd(record, dialect.ends))];
  if (escapedBy === '"' && !record.includes('"')) return withoutEnd(record, dialect.ends).split(delimiter);
  return parseFields(record, dialect).fields;
}

export function parseFields(record: string, { delimiter, escapedBy, ends }: Dialect): ParsedFields {
  const text = withoutEnd(record, ends);
  const fields: string[] = [];
  let relaxed = false;
  for (let at = 0; ; ) {
    const field =
      quotedField(text, at, delimiter, escapedBy) ??
      (escapedBy === '\\' ? escapedField(text, at, delimiter) : plainField(text, at, delimiter));
    fields.push(field.value);
    relaxed ||= field.relaxed ?? false;
    if (field.end >= text.length) return { fields, relaxed };
    at = field.end + delimiter.length;
    // A delimiter at the very end begins one more field, an empty one.
    if (at === text.length) {
      fields.push('');
      return { fields, relaxed };
    }
  }
}

interface Field {
  readonly value: string;
  /** Of the delimiter behind it, or the text. */
  readonly end: number;
  readonly relaxed?: boolean;
}

const endOf = (text: string, delimiter: string, from: number): number => {
  const end = text.indexOf(delimiter, from);
  return end < 0 ? text.length : end;
};

function plainField(text: string, at: number, delimiter: string): Field {
  const end = endOf(text, delimiter, at);
  return { value: text.slice(at, end), end };
}

function escapedField(text: string, at: number, delimiter: string): Field {
  let end = at;
  while (end < text.length && !text.startsWith(delimiter, end)) end += text[end] === '\\' ? 2 : 1;
  end = Math.min(end, text.length);
  const written = text.slice(at, end);
  // How MySQL and Hive write that there is no value.
  return { value: written === '\\N' ? '' : unescaped(written, delimiter), end };
}

/** undefined where no quote opens the field. Blanks around the quotes are no part of it. */
function quotedField(text: string, at: number, delimiter: string, escapedBy: string): Field | undefined {
  let open = at;
  while (text[open] === ' ') open += 1;
  if (text[open] !== '"') return undefined;
  let close = open + 1;
  for (; close < text.length; close++) {
    const character = text[close];
    if (character === '\\' && escapedBy === '\\') close += 1;
    else if (character === '"') {
      if (text[close + 1] !== '"') break;
      close += 1;
    } else if (escapedBy === '"') close = endOf(text, '"', close) - 1;
  }
  const written = text.slice(open + 1, close).replaceAll('""', '"');
  const inner = escapedBy === '\\' ? unescaped(written, delimiter) : written;
  let end = close + 1;
  while (text[end] === ' ' && !text.startsWith(delimiter, end)) end += 1;
  if (close < text.length && (end >= text.length || text.startsWith(delimiter, end)))
    return { value: inner, end: Math.min(end, text.length) };
  const rest = endOf(text, delimiter, Math.min(close, text.length));
  return { value: `${text.slice(at, open + 1)}${inner}${text.slice(close, rest)}`, end: rest, relaxed: true };
}

/** A backslash before anything else is a backslash: `C:\temp`. */
const unescaped = (text: string, delimiter: string): string =>
  text.includes('\\')
    ? text.replace(/\\(\r\n|[\s\S])/g, (both, next: string) =>
        next === delimiter || /^["'\\\r\n]/.test(next) ? next : both,
      )
    : text;

function withoutEnd(record: string, ends: LineEnds): string {
  const last = record.length - 1;
  if (record[last] === '\n') return record.slice(0, record[last - 1] === '\r' ? -2 : -1);
  return ends === 'any' && record[last] === '\r' ? record.slice(0, -1) : record;
}

const unquoted = (line: string): string =>
  /^".*"$/s.test(line) ? line.slice(1, -1).replaceAll('""', '"') : line;
