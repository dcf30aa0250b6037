/** Solves a small positive definite system through Cholesky's factor. */

/**
 * @param matrix [size, size], of which the lower triangle is read
 * @param right [size], or [size, columns] row-major
 * @returns undefined where the matrix is not positive definite
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array | undefined {
  const size = Math.round(Math.sqrt(matrix.length));
  const columns = right.length / size;
  const factor = matrix.slice();
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      let sum = factor[j * size + k]!;
      for (let l = 0; l < k; l++) sum -= factor[j * size + l]! * factor[k * size + l]!;
      if (k < j) factor[j * size + k] = sum / factor[k * size + k]!;
      else if (sum > 0) factor[j * size + j] = Math.sqrt(sum);
      else return undefined;
    }
  }
  const answer = right.slice();
  for (let column = 0; column < columns; column++) {
    for (let j = 0; j < size; j++) {
      let sum = answer[j * columns + column]!;
      for (let k = 0; k < j; k++) sum -= factor[j * size + k]! * answer[k * columns + column]!;
      answer[j * columns + column] = sum / factor[j * size + j]!;
    }
    for (let j = size - 1; j >= 0; j--) {
      let sum = answer[j * columns + column]!;
      for (let k = j + 1; k < size; k++) sum -= factor[k * size + j]! * answer[k * columns + column]!;
      answer[j * columns + column] = sum / factor[j * size + j]!;
    }
  }
  return answer;
}
