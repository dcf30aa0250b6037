/** What is known ahead reaches the methods that know one item alone, and only where it helps. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { effectForecast } from './effects.ts';
import { localForecast } from './forecast.ts';

const DAYS = 400;
const HORIZON = 14;
/** A sale of three days that moves through the calendar. */
const isSale = (t: number): number =>
  Number((t % 31) + Math.floor(t / 200) >= 10 && (t % 31) + Math.floor(t / 200) < 13);
const column = Float64Array.from({ length: DAYS + HORIZON }, (_, t) => isSale(t));

function sales(lift: number): Float64Array {
  const random = new Random('effects');
  return Float64Array.from(
    { length: DAYS + HORIZON },
    (_, t) => 100 * (1 + 0.3 * Number(t % 7 > 4)) * Math.exp(lift * isSale(t) + random.normal(0, 0.08)),
  );
}

describe('effects of what is known ahead', () => {
  it('are put into the forecast of the days that have them', () => {
    const all = sales(0.9);
    const [known, future] = [all.subarray(0, DAYS), all.subarray(DAYS)];
    const plain = localForecast(known, [7], HORIZON).forecast;
    const found = effectForecast({ values: known, seasons: [7], horizon: HORIZON, columns: [column] });
    const error = (forecast: Float64Array) =>
      future.reduce((sum, value, k) => sum + Math.abs(value - forecast[k]!), 0);
    expect(found.hasEffects).toBe(true);
    expect(error(found.forecast)).toBeLessThan(0.6 * error(plain));
  });

  it('are left alone where they are none', () => {
    const known = sales(0).subarray(0, DAYS);
    const found = effectForecast({ values: known, seasons: [7], horizon: HORIZON, columns: [column] });
    expect(found.hasEffects).toBeUndefined();
    expect(found.forecast).toEqual(localForecast(known, [7], HORIZON).forecast);
  });

  it('are found where promotions sell twenty times as much, and steps are missing', () => {
    const random = new Random('peaks');
    const WEEKS = 220;
    const deal = Float64Array.from({ length: WEEKS + 4 }, () => Number(random.uniform() < 0.12));
    const weeks = Float64Array.from({ length: WEEKS + 4 }, (_, t) =>
      Math.round(500 * Math.exp(3 * deal[t]! + random.normal(0, 0.25))),
    );
    deal[WEEKS + 1] = 1;
    const past = weeks.slice(0, WEEKS);
    const known = past.slice();
    known[WEEKS - 3] = Number.NaN;
    const found = effectForecast({ values: past, seasons: [52], horizon: 4, columns: [deal], known });
    expect(found.hasEffects).toBe(true);
    expect(found.forecast[1]! / found.forecast[0]!).toBeGreaterThan(deal[WEEKS] === 1 ? 0.5 : 10);
  });
});
