/** Words that descriptions of steps share. */

/** A few numbers as people read them. */
export function figures(values: readonly number[]): string {
  const shown = values.slice(0, 3).map((value) => String(Number(value.toPrecision(6))));
  return values.length > 3 ? `${shown.join(', ')}, … (${values.length})` : shown.join(', ');
}

/** A level of a column of texts, as the name of a feature has it. */
export const levelName = (level: string): string => (level === '' ? '(missing)' : level);
