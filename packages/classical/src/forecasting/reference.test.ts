/** The airline passengers, which every textbook forecasts: figures of statsmodels 0.15 and R beside ours. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fitArma } from './arma.ts';
import { autoEts } from './auto-ets.ts';
import { detectSeasons } from './detect-seasons.ts';
import { difference, differencesNeeded, kpss } from './differencing.ts';
import { fitEts, forecastEts } from './exponential-smoothing.ts';
import { autocorrelation, isSeasonal, seasonalIndices } from './seasonal-indices.ts';
import { stl } from './stl.ts';
import { AIR_PASSENGERS } from './testing/air-passengers.ts';
import { theta } from './theta.ts';

const SERIES = AIR_PASSENGERS;

function near(actual: ArrayLike<number>, expected: readonly number[], relative: number): void {
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(actual[i]! / value - 1), `place ${i}: ${actual[i]} for ${value}`).toBeLessThan(relative);
  }
}

describe('decomposition', () => {
  it('has the indices of seasonal_decompose', () => {
    near(
      seasonalIndices(SERIES, 12, 'multiplicative')!,
      [0.9102303673722009, 0.8836253206943756, 1.0073662876035456, 0.9759060123228475, 0.9813780274951297],
      1e-12,
    );
  });

  it('has the trend and season of STL, two inner rounds', () => {
    const { trend, seasonal } = stl(SERIES, 12)!;
    near(
      [trend[0]!, trend[70]!, trend[143]!],
      [122.25685603530043, 254.95252753037556, 495.15784540574026],
      1e-10,
    );
    near(
      [seasonal[0]!, seasonal[70]!, seasonal[143]!],
      [-10.332962942008423, -54.24929568505843, -60.24597138122612],
      1e-9,
    );
  });

  it('finds the year, by its lag and by the test', () => {
    expect(detectSeasons(SERIES)).toEqual([12]);
    expect(isSeasonal(SERIES, 12)).toBe(true);
  });

  it('finds the day and the week of hours, and nothing in noise', () => {
    const random = new Random(1);
    const hours = Float64Array.from({ length: 24 * 7 * 6 }, (_, t) => {
      const weekend = Math.floor(t / 24) % 7 > 4 ? 0.2 : 1;
      return t / 100 + 10 * weekend * Math.sin((2 * Math.PI * t) / 24) + 0.5 * random.normal();
    });
    expect(detectSeasons(hours)).toEqual([24, 168]);
    expect(detectSeasons(Float64Array.from({ length: 200 }, () => random.normal()))).toEqual([]);
  });
});

describe('stationarity', () => {
  it('has the autocorrelations of acf', () => {
    near(autocorrelation(SERIES, 3), [1, 0.9480473407524915, 0.8755748351253506, 0.8066811554965001], 1e-12);
  });

  it('has the statistics of kpss', () => {
    near([kpss(SERIES), kpss(difference(SERIES, 1))], [2.739473620962186, 0.014626312320007039], 1e-10);
  });

  it('takes a difference of seasons, as auto.arima does', () => {
    expect(differencesNeeded(SERIES, 12).seasons).toBe(1);
  });
});

describe('theta', () => {
  it('forecasts what ThetaModel does (theta 2, multiplicative, smoothing of SimpleExpSmoothing)', () => {
    const fitted = theta.fit(SERIES, 12)!;
    expect(fitted.parameters.slope).toBeCloseTo(2.646139257605093, 10);
    near(
      fitted.forecast(12),
      [
        440.0679250362304, 428.3743145770009, 489.69573707550813, 475.69362089237876, 479.6593201840183,
        545.3537216971915, 602.7381680993224, 601.0870043093234, 523.9395313862266, 456.6167488614828,
        397.9446978678531, 447.63477134000874,
      ],
      2e-4,
    );
  });
});

describe('exponential smoothing', () => {
  // ETSModel's AICc, which counts n (ln 2π + 1 − ln n) that ours leaves out; ours is that of the series in units of its mean.
  const mean = SERIES.reduce((sum, value) => sum + value, 0) / 144;
  const constant = 144 * (Math.log(2 * Math.PI) + 1 - Math.log(144) + 2 * Math.log(mean));
  it.each([
    ['M,A,M', { error: 'M', trend: 'A', season: 'M' }, 1086.4518615949348, [442.77, 435.9, 498.82]],
    ['M,Ad,M', { error: 'M', trend: 'Ad', season: 'M' }, 1095.3632647323118, [441.91, 434.66, 496.93]],
    ['A,A,A', { error: 'A', trend: 'A', season: 'A' }, 1171.4395613509755, [451.58, 427.26, 464.7]],
    ['M,Ad,A', { error: 'M', trend: 'Ad', season: 'A' }, 1145.345706832093, [450.23, 426.28, 465.49]],
  ] as const)('comes as near as ETSModel, which seeks all first states: %s', (_, form, aicc, forecast) => {
    const fit = fitEts(SERIES, 12, form)!;
    expect(Math.abs(fit.aicc + constant - aicc)).toBeLessThan(5);
    near(forecastEts(fit, 3), forecast, 0.015);
  });

  it('prefers the form that ETSModel does', () => {
    expect(autoEts.fit(SERIES, 12)!.parameters.form).toBe('M,A,M');
  });
});

describe('ARIMA', () => {
  it('has the airline model of arima in R, method CSS: −0.3772 and −0.5724', () => {
    const logs = SERIES.map(Math.log);
    const changes = difference(difference(logs, 12), 1);
    const { ma } = fitArma(changes, 12, { p: 0, q: 1, P: 0, Q: 1 }, false)!;
    const weights = Object.fromEntries(ma.map(({ lag, weight }) => [lag, weight]));
    expect(weights[1]).toBeCloseTo(-0.3772, 2);
    expect(weights[12]).toBeCloseTo(-0.5724, 2);
    expect(weights[13]).toBeCloseTo(weights[1]! * weights[12]!, 10);
  });
});
