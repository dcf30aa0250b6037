/** Systems through Cholesky's factor, checked by multiplying back. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { cholesky, solveCholesky } from './cholesky.ts';

const random = new Random('cholesky');
const [SIZE, ROWS] = [4, 9];
const x = Array.from({ length: ROWS }, () => Array.from({ length: SIZE }, () => random.normal()));
/** XᵀX, [columns, columns]. */
const productsOf = (rows: readonly (readonly number[])[]): Float64Array =>
  Float64Array.from(
    rows[0]!.flatMap((_, i) => rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0))),
  );

describe('a system through its Cholesky factor', () => {
  it('is solved for several right sides at once', () => {
    const matrix = productsOf(x);
    const right = Float64Array.from({ length: SIZE * 2 }, () => random.normal());
    const solution = solveCholesky(cholesky(matrix, SIZE), right);
    for (let i = 0; i < SIZE; i++) {
      for (let c = 0; c < 2; c++) {
        let sum = 0;
        for (let j = 0; j < SIZE; j++) sum += matrix[i * SIZE + j]! * solution[j * 2 + c]!;
        expect(sum).toBeCloseTo(right[i * 2 + c]!, 10);
      }
    }
  });

  it('leaves a column out that is a combination of earlier ones', () => {
    const twice = x.map((row) => [...row, row[0]! - 2 * row[2]!]);
    const factor = cholesky(productsOf(twice), SIZE + 1);
    expect(factor.dependent).toEqual([SIZE]);
    const right = Float64Array.from({ length: SIZE + 1 }, (_, j) =>
      twice.reduce((sum, row, r) => sum + row[j]! * (r % 3), 0),
    );
    const alone = solveCholesky(cholesky(productsOf(x), SIZE), right.subarray(0, SIZE));
    const solution = solveCholesky(factor, right);
    expect(solution[SIZE]).toBe(0);
    for (const [j, value] of alone.entries()) expect(solution[j]).toBeCloseTo(value, 10);
  });
});
