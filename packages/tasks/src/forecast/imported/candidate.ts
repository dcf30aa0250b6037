/** What a network that somebody brings tells of every item, and would have told of its past: judged as every candidate is. */
import type { CandidateForecasts, PreparedItem } from '../fitted.ts';
import type { LocalForecast } from '../model.ts';
import type { ForecastingNetwork } from './network.ts';

export async function importedCandidate(
  network: ForecastingNetwork,
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  signal?: AbortSignal,
): Promise<CandidateForecasts> {
  const rolled: Float64Array[][] = prepared.map(() => []);
  const forecasts: Float64Array[] = new Array(prepared.length);
  const places = [...prepared.keys()];
  for (const [steps, items] of Map.groupBy(places, (i) => local[i]!.rolls?.steps ?? 0)) {
    const questions = items.flatMap((i) =>
      (local[i]!.rolls?.origins ?? []).map((origin) => ({
        i,
        past: prepared[i]!.values.subarray(0, origin),
      })),
    );
    const told = await network.forecasts(
      questions.map(({ past }) => past),
      steps,
      signal,
    );
    for (const [q, { i }] of questions.entries()) rolled[i]!.push(told[q]!);
  }
  for (const [horizon, items] of Map.groupBy(places, (i) => prepared[i]!.horizon)) {
    const told = await network.forecasts(
      items.map((i) => prepared[i]!.values),
      horizon,
      signal,
    );
    for (const [at, i] of items.entries()) forecasts[i] = told[at]!;
  }
  return { rolled, forecasts };
}
