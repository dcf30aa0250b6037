/** A word as a shell reads it: quoted where it would understand something else. */
export const shellWord = (text: string): string =>
  /^[\p{L}\p{N}@%+=:,./_-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
