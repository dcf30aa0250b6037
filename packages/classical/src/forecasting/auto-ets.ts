/**
 * The form of exponential smoothing that the corrected Akaike information prefers (Hyndman and Khandakar, "Automatic Time Series
 * Forecasting: The forecast Package for R", 2008). A season of more than 24 places has too many first states to estimate and is
 * taken out before.
 */
import { deseasonalized } from './deseasonalized.ts';
import {
  type EtsFit,
  type EtsForm,
  etsForms,
  fitEts,
  forecastEts,
  updateEts,
} from './exponential-smoothing.ts';
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { leastInformation, nearlyAsGood } from './information.ts';

const LONGEST_SEASON = 24;

/** Fits from five values on, with a season from two seasons and a few values. */
export const autoEts: Forecaster = {
  name: 'ets',
  fit: (series, season) =>
    season > LONGEST_SEASON
      ? deseasonalized(series, season, (rest) => fitBest(rest, 1))
      : fitBest(series, season),
  fitForm(series, season, text) {
    const [error, trend, ofSeason] = text.split(',');
    // Two forms that differ by what their errors are relative to are no two searches.
    const form = [...etsForms(season > 1, true), ...etsForms(season > 1, false)].find(
      (one) => one.trend === trend && one.season === ofSeason,
    );
    if (!form || season > LONGEST_SEASON || (error !== 'A' && error !== 'M')) return undefined;
    if ((error === 'M' || form.season === 'M') && !series.every((value) => value > 0)) return undefined;
    const fit = fitEts(series, season, { ...form, error });
    return fit && described(fit);
  },
};

/** @param among forms that are searched. Default: all that suit the values */
function fitBest(
  series: Float64Array,
  season: number,
  among?: readonly EtsForm[],
): FittedForecaster | undefined {
  const forms = etsForms(
    season > 1,
    series.every((value) => value > 0),
  ).filter((form) => !among || among.some((other) => isSame(form, other)));
  const fits = forms.flatMap((form) => fitEts(series, season, form) ?? []);
  const best = leastInformation(fits);
  if (!best) return undefined;
  // The recursion being chosen, so is what its errors are relative to.
  const { form } = best.model;
  const absolute =
    form.error === 'M' && form.season !== 'M' ? fitEts(series, season, { ...form, error: 'A' }) : undefined;
  const near = nearlyAsGood(fits, best).map(({ model }) => model.form);
  return {
    ...described(absolute && absolute.aicc < best.aicc ? absolute : best),
    // A form that had too few values may be the best of more.
    ...(fits.length === forms.length && { refit: (longer) => fitBest(longer, season, near) }),
  };
}

const isSame = (a: EtsForm, b: EtsForm): boolean =>
  a.error === b.error && a.trend === b.trend && a.season === b.season;

function described(fit: EtsFit): FittedForecaster {
  const { form, alpha, beta, gamma, phi } = fit.model;
  const text = `${form.error},${form.trend},${form.season}`;
  return {
    form: text,
    forecast: (horizon) => forecastEts(fit, horizon),
    fitted: fit.fitted,
    update(longer) {
      const updated = updateEts(fit, longer);
      return updated && described(updated);
    },
    parameters: { form: text, alpha, beta, gamma, phi },
  };
}
