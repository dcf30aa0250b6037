/** Deep equality of plain data and typed arrays. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  type Fields = Readonly<Record<string, unknown>>;
  return keys.length === others.length && keys.every((key) => equal((a as Fields)[key], (b as Fields)[key]));
}
