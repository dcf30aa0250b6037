/** Weeks are more like the weeks beside them than like those of other years, when other promotions ran. */
const LONGEST_SEASON = 24;

/** A history without holes, for methods that need every step: what is not known is what its season was last before and first after, or a line between. */
export function filled(values: Float64Array, season: number): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  const whole = Float64Array.from(values);
  for (let t = 0; t < values.length; t++) {
    if (!Number.isNaN(values[t]!)) continue;
    const near =
      season > 1 && season <= LONGEST_SEASON ? [-season, season].flatMap((by) => nearest(values, t, by)) : [];
    whole[t] =
      near.length > 0 ? near.reduce((sum, at) => sum + values[at]!, 0) / near.length : between(values, t);
  }
  return whole;
}

/** The first known step at multiples of a season away; none where there is none. */
function nearest(values: Float64Array, t: number, by: number): number[] {
  let at = t + by;
  while (at >= 0 && at < values.length && Number.isNaN(values[at]!)) at += by;
  return at >= 0 && at < values.length ? [at] : [];
}

function between(values: Float64Array, t: number): number {
  let before = t - 1;
  while (before >= 0 && Number.isNaN(values[before]!)) before--;
  let after = t + 1;
  while (after < values.length && Number.isNaN(values[after]!)) after++;
  if (before < 0) return values[after] ?? 0;
  if (after >= values.length) return values[before]!;
  return values[before]! + ((values[after]! - values[before]!) * (t - before)) / (after - before);
}
