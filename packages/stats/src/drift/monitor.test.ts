/** The drift monitor: rare false alarms, and drift found in the first window. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Column } from './column.ts';
import { DriftMonitor, type Row, type WindowReport } from './monitor.ts';

const WINDOW = 500;
const REFERENCE = 5000;

interface Shift {
  readonly mean?: number;
  readonly devices?: Devices;
}

/** Shares. */
type Devices = Readonly<Record<string, number>>;
const DEVICES: Devices = { desktop: 0.45, phone: 0.3, tablet: 0.15, watch: 0.1 };

/** One device's share moved, the others' in proportion. */
function moved(device: string, points: number): Devices {
  const before = DEVICES[device]!;
  const after = before + points / 100;
  return Object.fromEntries(
    Object.entries(DEVICES).map(([name, share]) => [
      name,
      name === device ? after : (share * (1 - after)) / (1 - before),
    ]),
  );
}

function draw(random: Random, shares: Devices): string {
  let left = random.uniform();
  for (const [name, share] of Object.entries(shares)) {
    left -= share;
    if (left < 0) return name;
  }
  return Object.keys(shares)[0]!;
}

/** Eight features of different kinds, some with missing values. */
function rowOf(random: Random, { mean = 0, devices = DEVICES }: Shift = {}): Row {
  return {
    age: random.normal(mean),
    price: Math.exp(random.normal()),
    score: random.uniform(),
    visits: Math.floor(-5 * Math.log(1 - random.uniform())),
    income: random.uniform() < 0.1 ? undefined : random.normal(),
    device: draw(random, devices),
    plan: random.uniform() < 0.02 ? 'team' : random.uniform() < 0.5 ? 'free' : 'paid',
    country: `c${Math.floor(40 * random.uniform() ** 3)}`,
  };
}

function columns(rows: readonly Row[]): Record<string, Column> {
  const numeric = ['age', 'price', 'score', 'visits', 'income'];
  return Object.fromEntries(
    Object.keys(rows[0]!).map((name): [string, Column] => [
      name,
      numeric.includes(name)
        ? { kind: 'numeric', values: rows.map((row) => (row[name] as number | undefined) ?? Number.NaN) }
        : { kind: 'categorical', values: rows.map((row) => row[name] as string) },
    ]),
  );
}

const referenceOf = (random: Random) => columns(Array.from({ length: REFERENCE }, () => rowOf(random)));

function nextWindow(monitor: DriftMonitor, make: () => Row): WindowReport {
  for (;;) {
    const report = monitor.push(make());
    if (report) return report;
  }
}

/** References, and where their streams of chance go on. */
const references = Array.from({ length: 100 }, (_, seed) => {
  const random = new Random(seed);
  return { reference: referenceOf(random), state: random.state };
});

/** In how many of 100 references the first window alarms, for the feature that was moved. */
function alarmed(feature: string, shift: Shift, only?: string): number {
  let found = 0;
  for (const { reference, state } of references) {
    const random = new Random();
    random.state = state;
    const monitor = new DriftMonitor(only ? { [only]: reference[only]! } : reference, { window: WINDOW });
    const report = nextWindow(monitor, () => rowOf(random, shift));
    if (report.alarm && report.features[0]!.feature === feature && report.window === 1) found += 1;
  }
  return found;
}

describe('a monitor of eight features, in windows of 500', () => {
  it('alarms in fewer than 10 of 1,000 windows that do not drift', () => {
    const random = new Random(1);
    const monitor = new DriftMonitor(referenceOf(random), { window: WINDOW });
    let alarms = 0;
    for (let i = 0; i < 1000; i++) if (nextWindow(monitor, () => rowOf(random)).alarm) alarms += 1;
    expect(alarms).toBeLessThan(10);
  });

  it('alarms in the first window where a mean moves by half a standard deviation', () => {
    expect(alarmed('age', { mean: 0.5 })).toBe(100);
  });

  it.each([
    ['watch', 10, 95],
    ['watch', -10, 95],
    ['tablet', 10, 90],
    ['tablet', -10, 95],
    // Shares near a half vary most by chance: 500 rows do not always tell.
    ['phone', 10, 75],
    ['phone', -10, 75],
    ['desktop', 10, 60],
    ['desktop', -10, 60],
  ])(
    'alarms in the first window where the share of %s moves by %i points, in %i of 100 cases',
    (name, points, least) => {
      expect(alarmed('device', { devices: moved(name, points) })).toBeGreaterThanOrEqual(least);
    },
  );

  it('tells more where it watches that feature alone', () => {
    expect(alarmed('device', { devices: moved('phone', 10) }, 'device')).toBeGreaterThanOrEqual(80);
    expect(alarmed('device', { devices: moved('desktop', 10) }, 'device')).toBeGreaterThanOrEqual(75);
  });
});

describe('a monitor of one feature', () => {
  const rows = (make: (i: number) => unknown) => Array.from({ length: 100 }, (_, i) => ({ x: make(i) }));
  const watch = (reference: Column, make: (i: number) => unknown): WindowReport => {
    const monitor = new DriftMonitor({ x: reference }, { window: 100 });
    return rows(make)
      .map((row) => monitor.push(row))
      .at(-1)!;
  };
  const letters: Column = {
    kind: 'categorical',
    values: Array.from({ length: 1000 }, (_, i) => 'abcd'[i % 4]!),
  };
  const numbers: Column = { kind: 'numeric', values: Array.from({ length: 1000 }, (_, i) => (i * 37) % 101) };

  it.each<[string, Column, (i: number) => unknown, boolean]>([
    ['the same categories', letters, (i) => 'abcd'[i % 4], false],
    ['a category that was never seen', letters, (i) => (i % 10 === 0 ? 'new' : 'abcd'[i % 4]), true],
    ['missing texts', letters, (i) => (i % 5 === 0 ? null : 'abcd'[i % 4]), true],
    ['names of JavaScript’s own', letters, () => '__proto__', true],
    ['the same numbers', numbers, (i) => (i * 37) % 101, false],
    ['missing numbers', numbers, (i) => (i % 5 === 0 ? undefined : (i * 37) % 101), true],
    ['texts for numbers', numbers, (i) => String((i * 37) % 101), true],
    ['a constant that stays', { kind: 'categorical', values: new Array(1000).fill('a') }, () => 'a', false],
    [
      'a constant that varies',
      { kind: 'categorical', values: new Array(1000).fill('a') },
      (i) => (i % 9 ? 'a' : 'b'),
      true,
    ],
    ['no numbers ever', { kind: 'numeric', values: new Array(1000).fill(Number.NaN) }, () => null, false],
    [
      'ids, which tell nothing',
      { kind: 'categorical', values: Array.from({ length: 1000 }, (_, i) => `r${i}`) },
      (i) => `s${i}`,
      false,
    ],
  ])('%s', (_, reference, make, alarm) => {
    expect(watch(reference, make).alarm).toBe(alarm);
  });

  it('reports at the end of each window only', () => {
    const monitor = new DriftMonitor({ x: numbers }, { window: 40 });
    const reports = rows((i) => i).map((row) => monitor.push(row)?.window);
    expect(reports.flatMap((window, i) => (window ? [[i, window]] : []))).toEqual([
      [39, 1],
      [79, 2],
    ]);
  });

  it('refuses a reference smaller than a window, and options that make no sense', () => {
    expect(() => new DriftMonitor({ x: numbers }, { window: 1001 })).toThrow(
      '1000 rows of "x", fewer than a window of 1001',
    );
    expect(() => new DriftMonitor({})).toThrow('no features');
    expect(() => new DriftMonitor({ x: numbers }, { window: 5 })).toThrow('"window" is 5');
    expect(() => new DriftMonitor({ x: numbers }, { falseAlarms: 2 })).toThrow('"falseAlarms" is 2');
    expect(() => new DriftMonitor({ x: numbers }, { windows: 0.5 })).toThrow('"windows" is 0.5');
  });
});
