/** An item of a simulated shop: prices that step now and then, promotions, weeks of a year, errors that go together. */
import type { Random } from '@gradus/base';
import type { ItemSales } from '@gradus/tasks';

export function madeItem(random: Random, item: string, elasticity: number, lift: number): ItemSales {
  const steps = 104;
  const price = new Float64Array(steps);
  const promotion = new Float64Array(steps);
  const units = new Float64Array(steps);
  let [now, noise] = [10, 0];
  for (let t = 0; t < steps; t++) {
    if (random.uniform() < 0.1) now = 10 * Math.exp(random.normal(0, 0.12));
    noise = 0.4 * noise + random.normal(0, 0.15);
    price[t] = now;
    promotion[t] = Number(random.uniform() < 0.15);
    const season = 0.2 * Math.sin((2 * Math.PI * t) / 52);
    units[t] = Math.exp(4 + elasticity * Math.log(now / 10) + lift * promotion[t]! + season + noise);
  }
  return { item, units, price, promotion, season: 52 };
}
