/** `gradus forecast` as a founder meets it: a file of sales, forecasts, a served model, new rows, a newer model. Each part goes on with what those before it made. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine, jsonOf, post } from './testing/command-line.ts';

const ITEMS = ['lemonade', 'tea', 'calendar 2025'];
const [header, ...rows] = readFileSync(new URL('../../../examples/sales/sales.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n') as [string, ...string[]];
const ofItems = rows.filter((row) => ITEMS.includes(row.split(',')[1]!));
const before = (date: string) => ofItems.filter((row) => row < date);
const between = (from: string, to: string) => ofItems.filter((row) => row >= from && row < to);

const { runs, start, gradus, serving, file, close } = commandLine();
afterAll(close);

interface Forecast {
  readonly run: string;
  readonly items: number;
  readonly horizon: number;
  readonly season: number;
  readonly methods: Readonly<Record<string, number>>;
  readonly error: { readonly mase: number; readonly naive: number };
  readonly coverage: Readonly<Record<'80' | '95', number>>;
  readonly refused: readonly { readonly item: string; readonly reason: { readonly en: string } }[];
}

let sales: string;
let made: Forecast;

beforeAll(async () => {
  sales = file('sales.csv', `${[header, ...before('2025-10-01')].join('\n')}\n`);
  const plan = file(
    'plan.csv',
    [
      header.replace(',units', ''),
      ...between('2025-10-01', '2025-10-15').map((row) => row.split(',').toSpliced(3, 1).join(',')),
    ].join('\n'),
  );
  const { code, stdout, stderr } = await gradus(
    'forecast',
    sales,
    '--horizon',
    '14',
    '--plan',
    plan,
    '--model',
    'shop',
    '--runs',
    runs,
    '--json',
  );
  expect(code, stderr).toBe(0);
  made = JSON.parse(stdout) as Forecast;
  expect((await gradus('promote', 'shop', '1', '--runs', runs)).code).toBe(0);
});

describe('gradus forecast', () => {
  it('prints one JSON object: how good the forecasts would have been, beside naive ones', () => {
    expect(made).toMatchObject({ items: 2, horizon: 14, season: 7 });
    expect(made.error.mase).toBeLessThan(made.error.naive);
    expect(Object.values(made.methods).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    expect(made.coverage['80']).toBeGreaterThan(0.7);
    expect(made.coverage['95']).toBeGreaterThan(0.88);
  });

  it('names the item that stopped selling', () => {
    const stopped = made.refused.filter(({ reason }) =>
      /stopped selling: nothing since 2025-03-/.test(reason.en),
    );
    expect(stopped.map(({ item }) => item)).toEqual(['calendar 2025']);
  });

  it('writes a row an item and step, with quantiles that rise and do not fall below zero', () => {
    const lines = readFileSync(join(runs, made.run, 'forecasts.csv'), 'utf8')
      .replace('\uFEFF', '')
      .trim()
      .split(/\r?\n/);
    expect(lines[0]).toBe('item,time,mean,q0.025,q0.1,q0.25,q0.5,q0.75,q0.9,q0.975,method,beats_naive');
    expect(lines).toHaveLength(1 + 2 * 14);
    expect(lines[1]).toMatch(/^lemonade,2025-10-01,/);
    for (const line of lines.slice(1)) {
      const quantiles = line.split(',').slice(3, 10).map(Number);
      expect(quantiles).toEqual(quantiles.toSorted((a, b) => a - b));
      expect(quantiles[0]).toBeGreaterThanOrEqual(0);
    }
    for (const name of ['model.onnx', 'bundle.json', 'report.html', 'report.json', 'card.md'])
      expect(existsSync(join(runs, made.run, name)), name).toBe(true);
  });

  it('writes sums beside the items, which add up to the last digit', () => {
    const table = (name: string) =>
      readFileSync(join(runs, made.run, name), 'utf8')
        .replace('\uFEFF', '')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(','));
    const items = table('forecasts.csv');
    const sums = table('sums.csv');
    expect(sums).toHaveLength(14);
    for (const [time, mean] of sums) {
      const own = items.filter((row) => row[1] === time);
      expect(own).toHaveLength(2);
      expect(Number(mean)).toBeCloseTo(Number(own[0]![2]) + Number(own[1]![2]), 9);
    }
  });

  it.each([
    [
      'one row',
      'date,units\n2024-01-01,5',
      [],
      /Nothing of one row\.csv can be forecast/,
      /没有可以预测的商品/,
    ],
    [
      'no amounts',
      'date,name\n2024-01-01,a\n2024-01-02,b',
      [],
      /no column of amounts.*--value COLUMN/,
      /没有销量或销售额列/,
    ],
  ])(
    '%s: says what is wrong, in English and Chinese, and leaves no run',
    async (name, content, args, english, chinese) => {
      const path = file(`${name}.csv`, content);
      for (const [locale, message] of [
        ['en_US.UTF-8', english],
        ['zh_CN.UTF-8', chinese],
      ] as const) {
        const { code, stdout, stderr } = await start(
          ['forecast', path, ...args, '--runs', `${runs} of ${name}`, '--json'],
          { LC_ALL: locale },
        ).finished;
        expect(code).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/ {4}at /);
      }
    },
  );
});

describe('gradus predict', () => {
  it('gives each row of a file the quantiles of its item and day, and sets aside what the run does not know', async () => {
    const days = file(
      'days.csv',
      'date,item,category\n2025-10-03,tea,drinks\n2025-10-04,lemonade,drinks\n2026-10-03,tea,drinks\n2025-10-03,coffee,drinks\n',
    );
    const out = file('answers.csv', '');
    const { code, stderr } = await gradus(
      'predict',
      'models:/shop@champion',
      days,
      '--out',
      out,
      '--runs',
      runs,
    );
    expect(code, stderr).toBe(0);
    const lines = readFileSync(out, 'utf8').trim().split(/\r?\n/);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('mean,q0.025');
    expect(readFileSync(`${out}.set-aside.csv`, 'utf8')).toMatch(
      /outside the forecast[\s\S]*no forecast of this item/,
    );
  });
});

describe('gradus serve', () => {
  it('answers an item, and a history that has gone on', async () => {
    const { url, stop } = await serving('models:/shop@champion');
    const history = Array.from({ length: 60 }, (_, k) => 20 + 5 * (k % 7));
    const answer = post(`${url}/v1/forecast`, {
      rows: [{ item: 'tea' }, { item: 'tea', history, until: '2025-12-31', horizon: 7 }, { history }],
    });
    const { results } = (await jsonOf(answer)) as {
      results: { steps: { time: string; mean: number; quantiles: Record<string, number> }[] }[];
    };
    expect(results.map(({ steps }) => [steps.length, steps[0]!.time])).toEqual([
      [14, '2025-10-01'],
      [7, '2026-01-01'],
      [14, '2025-10-01'],
    ]);
    for (const { steps } of results.slice(1)) {
      const { mean, quantiles } = steps[0]!;
      expect(mean).toBeGreaterThan(15);
      expect(mean).toBeLessThan(60);
      expect(quantiles['q0.1']!).toBeLessThanOrEqual(quantiles['q0.9']!);
    }
    const unknown = await post(`${url}/v1/forecast`, { rows: [{ item: 'coffee' }] });
    expect(unknown.status).toBe(400);
    expect(await unknown.text()).toMatch(/coffee/);
    await stop();
  });
});

describe('gradus iterate', () => {
  it('learns rows added to the file; the run that knows later days takes over', async () => {
    appendFileSync(sales, `${between('2025-10-01', '2025-10-15').join('\n')}\n`);
    const { code, stdout, stderr } = await gradus(
      'iterate',
      'shop',
      '--gate',
      'latency=off',
      '--runs',
      runs,
      '--json',
    );
    expect(code, stderr).toBe(0);
    const verdict = JSON.parse(stdout) as { promote: boolean; reason: { en: string } };
    expect(verdict.reason.en).toMatch(/knows later steps/);
    expect(verdict.promote).toBe(true);
  });
});
