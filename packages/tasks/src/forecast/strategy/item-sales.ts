/** An item's past as strategy asks it: amounts, prices, promotions and the season, by step. */

export interface ItemSales {
  readonly item: string;
  /** NaN where unknown. */
  readonly units: ArrayLike<number>;
  readonly price?: ArrayLike<number>;
  /** More than 0 where there was one. */
  readonly promotion?: ArrayLike<number>;
  /** What else moved sales: displays, holidays, weather. */
  readonly others?: readonly ArrayLike<number>[];
  /** Steps that make a season; 1 for none. */
  readonly season: number;
}

export const meanOf = (values: readonly number[] | Float64Array): number => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/** The most frequent price, to one percent: what a step costs when nothing happens. */
export function usualPrice(prices: readonly number[]): number {
  const counts = Map.groupBy(prices, (price) => Math.round(Math.log(price) * 100));
  const [, most] = [...counts].reduce((a, b) => (b[1].length > a[1].length ? b : a));
  return meanOf(most);
}
