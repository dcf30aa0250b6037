/** Whether items of a questionnaire measure one thing: Cronbach's alpha (1951). */

/** @param items [items][rows]; nothing missing. NaN for one item */
export function cronbachAlpha(items: readonly Float64Array[]): number {
  const k = items.length;
  if (k < 2) return Number.NaN;
  const total = items[0]!.map((_, row) => items.reduce((sum, item) => sum + item[row]!, 0));
  const own = items.reduce((sum, item) => sum + variance(item), 0);
  return (k / (k - 1)) * (1 - own / variance(total));
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
