/** Figures as people read them. */

/** Four digits, thousands apart, large and small ones with an exponent. */
export function number(x: number): string {
  if (x === 0) return '0';
  const size = Math.abs(x);
  if (size >= 1e12 || size < 1e-4) return x.toExponential(2);
  if (Number.isInteger(x) || size >= 1e5) return Math.round(x).toLocaleString('en');
  return Number(x.toPrecision(4)).toLocaleString('en', { maximumFractionDigits: 8 });
}

export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, size)) / Math.log(1000)));
  return `${Number((size / 1000 ** power).toPrecision(3))} ${units[power]}`;
}
