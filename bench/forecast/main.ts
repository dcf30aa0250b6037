/**
 * Forecasts of the published sets of series: the error of what `gradus forecast` combines, one default for all, beside the figures that
 * were published and those of statsmodels' theta and exponential smoothing on the same series, where Python has it. Demand that is
 * mostly zero is judged by the loss of its quantiles beside zero, the median and Croston's rate, since zero everywhere has the least
 * absolute error there.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Random } from '@gradus/base';
import {
  autoForecast,
  countQuantiles,
  croston,
  fitGlobalWindow,
  pooledCounts,
  seasonalNaive,
} from '@gradus/classical';
import { meanAbsoluteScaledError, pinballLoss, symmetricMape } from '@gradus/stats';
import { fitForecasts, type Grid, QUANTILES } from '@gradus/tasks';
import { chosen, type Measurement } from '../measurement.ts';
import { type HeldSeries, hospital, intermittent, m1, nn5, requireData, tourism } from './series-sets.ts';

const PYTHON = process.env.GRADUS_PYTHON ?? 'python3';
/** statsmodels takes up to seconds a series: it gets every so manyth. */
const PEER_STRIDE = { theta: 10, ets: 60 } as const;
const DAY = 86_400_000;
const LEVELS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];

type Part = () => AsyncGenerator<Measurement>;

/** MASE as published by the Chronos benchmark of autogluon/fev: seasonal naive, AutoETS, AutoARIMA, AutoTheta, TiRex. */
const scaled = (series: () => HeldSeries[], published: string): Part =>
  async function* () {
    yield* scaledErrors(series(), published);
    yield* covered(series());
  };

const PARTS: Readonly<Record<string, Part>> = {
  'm1-monthly': scaled(() => m1('MONTHLY'), 'sNaive 1.314, ETS 1.089, ARIMA 1.114, Theta 1.092, TiRex 1.060'),
  'm1-quarterly': scaled(
    () => m1('QUARTERLY'),
    'sNaive 2.078, ETS 1.661, ARIMA 1.688, Theta 1.667, TiRex 1.674',
  ),
  'm1-yearly': scaled(() => m1('YEARLY'), 'sNaive 4.894, ETS 3.957, ARIMA 3.486, Theta 3.659, TiRex 3.703'),
  'tourism-monthly': scaled(
    () => tourism('monthly'),
    'sNaive 1.631, ETS 1.531, ARIMA 1.483, Theta 1.666, TiRex 1.449',
  ),
  'tourism-quarterly': scaled(
    () => tourism('quarterly'),
    'sNaive 1.699, ETS 1.599, ARIMA 1.597, Theta 1.648, TiRex 1.606',
  ),
  'tourism-yearly': scaled(() => tourism('yearly'), 'naive 3.01, ETS 3.00, ARIMA 3.19, Theta 2.73 (Tcomp)'),
  hospital: scaled(hospital, 'sNaive 0.921, ETS 0.770, ARIMA 0.784, Theta 0.764, TiRex 0.763'),
  'nn5-daily': scaled(nn5, 'another filling of gaps: sNaive 1.292, ETS 1.039, ARIMA 0.956, TiRex 0.548'),
  auto: async function* () {
    yield* countLosses('AUTO', intermittent('auto'));
  },
  raf: async function* () {
    yield* countLosses('RAF', intermittent('raf'));
  },
};

export async function* forecasts(): AsyncGenerator<Measurement> {
  requireData();
  for (const [name, part] of chosen(PARTS)) {
    for await (const measurement of part()) yield { ...measurement, what: `${name}, ${measurement.what}` };
  }
}

function* scaledErrors(all: readonly HeldSeries[], published: string): Generator<Measurement> {
  const begun = performance.now();
  const own = all.map(({ past, season, future }) => autoForecast(past, season, future.length)!);
  const seconds = (performance.now() - begun) / 1000;
  const told = own.map(({ combination }) => combination.forecast);
  const naive = all.map(({ past, season, future }) =>
    seasonalNaive.fit(past, season)!.forecast(future.length),
  );
  const beats = own.filter(({ beatsNaive }) => beatsNaive).length / own.length;
  yield {
    what: `${all.length} series: MASE`,
    gradus: `${errorOf(all, told).toFixed(3)}, ${seconds.toFixed(1)} s (sNaive ${errorOf(all, naive).toFixed(3)}; sMAPE ${smapeOf(all, told).toFixed(2)}; beats naive on ${(100 * beats).toFixed(0)} %)`,
    peer: `published: ${published}`,
  };
  yield* globalErrors(all, told);
  for (const [method, stride] of Object.entries(PEER_STRIDE)) {
    const some = all.filter((_, i) => i % stride === 0);
    const peer = statsmodels(method, some);
    if (!peer) continue;
    const mine = errorOf(
      some,
      told.filter((_, i) => i % stride === 0),
    );
    const other = errorOf(some, peer.forecasts);
    yield {
      what: `${some.length} series: MASE beside ${method}`,
      gradus: mine.toFixed(3),
      peer: `${other.toFixed(3)}, ${peer.seconds.toFixed(1)} s (${peer.version})`,
      ratio: mine / other,
    };
  }
}

/** What the whole procedure (choice, models of all series, gate) errs, and how often its intervals held what came. */
async function* covered(all: readonly HeldSeries[]): AsyncGenerator<Measurement> {
  const [{ season, future, first = 0 }] = all as [HeldSeries];
  const months = { 1: 12, 4: 3, 12: 1 } as const;
  const grid: Grid =
    season === 7
      ? { kind: 'even', length: DAY, phase: first % DAY }
      : { kind: 'calendar', months: months[season as keyof typeof months], phase: 0, day: 1, clock: 0 };
  const { forecasts } = await fitForecasts(
    {
      file: '',
      columns: { layout: 'long', keys: ['item'] },
      grids: [grid],
      items: all.map(({ past }, i) => ({
        ...{
          item: String(i),
          levels: { item: String(i) },
          grid: 0,
          first: season === 7 ? Math.floor(first / DAY) : 0,
          values: past,
          covariates: {},
        },
      })),
      ...{ covariates: [], setAside: [], notes: [], rows: { read: 0, used: 0, setAside: 0 } },
    },
    { horizon: future.length, random: new Random(1) },
  );
  const held = (low: number, high: number): string => {
    let [inside, steps] = [0, 0];
    for (const [i, { quantiles }] of forecasts.entries()) {
      for (const [k, actual] of all[i]!.future.entries()) {
        const own = quantiles.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length);
        if (actual >= own[low]! && actual <= own[high]!) inside += 1;
        steps += 1;
      }
    }
    return ((100 * inside) / steps).toFixed(1);
  };
  const sums = forecasts.filter(({ total }, i) => {
    const came = all[i]!.future.reduce((sum, value) => sum + value, 0);
    return came >= total.low && came <= total.high;
  }).length;
  yield {
    what: `${all.length} series: MASE of the whole procedure, beats naive`,
    gradus: `${errorOf(
      all,
      forecasts.map(({ mean }) => mean),
    ).toFixed(
      3,
    )}, ${((100 * forecasts.filter(({ judged }) => judged?.beatsNaive).length) / all.length).toFixed(0)} %`,
    peer: '–',
  };
  yield {
    what: `${all.length} series: sums of the horizon held by the intervals of 80 %`,
    gradus: `${((100 * sums) / all.length).toFixed(1)} %`,
    peer: '80 % as they say',
  };
  yield {
    what: `${all.length} series: held by the intervals of 80 % and 95 %`,
    gradus: `${held(1, 5)} %, ${held(0, 6)} %`,
    peer: '80 %, 95 % as they say',
  };
}

/** The window model of all series, alone and averaged with the combination, where it can tell all of them. */
function* globalErrors(all: readonly HeldSeries[], told: readonly Float64Array[]): Generator<Measurement> {
  const begun = performance.now();
  const model = fitGlobalWindow(
    all.map(({ past }) => past),
    all[0]!.season,
    all[0]!.future.length,
  );
  const own = all.map(({ past }) => model?.forecast(past));
  if (!own.every((forecast) => forecast !== undefined)) return;
  const seconds = (performance.now() - begun) / 1000;
  const averaged = told.map((forecast, i) => forecast.map((value, h) => (value + own[i]![h]!) / 2));
  yield {
    what: `${all.length} series: MASE of one window model for all`,
    gradus: `${errorOf(all, own).toFixed(3)}, ${seconds.toFixed(1)} s; averaged with the combination ${errorOf(all, averaged).toFixed(3)}`,
    peer: '–',
  };
}

function* countLosses(name: string, all: readonly HeldSeries[]): Generator<Measurement> {
  const begun = performance.now();
  const pool = pooledCounts(all.map(({ past }) => past))!;
  const own = all.map(({ past }) => pool.quantiles(past, LEVELS));
  const seconds = (performance.now() - begun) / 1000;
  const loss = (quantilesOf: (i: number) => ArrayLike<number>): number => {
    let sum = 0;
    for (const [i, { future }] of all.entries()) {
      const quantiles = quantilesOf(i);
      for (const [k, level] of LEVELS.entries()) {
        sum += pinballLoss(
          future,
          future.map(() => quantiles[k]!),
          level,
        );
      }
    }
    return sum / all.length / LEVELS.length;
  };
  const same = (value: number) => LEVELS.map(() => value);
  const others = {
    zero: loss(() => same(0)),
    'each item alone': loss((i) => countQuantiles(all[i]!.past, LEVELS)),
    median: loss((i) => same([...all[i]!.past].sort((a, b) => a - b)[all[i]!.past.length >> 1]!)),
    croston: loss((i) => same(croston.fit(all[i]!.past, 1)?.forecast(1)[0] ?? 0)),
  };
  const value = loss((i) => own[i]!);
  yield {
    what: `${all.length} series of ${name}: pinball loss at 0.5 to 0.95`,
    gradus: `${value.toFixed(3)}, ${seconds.toFixed(1)} s`,
    peer: Object.entries(others)
      .map(([method, other]) => `${method} ${other.toFixed(3)}`)
      .join(', '),
    ratio: value / Math.min(...Object.values(others)),
  };
}

/** The mean over the series whose past is not the same every season. */
function errorOf(all: readonly HeldSeries[], forecasts: readonly Float64Array[]): number {
  const errors = all
    .map(({ past, future, season }, i) =>
      meanAbsoluteScaledError(future, forecasts[i]!, { values: past, season }),
    )
    .filter(Number.isFinite);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

function smapeOf(all: readonly HeldSeries[], forecasts: readonly Float64Array[]): number {
  return (
    (100 * all.reduce((sum, { future }, i) => sum + symmetricMape(future, forecasts[i]!), 0)) / all.length
  );
}

interface PeerForecasts {
  readonly forecasts: readonly Float64Array[];
  readonly seconds: number;
  readonly version: string;
}

function statsmodels(method: string, all: readonly HeldSeries[]): PeerForecasts | undefined {
  const input = JSON.stringify(
    all.map(({ past, season, future }) => ({ values: [...past], season, horizon: future.length })),
  );
  const program = join(import.meta.dirname, '../peers/forecast.py');
  const { status, stdout } = spawnSync(PYTHON, [program, method], {
    input,
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
    // A series is too small for threads, which would wait for each other.
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (status !== 0) return undefined;
  const answer = JSON.parse(stdout) as { forecasts: number[][]; seconds: number; version: string };
  return { ...answer, forecasts: answer.forecasts.map((values) => Float64Array.from(values)) };
}
