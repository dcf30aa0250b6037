/** From candidates and their forecasts of the past to a choice an item, with intervals and a judgement. */
import { beatsNaive, type PastErrors, toldBefore } from './beats-naive.ts';
import { type Candidate, type Choice, choose, type RollErrors, SOURCES, type Source } from './choose.ts';
import { countOffsetsOf, countsHeld, withCounts } from './counts.ts';
import {
  growthOfErrors,
  growthOfSums,
  growthWithForecast,
  levelOfErrors,
  roughnessOf,
  sizeAt,
  sumOf,
  totalOf,
} from './error-size.ts';
import type {
  CandidateForecasts,
  FittedForecasts,
  GlobalCandidate,
  NetworkCandidate,
  PreparedItem,
} from './fitted.ts';
import { scaleAt } from './global/features.ts';
import { endOf } from './history.ts';
import { isIntermittent } from './intermittent.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import {
  apartOf,
  type ItemForecast,
  type LocalForecast,
  N_HITS,
  NETWORK,
  QUANTILES,
  type Rolls,
  TREES,
} from './model.ts';
import { packed } from './packed.ts';
import { rehearse } from './rehearse.ts';

/** What tells items that are bought now and then. */
const FOR_COUNTS: readonly Choice[] = ['naive', 'own'];

/** Candidates beside the methods that know an item alone. */
export interface OtherCandidates {
  readonly trees?: GlobalCandidate | undefined;
  readonly 'n-hits'?: NetworkCandidate | undefined;
  readonly brought?: CandidateForecasts | undefined;
}

export function chosenForecasts(
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  others: OtherCandidates,
): FittedForecasts {
  const told: Readonly<Partial<Record<Source, CandidateForecasts | undefined>>> = {
    own: { rolled: local.map(({ rolled }) => rolled), forecasts: local.map(({ forecast }) => forecast) },
    ...others,
  };
  const candidates = (Object.keys(SOURCES) as Candidate[]).filter((name) =>
    SOURCES[name].every((source) => told[source]),
  );
  // Of tens of thousands of items nothing is kept that can be made again from what is there.
  const rolledAt = (i: number, r: number, candidate: Choice): Float64Array =>
    candidate === 'naive'
      ? local[i]!.naiveRolled[r]!
      : meanOf(SOURCES[candidate].map((source) => told[source]!.rolled[i]![r]!));
  const forecastOf = (i: number, candidate: Choice): Float64Array =>
    candidate === 'naive'
      ? local[i]!.naive
      : meanOf(SOURCES[candidate].map((source) => told[source]!.forecasts[i]!));
  const rollsOf = (i: number): number => local[i]!.rolls?.origins.length ?? 0;
  const actualAt = (i: number, r: number): Float64Array => {
    const { origins, steps } = local[i]!.rolls!;
    return prepared[i]!.item.values.subarray(origins[r]!, origins[r]! + steps);
  };
  const counts = prepared.map(({ item }) => isIntermittent(item.values));
  const countOffsets = countOffsetsOf(prepared.flatMap(({ item }, i) => (counts[i] ? item.values : [])));
  const errorsOf = (i: number, names: readonly Choice[], measure: typeof absoluteError): RollErrors =>
    Object.fromEntries(
      names.map((name) => [
        name,
        Array.from({ length: rollsOf(i) }, (_, r) => measure(actualAt(i, r), rolledAt(i, r, name))),
      ]),
    ) as unknown as RollErrors;
  const names = ['naive', ...candidates] as const;
  const absolute = prepared.map((_, i) => errorsOf(i, names, absoluteError));
  // Of counts that are mostly zero the mean is wanted, which the squared error asks for; the model of all items tells medians.
  const judging = absolute.map((errors, i) => (counts[i] ? errorsOf(i, FOR_COUNTS, squaredError) : errors));
  const apart = local.map(({ rolls }) => apartOf(rolls));
  const choices = choose(judging, apart);
  const growth = growthOfErrors(prepared);
  // Of loads, too, errors are larger where more is told, though zero is not their floor.
  const grows = prepared.map(({ item }, i) => !counts[i] && item.values.every((value) => !(value < 0)));
  const sizes = prepared.map(({ values, season }) => scaleAt(values, values.length, season));
  const withForecast = growthWithForecast(
    prepared.flatMap((_, i) =>
      grows[i]
        ? [
            {
              told: Array.from({ length: rollsOf(i) }, (_, r) => rolledAt(i, r, 'own')),
              actual: Array.from({ length: rollsOf(i) }, (_, r) => actualAt(i, r)),
            },
          ]
        : [],
    ),
    growth,
  );
  /** Errors of a forecast beside those of one as large as the item. */
  const levelOf = (i: number, forecast: number, size = sizes[i]!): number =>
    grows[i] ? levelOfErrors(forecast, size, withForecast) : 1;
  const scaledError = (i: number, r: number, candidate: Choice): Float64Array => {
    const told = rolledAt(i, r, candidate);
    const { values, season } = prepared[i]!;
    const origin = local[i]!.rolls!.origins[r]!;
    const scale = sizeAt(prepared[i]!, origin, growth);
    const then = scaleAt(values, origin, season);
    return actualAt(i, r).map((value, k) => (value - told[k]!) / (scale * levelOf(i, told[k]!, then)));
  };
  const past: PastErrors & { readonly apart: readonly number[] } = {
    rolls: local.map(({ rolls }) => rolls),
    candidates: names,
    apart,
    judge(i, r, candidate) {
      const actual = actualAt(i, r);
      return counts[i] && !FOR_COUNTS.includes(candidate)
        ? actual.map(() => Number.NaN)
        : meanErrors(actual, rolledAt(i, r, candidate), counts[i] ? square : Math.abs);
    },
  };
  const beats = beatsNaive(
    judging.map(({ naive }) => naive),
    toldBefore({
      ...past,
      distance: (i, r, candidate) =>
        (counts[i] ? squaredError : absoluteError)(local[i]!.naiveRolled[r]!, rolledAt(i, r, candidate)),
    }),
    apart,
  );
  const rehearsals = rehearse({ ...past, scaledError });
  const rolledErrors = prepared.map(
    ({ values }, i): RolledErrors => ({
      errors: packed(Array.from({ length: rollsOf(i) }, (_, r) => scaledError(i, r, choices[i]!))),
      rehearsals: rehearsals[i]!,
      origins: local[i]!.rolls?.origins ?? [],
      steps: local[i]!.rolls?.steps ?? 1,
      roughness: roughnessOf(prepared[i]!, local[i]!.rolls?.origins[0] ?? values.length, growth),
      isCounted: counts[i]!,
      scale: sizes[i]!,
    }),
  );
  const unknown: RolledErrors = { errors: [], origins: [], steps: 1, scale: 1, roughness: 1 };
  const spread = spreadOf([...rolledErrors, unknown]);
  const grown = growthOfSums(rolledErrors);
  const totals = spreadOf(
    rolledErrors.map((one) => ({
      ...one,
      // Whole horizons of counts are told by errors as all others are.
      isCounted: false,
      errors: packed(one.errors.map(sumOf)),
      // The sum of a roll is known about once most of its steps are.
      rehearsals: one.rehearsals!.flatMap((past) => {
        const most = past.known.filter(({ length }) => length >= MOSTLY * one.steps);
        if (most.length === 0) return [];
        return [
          {
            errors: sumOf(past.errors),
            known: most.map((errors) => sumOf(errors).map((sum) => sum * grown(errors.length, one.steps))),
            blocks: past.blocks,
          },
        ];
      }),
    })),
  );
  const forecasts = prepared.map(({ item, season, horizon, isNonNegative }, i): ItemForecast => {
    const wide = QUANTILES.length;
    const candidate = choices[i]!;
    const own = local[i]!;
    const floor = (value: number) => (isNonNegative ? Math.max(0, value) : value);
    const mean = forecastOf(i, candidate).map(floor);
    const offsets = counts[i]
      ? countOffsets(item.values, mean)
      : spread.offsets(i, horizon).map((offset, at) => offset * levelOf(i, mean[Math.floor(at / wide)]!));
    const meanLevel = mean.reduce((sum, value) => sum + levelOf(i, value), 0) / horizon;
    const judgement = judgementOf(item.values, season, absolute[i]!, candidate, own.rolls);
    return {
      item: item.item,
      place: i,
      season,
      first: endOf(item),
      mean,
      naiveName: own.naiveName,
      total: totalOf(
        mean,
        totals.offsets(i, 1).map((offset) => offset * meanLevel),
        local[i]!.rolls?.steps ?? horizon,
        floor,
      ),
      quantiles: offsets.map((offset, at) => floor(mean[Math.floor(at / wide)]! + offset)),
      offsets,
      scale: rolledErrors[i]!.scale,
      ...(grows[i] && { growth: withForecast }),
      isNonNegative,
      forms: own.forms,
      ...methodOf(candidate, own),
      ...(judgement && { judged: { ...judgement, beatsNaive: beats[i]! } }),
    };
  });
  return {
    forecasts,
    coverage: counts.includes(true)
      ? withCounts(
          spread,
          countsHeld(prepared, counts, local, countOffsets, (i, r) => rolledAt(i, r, choices[i]!)),
        )
      : spread.coverage,
    ...(others.trees && { global: withoutForecasts(others.trees) }),
    ...(others['n-hits'] &&
      forecasts.some(({ weights }) => weights[N_HITS] !== undefined) && { network: others['n-hits'].model }),
    rolled: local.map(({ rolls }, i) => ({
      origins: rolls?.origins ?? [],
      forecasts: packed(Array.from({ length: rollsOf(i) }, (_, r) => rolledAt(i, r, choices[i]!))),
    })),
    unknownOffsets: spread.offsets(
      prepared.length,
      prepared.reduce((most, { horizon }) => Math.max(most, horizon), 1),
    ),
  };
}

/** Of a roll's steps so many tell what all of them will come to. */
const MOSTLY = 0.7;

/** Of some sources what they are called among an item's methods. */
const NAMES = { trees: TREES, 'n-hits': N_HITS, brought: NETWORK } as const;

function methodOf(
  candidate: Choice,
  { weights: own, naiveName: naive }: LocalForecast,
): Pick<ItemForecast, 'method' | 'weights' | 'ownWeights'> {
  if (candidate === 'naive') return { method: naive, weights: { [naive]: 1 } };
  const sources: readonly Source[] = SOURCES[candidate];
  const share = 1 / sources.length;
  const weights = Object.fromEntries(
    sources.flatMap((source) =>
      source === 'own'
        ? Object.entries(own).map(([name, weight]) => [name, weight * share] as const)
        : [[NAMES[source], share] as const],
    ),
  );
  return {
    method: Object.keys(weights).join('+'),
    weights,
    ...(sources.includes('brought') && { ownWeights: own }),
  };
}

const withoutForecasts = ({ rolled: _, forecasts: __, ...kept }: GlobalCandidate) => kept;

function meanOf(forecasts: readonly Float64Array[]): Float64Array {
  const [first, ...others] = forecasts as [Float64Array];
  if (others.length === 0) return first;
  return first.map(
    (value, k) => (others as Float64Array[]).reduce((sum, one) => sum + one[k]!, value) / forecasts.length,
  );
}

const square = (error: number): number => error ** 2;
const absoluteError = (actual: Float64Array, forecast: Float64Array): number =>
  meanErrors(actual, forecast, Math.abs).at(-1)!;
const squaredError = (actual: Float64Array, forecast: Float64Array): number =>
  meanErrors(actual, forecast, square).at(-1)!;

/** The mean of the first step's error, of the first two, and so on, of what is known; NaN where nothing is. */
function meanErrors(
  actual: Float64Array,
  forecast: Float64Array,
  of: (error: number) => number,
): Float64Array {
  let [sum, n] = [0, 0];
  return actual.map((value, k) => {
    if (!Number.isNaN(value)) {
      sum += of(value - forecast[k]!);
      n += 1;
    }
    return n === 0 ? Number.NaN : sum / n;
  });
}

function judgementOf(
  values: Float64Array,
  season: number,
  errors: RollErrors,
  candidate: Choice,
  rolls: Rolls | undefined,
): Omit<NonNullable<ItemForecast['judged']>, 'beatsNaive'> | undefined {
  const mean = (all: readonly number[]): number => {
    const known = all.filter((value) => !Number.isNaN(value));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const [error, naiveError] = [mean(errors[candidate] ?? errors.naive), mean(errors.naive)];
  if (!rolls || !Number.isFinite(error) || !Number.isFinite(naiveError)) return undefined;
  const actuals = rolls.origins.map((origin) => values.subarray(origin, origin + rolls.steps));
  const level = mean(actuals.flatMap((actual) => Array.from(actual, Math.abs)));
  const scale = mean(Array.from(values.subarray(season), (value, t) => Math.abs(value - values[t]!)));
  const over = (value: number, by: number) => (by > 0 ? value / by : value === 0 ? 0 : 1);
  return {
    rolls: actuals.length,
    steps: actuals[0]!.length,
    error,
    naiveError,
    relative: over(error, level),
    naiveRelative: over(naiveError, level),
    mase: over(error, scale),
    naiveMase: over(naiveError, scale),
  };
}
