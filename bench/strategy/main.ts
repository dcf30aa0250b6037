/**
 * Calendar, hierarchy, cause and strategy beside what was published or put in: the lunar new year in China's trade, Australian tourism that
 * adds up, Proposition 99, LaLonde's experiment, elasticities of simulated shops, launches of jewellery, and lifts put into forty cities.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Random } from '@gradus/base';
import { autoEts, covariateEffects, FORECASTERS, hierarchyOf, reconcile, sumsOf } from '@gradus/classical';
import { calendarColumns, calendarOf } from '@gradus/data';
import { balancedComparison, differenceInDifferences, geoPower, syntheticControl } from '@gradus/stats';
import { campaignLift, elasticities, type Launch, launchForecast, promotionLifts } from '@gradus/tasks';
import { chosen, type Measurement } from '../measurement.ts';
import { madeItem } from './simulated-shop.ts';

const DATA = new URL('../../../shared/data/', import.meta.url);
const lines = (path: string): string[][] => {
  const bytes = readFileSync(new URL(path, DATA));
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text
    .trim()
    .split(/\r?\n/)
    .map((line) =>
      (line.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g) ?? []).map((cell) => cell.replaceAll('"', '')),
    );
};
const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

type Part = () => AsyncGenerator<Measurement>;

const PARTS: Readonly<Record<string, Part>> = { lunar, hierarchy, causes, elasticity, launches, cities };

export async function* strategies(): AsyncGenerator<Measurement> {
  if (!existsSync(DATA)) throw new Error(`No data in ${DATA.pathname}`);
  for (const [name, part] of chosen(PARTS))
    for await (const measurement of part()) yield { ...measurement, what: `${name}, ${measurement.what}` };
}

/** January to March, forecast at the end of each December from 2000 on: the same method with the lunar date and without. */
async function* lunar(): AsyncGenerator<Measurement> {
  const steps = 3;
  const method = FORECASTERS.find(({ name }) => name === 'arima')!;
  for (const file of ['exports', 'imports']) {
    const rows = lines(`china-lunar-new-year/china_${file}.csv`).slice(1);
    const edges = rows.map(([month]) => Date.parse(`${month}-01`));
    edges.push(edges.at(-1)! + 31 * 86_400_000);
    const events = await calendarOf({ from: edges[0]!, to: edges.at(-1)! });
    const columns = calendarColumns(events, edges)
      .filter(({ code }) => code === 'lunar-new-year')
      .map(({ values }) => values);
    const values = Float64Array.from(rows, (row) => Math.log(Number(row[1])));
    const errors: [without: number, with_: number][] = [];
    rows.forEach(([month], origin) => {
      if (!month!.endsWith('-01') || month! < '2000' || origin + steps > rows.length) return;
      const past = values.subarray(0, origin);
      const found = covariateEffects(
        past,
        columns.map((column) => column.subarray(0, origin)),
        {
          ...{ season: 12, halfLife: 60 },
        },
      )!;
      const plain = method.fit(past.map(Math.exp), 12)!.forecast(steps);
      const adjusted = method.fit(found.adjusted.map(Math.exp), 12)!.forecast(steps);
      const effect = found.effect(columns.map((column) => column.subarray(origin, origin + steps)));
      for (let h = 0; h < steps; h++) {
        const actual = Math.exp(values[origin + h]!);
        errors.push([
          Math.abs(plain[h]! / actual - 1),
          Math.abs((adjusted[h]! * Math.exp(effect[h]!)) / actual - 1),
        ]);
      }
    });
    const [without, withDate] = [mean(errors.map(([one]) => one)), mean(errors.map(([, one]) => one))];
    yield {
      what: `China's ${file}, January to March 2000 – 2013, MAPE of ARIMA with the lunar date, and without`,
      gradus: `${share(withDate)} (${share(1 - withDate / without)} less)`,
      peer: share(without),
      ratio: withDate / without,
    };
  }
}

/** 304 series and 88 sums of them, the last eight quarters held out. */
async function* hierarchy(): AsyncGenerator<Measurement> {
  const rows = lines('tourism-hierarchy/tourism.csv.gz').slice(1);
  const series = Map.groupBy(rows, ([, region, state, purpose]) =>
    JSON.stringify({ region, state, purpose }),
  );
  const bottom = [...series.values()].map((own) => Float64Array.from(own, (row) => Number(row[4])));
  const items = [...series.keys()].map((key) => JSON.parse(key) as Record<string, string>);
  const tree = hierarchyOf(items, [[], ['purpose'], ['state'], ['region']]);
  const all = [...sumsOf(tree, bottom), ...bottom];
  const known = bottom[0]!.length - 8;
  const fits = all.map((values) => autoEts.fit(values.subarray(0, known), 4)!);
  const residuals = all.map((values, i) =>
    values.subarray(0, known).map((value, t) => value - fits[i]!.fitted![t]!),
  );
  const split = <T>(values: readonly T[]) => ({
    sums: values.slice(0, tree.sums.length),
    bottom: values.slice(tree.sums.length),
  });
  const base = split(fits.map((fit) => fit.forecast(8)));
  const mase = (forecasts: readonly Float64Array[]): string =>
    mean(
      forecasts.map((forecast, i) => {
        const values = all[i]!;
        const scale = mean(
          Array.from({ length: known - 4 }, (_, t) => Math.abs(values[t + 4]! - values[t]!)),
        );
        return mean(Array.from(forecast, (value, h) => Math.abs(value - values[known + h]!))) / scale;
      }),
    ).toFixed(3);
  yield {
    what: 'MASE of AutoETS, nothing adds up',
    gradus: mase([...base.sums, ...base.bottom]),
    peer: '1.02 published',
  };
  for (const [method, published] of [
    ['bottom-up', '1.06'],
    ['ols', '1.02'],
    ['wls-structural', '–'],
    ['mint-shrink', '0.97'],
  ] as const) {
    const moved = reconcile(tree, base, { method, residuals: split(residuals), nonNegative: true });
    yield {
      what: `MASE, ${method}`,
      gradus: mase([...moved.sums, ...moved.bottom]),
      peer: `${published} published`,
    };
  }
}

async function* causes(): AsyncGenerator<Measurement> {
  const [head, ...years] = lines('causal-strategy/causalpy/california_prop99.csv');
  const units = head!.slice(1);
  const panel = { units, values: units.map((_, i) => Float64Array.from(years, (row) => Number(row[i + 1]))) };
  const california = [units.indexOf('California')];
  const packs = (value: number) => `${value.toFixed(1)} packs`;
  const plain = syntheticControl(panel, california, 19);
  yield {
    what: `Proposition 99, synthetic control (rank ${plain.rank} of ${plain.compared})`,
    gradus: `${packs(plain.value)}, 95 % ${plain.interval.map(packs).join(' to ')}`,
    peer: '−19.6 published',
  };
  const apart = differenceInDifferences(panel, california, 19);
  yield {
    what: 'Proposition 99, difference in differences',
    gradus: packs(apart.value),
    peer: '−27.3 published',
  };
  const demeaned = syntheticControl(panel, california, 19, { demean: true });
  yield {
    what: 'Proposition 99, synthetic control with an intercept',
    gradus: packs(demeaned.value),
    peer: '−11.1 published',
  };
  const [names, ...people] = lines('causal-strategy/causalpy/lalonde.csv');
  const column = (name: string) => people.map((row) => Number(row[names!.indexOf(name)]));
  const race = (name: string) => people.map((row) => Number(row[names!.indexOf('race')] === name));
  const found = balancedComparison(
    column('re78'),
    column('treat').map((value) => value === 1),
    [...['age', 'educ', 'married', 'nodegree', 're74', 're75'].map(column), race('black'), race('hispan')],
  );
  yield {
    what: 'LaLonde without the experiment, by balancing',
    gradus: `${found.value.toFixed(0)} USD, 95 % ${found.interval.map((value) => value.toFixed(0)).join(' to ')}`,
    peer: '1794 in the experiment',
  };
}

/** 300 shops of 12 items over two years of weeks, with noise that goes together. */
async function* elasticity(): AsyncGenerator<Measurement> {
  const random = new Random('shops');
  let [items, covered, lifted] = [0, 0, 0];
  for (let shop = 0; shop < 300; shop++) {
    const truths = Array.from({ length: 12 }, () => ({
      price: random.normal(-2, 0.6),
      lift: random.normal(0.3, 0.1),
    }));
    const sales = truths.map(({ price, lift }, i) => madeItem(random, `${i}`, price, lift));
    const inside = (truth: number, [low, high]: readonly [number, number]) =>
      Number(low <= truth && truth <= high);
    for (const { item, interval } of elasticities(sales).items) {
      items += 1;
      covered += inside(truths[Number(item)]!.price, interval);
    }
    for (const { item, interval } of promotionLifts(sales).items)
      lifted += inside(Math.expm1(truths[Number(item)]!.lift), interval);
  }
  yield {
    what: `elasticities of ${items} items inside their 95 % interval`,
    gradus: share(covered / items),
    peer: '95 %',
  };
  yield {
    what: `lifts of promotions of ${items} items inside their 95 % interval`,
    gradus: share(lifted / items),
    peer: '95 %',
  };
}

async function* launches(): AsyncGenerator<Measurement> {
  const [names, ...weeks] = lines('new-products-jewelry/jewelry.csv.gz');
  const all = names!.map((item, i): Launch => {
    const units = weeks.map((row) => Number(row[i]) || 0);
    return { item, attributes: {}, units: units.slice(units.findIndex((value) => value > 0)) };
  });
  for (const sold of [0, 2, 4]) {
    const told = all.flatMap((launch, i) => {
      const known = Array.from(launch.units).slice(0, sold);
      const found = launchForecast(all.toSpliced(i, 1), { attributes: {}, sold: known }, 12);
      const total = Array.from(launch.units)
        .slice(0, 12)
        .reduce((sum, value) => sum + value, 0);
      return found ? [{ found, total }] : [];
    });
    const within = (of: 'interval80' | 'interval') =>
      share(mean(told.map(({ found, total }) => Number(found[of][0] <= total && total <= found[of][1]))));
    const off = told.reduce((sum, { found, total }) => sum + Math.abs(found.total - total), 0);
    yield {
      what: `12 weeks of ${told.length} pieces of jewellery, ${sold} weeks known: error of the total; inside 80 % and 95 %`,
      gradus: `${share(off / told.reduce((sum, { total }) => sum + total, 0))}; ${within('interval80')}, ${within('interval')}`,
      peer: '80 %, 95 %',
    };
  }
}

/** Lifts put into the last two weeks of two of forty cities, drawn by lot. */
async function* cities(): AsyncGenerator<Measurement> {
  const rows = lines('causal-strategy/geolift_pretest.csv').slice(1);
  const byCity = Map.groupBy(rows, ([city]) => city!);
  const panel = {
    units: [...byCity.keys()],
    values: [...byCity.values()].map((own) => Float64Array.from(own, (row) => Number(row[1]))),
  };
  const start = panel.values[0]!.length - 14;
  for (const lift of [0, 0.05, 0.1]) {
    const random = new Random('cities');
    const draws = Array.from({ length: 40 }, () => {
      const treated = Array.from(random.permutation(panel.units.length).slice(0, 2));
      const values = panel.values.map((unit, i) =>
        treated.includes(i) ? unit.map((value, t) => (t >= start ? value * (1 + lift) : value)) : unit,
      );
      return campaignLift({ units: panel.units, values }, treated, start, { season: 7 });
    });
    const [found, covered] = [
      mean(draws.map(({ pValue }) => Number(pValue < 0.1))),
      mean(draws.map(({ liftInterval: [low, high] }) => Number(low <= lift && lift <= high))),
    ];
    yield {
      what: `a lift of ${share(lift)} in 2 of ${panel.units.length} cities for 2 weeks: p < .1; inside the 95 % interval`,
      gradus: `${share(found)}; ${share(covered)}`,
      peer: lift === 0 ? '10 %; 95 %' : '–; 95 %',
    };
  }
  for (const { cities: count, length, smallestLift } of geoPower(
    panel,
    { cities: [2, 10, 20], lengths: [14] },
    new Random(1),
  ))
    yield {
      what: `smallest lift that ${count} cities find in ${length} days (4 of 5 times)`,
      gradus: share(smallestLift),
      peer: '–',
    };
}
