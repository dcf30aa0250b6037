/**
 * Made-up daily sales of a small shop: `node generate.ts > sales.csv`.
 *
 * Six items, two years. What is true of them is written here, so that what a forecast says can be checked: weekends are busier, summer
 * sells drinks, a price cut of a fifth sells more, one item is bought now and then, and one was taken off the shelf.
 */
import { Random } from '@gradus/base';

interface Item {
  readonly name: string;
  readonly category: string;
  readonly base: number;
  readonly price: number;
  /** By how many per cent sales fall when the price rises by one. */
  readonly elasticity: number;
  /** Share by which summer is above the year's mean. */
  readonly summer: number;
}

const ITEMS: readonly Item[] = [
  { name: 'lemonade', category: 'drinks', base: 60, price: 2.5, elasticity: 1.8, summer: 0.5 },
  { name: 'tea', category: 'drinks', base: 35, price: 3.2, elasticity: 1.2, summer: -0.25 },
  { name: 'crackers', category: 'snacks', base: 80, price: 1.9, elasticity: 2.2, summer: 0 },
  { name: 'chocolate', category: 'snacks', base: 45, price: 2.8, elasticity: 1.5, summer: -0.3 },
  { name: 'thermos', category: 'tools', base: 0.6, price: 24, elasticity: 1, summer: -0.2 },
  { name: 'calendar 2025', category: 'tools', base: 5, price: 9, elasticity: 1, summer: 0 },
];
const DAYS = 730;
const START = Date.UTC(2024, 8, 1);
const DAY = 86_400_000;
const WEEK = [1.2, 0.8, 0.85, 0.9, 1, 1.25, 1.4];
/** Days on which the calendar was still sold. */
const SHELF = 200;

function poisson(mean: number, random: Random): number {
  if (mean > 30) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
  const limit = Math.exp(-mean);
  let [product, k] = [random.uniform(), 0];
  while (product > limit) {
    product *= random.uniform();
    k += 1;
  }
  return k;
}

export function salesCsv(): string {
  const random = new Random('sales');
  const lines = ['date,item,category,units,price,promotion'];
  for (const { name, category, base, price, elasticity, summer } of ITEMS) {
    let promotionDays = 0;
    for (let day = 0; day < DAYS; day++) {
      const date = new Date(START + day * DAY);
      if (promotionDays === 0 && random.uniform() < 0.02) promotionDays = 5;
      const isPromoted = promotionDays > 0;
      promotionDays = Math.max(0, promotionDays - 1);
      const asked = Number((price * (day > 400 ? 1.06 : 1) * (isPromoted ? 0.8 : 1)).toFixed(2));
      const ofYear = Math.cos((2 * Math.PI * (date.getTime() - Date.UTC(2025, 6, 15))) / (365.25 * DAY));
      const shelf = name.startsWith('calendar') && day >= SHELF ? 0 : 1;
      const mean =
        base *
        WEEK[date.getUTCDay()]! *
        (1 + summer * ofYear) *
        (1 + 0.0002 * day) *
        (asked / price) ** -elasticity *
        (isPromoted ? 1.15 : 1);
      const units = shelf * poisson(mean * Math.exp(random.normal(0, 0.08)), random);
      lines.push(
        [date.toISOString().slice(0, 10), name, category, units, asked.toFixed(2), isPromoted ? 1 : 0].join(
          ',',
        ),
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) process.stdout.write(salesCsv());
