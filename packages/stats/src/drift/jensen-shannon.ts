/**
 * The Jensen–Shannon distance of two distributions over the same categories (Lin, 1991; Endres and Schindelin, 2003): the
 * root of the mean divergence of both from their average, in nats. From 0 to √ln 2 = 0.83.
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [sumA, sumB] = [total(a), total(b)];
  let divergence = 0;
  for (let k = 0; k < a.length; k++) {
    const p = a[k]! / sumA;
    const q = b[k]! / sumB;
    const middle = (p + q) / 2;
    if (p > 0) divergence += (p * Math.log(p / middle)) / 2;
    if (q > 0) divergence += (q * Math.log(q / middle)) / 2;
  }
  return Math.sqrt(Math.max(0, divergence));
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}
