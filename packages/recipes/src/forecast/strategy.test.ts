/** The strategy of a whole run: what was put into the sales is found in the report, and what cannot be told is refused by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { campaigns, readSales, strategyOf } from '@gradus/tasks';
import { afterAll, describe, expect, it } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'gradus-strategy-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Eight teas, weekly for two years; the first two had a campaign from week 92 on; the last one's price never moved. */
function sales(): string {
  const random = new Random('teas');
  const lines = ['date,item,units,price,promotion'];
  for (let item = 0; item < 8; item++) {
    let price = 10;
    for (let t = 0; t < 104; t++) {
      const date = new Date(Date.UTC(2023, 0, 2) + t * 7 * 86_400_000).toISOString().slice(0, 10);
      if (random.uniform() < 0.15) price = 8 + random.below(5);
      const asked = item === 7 ? 10 : price;
      const promotion = Number(random.uniform() < 0.15);
      const lift = item < 2 && t >= 92 ? 1.5 : 1;
      const units =
        200 * lift * Math.exp(-2 * Math.log(asked / 10) + 0.3 * promotion + random.normal(0, 0.1));
      lines.push(`${date},tea ${item},${Math.round(units)},${asked},${promotion}`);
    }
  }
  const path = join(directory, 'sales.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

it('a test begins from the usual price, though the file ends in a promotion', async () => {
  const lines = Array.from({ length: 104 }, (_, t) => {
    const date = new Date(Date.UTC(2023, 0, 2) + t * 7 * 86_400_000).toISOString().slice(0, 10);
    const promotion = Number(t % 13 > 9);
    return `${date},tea,${100 + 40 * promotion + (t % 7)},${promotion ? 8 : 10},${promotion}`;
  });
  const path = join(directory, 'promoted.csv');
  writeFileSync(path, `date,item,units,price,promotion\n${lines.join('\n')}\n`);
  const history = await readSales(path, 'promoted.csv', { named: {}, gaps: 'auto' });
  const forecast = {
    ...{ item: 'tea', place: 0, season: 52, first: 104, mean: new Float64Array(8).fill(100) },
    total: { value: 800, low: 700, high: 900 },
    quantiles: new Float64Array(8 * 7).fill(100),
  };
  expect(strategyOf(history, [forecast] as never, { random: new Random(1) }).tests[0]!.usualPrice).toBe(10);
});

describe('strategy', () => {
  it('finds elasticities, promotions and a campaign, and refuses what it cannot know', async () => {
    const history = await readSales(sales(), 'sales.csv', { named: {}, gaps: 'auto' });
    const forecasts = history.items.map(({ item, values }, place) => ({
      ...{ item, place, season: 52, first: values.length, mean: new Float64Array(8).fill(200) },
      total: { value: 1600, low: 1500, high: 1700 },
      quantiles: Float64Array.from({ length: 8 * 7 }, (_, i) => 170 + 10 * (i % 7)),
    })) as never;
    const found = strategyOf(history, forecasts, { cost: 5, random: new Random(1) });
    expect(found.elasticity).toHaveLength(7);
    expect(
      found.elasticity.filter(({ interval: [low, high] }) => low < -2 && -2 < high).length,
    ).toBeGreaterThan(4);
    expect(found.promotions[0]!.lift).toBeCloseTo(Math.expm1(0.3), 0);
    expect(found.refused.map(({ of }) => of)).toEqual(['tea 7']);
    expect(found.plans.filter(({ item }) => item === 'tea 3').map(({ name }) => name)).toContain('keep');
    expect(found.orders[0]!.quantity).toBeGreaterThan(400);
    expect(found.tests[0]!.item).toBe('tea 7');

    const path = join(directory, 'campaign.csv');
    writeFileSync(
      path,
      'name,item,start,end\nspring,tea 0,2024-10-07,\nspring,tea 1,2024-10-07,\nfair,coffee,2024-10-07,\n',
    );
    const told = await campaigns(path, 'campaign.csv', history);
    expect(told.lifts.map(({ name, treated }) => [name, treated])).toEqual([['spring', ['tea 0', 'tea 1']]]);
    expect(told.lifts[0]!.liftInterval[0]).toBeLessThan(0.5);
    expect(told.lifts[0]!.liftInterval[1]).toBeGreaterThan(0.5);
    expect(told.refused.map(({ of }) => of)).toEqual(['fair']);
    writeFileSync(path, 'what,when\nx,y\n');
    await expect(campaigns(path, 'campaign.csv', history)).rejects.toThrow(/expected "start"/);
  });

  it('says what advertising brought and what a test in cities would find, where the file has such columns', async () => {
    const random = new Random('cities');
    const rows = ['date,city,units,tv_spend,promo,display'];
    for (let t = 0; t < 120; t++) {
      const date = new Date(Date.UTC(2023, 0, 2) + t * 7 * 86_400_000).toISOString().slice(0, 10);
      for (let city = 0; city < 8; city++) {
        const [spend, promo, display] = [
          200 * random.uniform(),
          Number(random.uniform() < 0.2),
          Number(random.uniform() < 0.2),
        ];
        const units = (300 + 2 * spend) * Math.exp(0.2 * promo + 0.5 * display + random.normal(0, 0.05));
        rows.push(`${date},c${city},${Math.round(units)},${spend.toFixed(1)},${promo},${display}`);
      }
    }
    const path = join(directory, 'cities.csv');
    writeFileSync(path, rows.join('\n'));
    const history = await readSales(path, 'cities.csv', { named: {}, gaps: 'auto' });
    const forecasts = history.items.map(({ item, values }, place) => ({
      ...{ item, place, season: 1, first: values.length, mean: new Float64Array(8).fill(500) },
      total: { value: 4000, low: 3800, high: 4200 },
      quantiles: Float64Array.from({ length: 8 * 7 }, (_, i) => 470 + 10 * (i % 7)),
    })) as never;
    const { mix, cities, promotions } = strategyOf(history, forecasts, { random: new Random(1) });
    for (const { name, perSpend } of mix) {
      expect(name).toBe('tv_spend');
      expect(perSpend).toBeGreaterThan(1);
      expect(perSpend).toBeLessThan(4);
    }
    expect(mix).toHaveLength(3);
    expect(cities.length).toBeGreaterThan(3);
    expect(cities.at(-1)!.smallestLift).toBeLessThan(cities[0]!.smallestLift);
    const of = (kind: string) => promotions.filter((one) => one.kind === kind).map(({ lift }) => lift);
    for (const lift of of('promo')) expect(lift).toBeCloseTo(Math.expm1(0.2), 0);
    for (const lift of of('display')) expect(Math.abs(lift - Math.expm1(0.5))).toBeLessThan(0.15);
  });
});
