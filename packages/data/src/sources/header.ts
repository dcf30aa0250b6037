/** Column names from the first row of a text file or sheet, if that is a header. */
import { type Localized, UserError } from '@gradus/base';
import { MOST_COLUMNS } from './source.ts';

/** Column names are short, no sentences, and not numbers or dates; or they are plain identifiers, some left empty. */
export function looksLikeHeader(fields: readonly string[]): boolean {
  const names = fields.map((field) => field.trim());
  const isName = (name: string) =>
    name.length <= 60 && !/^[\p{N}.,:/ -]*$/u.test(name) && !/[!?，。！？\uFFFD]|[.,] /u.test(name);
  return (
    names.every(isName) ||
    (names.some(Boolean) && names.every((name) => name === '' || /^[a-z_][\w ]{0,40}$/i.test(name)))
  );
}

/**
 * The names of a header; `column 1`, `column 2` where the row is none.
 *
 * @param hint What to check where there are too many.
 * @throws UserError for more columns than a table can have
 */
export function headerOf(fields: readonly string[], name: string, hint?: Localized): string[] {
  checkColumnCount(fields.length, name, hint);
  return uniqueNames(looksLikeHeader(fields) ? fields : fields.map(() => ''));
}

/** @throws UserError for more columns than a table can have */
export function checkColumnCount(count: number, name: string, hint?: Localized): void {
  if (count > MOST_COLUMNS) {
    throw new UserError({
      en: `${name} has ${count} columns; expected at most ${MOST_COLUMNS}.${hint ? ` ${hint.en}` : ''}`,
      zh: `${name} 有 ${count} 列；最多 ${MOST_COLUMNS} 列。${hint?.zh ?? ''}`,
    });
  }
}

/** Trimmed; empty ones are numbered, repeated ones counted. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, i) => uniqueName(name, i, taken));
}

/** One more name, which is then taken. */
export function uniqueName(name: string, index: number, taken: Set<string>): string {
  const wish = name.trim() || `column ${index + 1}`;
  let column = wish;
  for (let n = 2; taken.has(column); n++) column = `${wish} (${n})`;
  taken.add(column);
  return column;
}

/** Why a row of another number of cells than there are columns cannot be used. */
export const otherWidth = (cells: number, columns: number): Localized => ({
  en: `it has ${cells} ${cells === 1 ? 'column' : 'columns'}; expected ${columns}`,
  zh: `有 ${cells} 列；应为 ${columns} 列`,
});
