import { requireFinite } from './inputs.ts';

/**
 * The best one-to-one matching of rows with columns: the pairs whose values sum to the most (Kuhn's Hungarian method,
 * 1955, by shortest augmenting paths as Jonker and Volgenant, 1987, do it).
 *
 * @param value [rows][columns]
 * @throws UserError where a value is not a number: no path would be the shortest
 * @returns the column of each row, or −1 where there are more rows than columns and it got none
 */
export function linearAssignment(value: readonly (readonly number[])[]): Int32Array {
  const rows = value.length;
  const columns = value[0]?.length ?? 0;
  for (const [i, row] of value.entries()) requireFinite('linearAssignment', `row ${i}`, row);
  if (rows > columns) {
    const turned = linearAssignment(Array.from({ length: columns }, (_, j) => value.map((row) => row[j]!)));
    const columnOf = new Int32Array(rows).fill(-1);
    turned.forEach((row, column) => {
      columnOf[row] = column;
    });
    return columnOf;
  }
  // Counted from 1; 0 stands for "none yet".
  const rowPrice = new Float64Array(rows + 1);
  const columnPrice = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let start = 1; start <= rows; start++) {
    rowOf[0] = start;
    let at = 0;
    const slack = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const seen = new Uint8Array(columns + 1);
    while (rowOf[at] !== 0) {
      seen[at] = 1;
      const row = rowOf[at]!;
      let next = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 1; j <= columns; j++) {
        if (seen[j]) continue;
        const reduced = -value[row - 1]![j - 1]! - rowPrice[row]! - columnPrice[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          before[j] = at;
        }
        if (slack[j]! < least) {
          least = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= columns; j++) {
        if (seen[j]) {
          rowPrice[rowOf[j]!]! += least;
          columnPrice[j]! -= least;
        } else slack[j]! -= least;
      }
      at = next;
    }
    while (at !== 0) {
      rowOf[at] = rowOf[before[at]!]!;
      at = before[at]!;
    }
  }
  const columnOf = new Int32Array(rows).fill(-1);
  for (let j = 1; j <= columns; j++) if (rowOf[j] !== 0) columnOf[rowOf[j]! - 1] = j - 1;
  return columnOf;
}
