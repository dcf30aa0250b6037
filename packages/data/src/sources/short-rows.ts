/** Rows shorter than the header: Excel, Google and Outlook leave out the empty cells at a row's end. */
import { type Kind, kindOf } from './header-evidence.ts';

/**
 * Whether a row that is too short lacks nothing but empty cells at its end. A line that is a piece of another has words under
 * numbers.
 *
 * @param kinds What each column holds.
 */
export const lacksEmptyCells = (fields: readonly string[], kinds: readonly (Kind | undefined)[]): boolean =>
  fields.every((field, i) => {
    const kind = kinds[i];
    if (kind === undefined || kind === 'text') return true;
    const own = kindOf([field.trim()]);
    return own === undefined || own === kind;
  });
