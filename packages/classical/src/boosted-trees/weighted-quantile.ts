/** The smallest value at and below which lies at least `level` of the weight. @param level 0 to 1 */
export function quantileOf(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  level: number,
): number {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  let total = 0;
  for (const i of order) total += weights ? weights[i]! : 1;
  let below = 0;
  for (const i of order) {
    below += weights ? weights[i]! : 1;
    if (below >= level * total * (1 - 1e-12)) return values[i]!;
  }
  return Number.NaN;
}
