/** The check that metrics make of their inputs. */
import type { Numbers } from '../numbers.ts';

/** The number of rows, which must be the same, and not zero, in both arrays. Throws RangeError otherwise. */
export function countRows(a: Numbers, b: Numbers): number {
  if (a.length !== b.length) {
    throw new RangeError(
      `A metric needs one value a row on both sides, got ${a.length} and ${b.length} values`,
    );
  }
  if (a.length === 0) throw new RangeError('A metric needs at least one row');
  return a.length;
}
