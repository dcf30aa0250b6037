/**
 * Sums of items by shop, region, category, and of all: forecast as series of their own and reconciled with the items, so that everything
 * adds up (`reconcile`). Whether that, or the items as they are, would have told the past better is judged by rolling origin: the past's
 * forecasts are reconciled in the same way, each roll with the errors of the others.
 */
import { type Hierarchy, hierarchyOf, reconcile, sumsOf } from '@gradus/classical';
import { growthOfErrors, roughnessOf, sizeAt, sumOf, totalOf } from './error-size.ts';
import type { FittedForecasts, ItemRolls, PreparedItem } from './fitted.ts';
import { scaleAt } from './global/features.ts';
import { gridKey } from './grid.ts';
import { endOf } from './history.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import { localForecasts } from './local/pool.ts';
import { type ItemForecast, QUANTILES, type SumForecast, type Sums } from './model.ts';
import { seasonOf } from './season.ts';

/** More sums than this are seldom read, and their system grows with the square. */
const MOST_SUMS = 300;
/** Past errors by which series are found to go together. */
const MOST_CELLS = 60;
/** Fewer rolls do not show what is better. */
const FEWEST_ROLLS = 3;

/** @returns the forecasts as they add up, and the sums; undefined where the file has no columns to sum by */
export async function withSums(
  prepared: readonly PreparedItem[],
  fitted: FittedForecasts,
  signal?: AbortSignal,
): Promise<{ forecasts: readonly ItemForecast[]; sums: Sums } | undefined> {
  const group = largestGroup(prepared);
  const hierarchy = group && hierarchyIn(group.map((i) => prepared[i]!.item.levels));
  if (!hierarchy || hierarchy.sums.length === 0) return undefined;
  const items = group.map((i) => prepared[i]!);
  const sums = hierarchy.sums.map((members) => sumItem(Array.from(members, (i) => items[i]!)));
  const local = await localForecasts(sums, { signal });
  // Not gated by naive: what a sum tells is weighed against its items anyway.
  const rolledSums = local.map(
    ({ rolls, rolled }): ItemRolls => ({ origins: rolls?.origins ?? [], forecasts: rolled }),
  );
  const rolledItems = group.map((i) => fitted.rolled[i]!);
  const past = pastOf(hierarchy, items, rolledItems, sums, rolledSums);
  const nonNegative = group.every((i) => fitted.forecasts[i]!.isNonNegative);
  const judged = past && judge(hierarchy, past, nonNegative);
  const isMoved = judged !== undefined && judged.errors.reconciled < judged.errors.bottomUp;
  const method = isMoved ? 'mint-shrink' : 'bottom-up';
  const moved = reconcile(
    hierarchy,
    {
      sums: local.map(({ forecast }) => forecast),
      bottom: group.map((i) => fitted.forecasts[i]!.mean),
    },
    { method, nonNegative, ...(isMoved && { residuals: residualsOf(past!, -1) }) },
  );
  const forecasts = [...fitted.forecasts];
  for (const [at, i] of group.entries()) forecasts[i] = movedTo(forecasts[i]!, moved.bottom[at]!);
  const errors = judged && (isMoved ? judged.reconciled : judged.bottomUp);
  const spreads = spreadsOf(sums, past, errors);
  return {
    forecasts,
    sums: {
      method,
      errors: judged?.errors,
      sums: hierarchy.sums.map((members, s): SumForecast => {
        const { item, horizon } = sums[s]!;
        const mean = moved.sums[s]!;
        const floor = (value: number) => (nonNegative ? Math.max(0, value) : value);
        const offsets = spreads.steps.offsets(s, horizon);
        return {
          of: hierarchy.names[s]!,
          members: Array.from(members, (i) => group[i]!),
          grid: item.grid,
          first: endOf(item),
          mean,
          quantiles: offsets.map((offset, at) => floor(mean[Math.floor(at / QUANTILES.length)]! + offset)),
          total: totalOf(mean, spreads.totals.offsets(s, 1), past?.steps ?? horizon, floor),
          relative: errors && past && relativeOf(errors[s]!, past.actual.sums[s]!),
        };
      }),
    },
  };
}

/** Items that end with each other and are told equally far: others cannot be added up step by step. */
function largestGroup(prepared: readonly PreparedItem[]): readonly number[] | undefined {
  const groups = Map.groupBy(prepared.keys(), (i) => {
    const { item, grid, horizon } = prepared[i]!;
    return `${gridKey(grid)} ${endOf(item)} ${horizon}`;
  });
  const largest = [...groups.values()].reduce((a, b) => (b.length > a.length ? b : a));
  return largest.length > 1 ? largest : undefined;
}

/** Where there are levels beside the items: sums by each column, by each pair of columns, and of all, as far as there are not too many. */
function hierarchyIn(items: readonly Readonly<Record<string, string>>[]): Hierarchy | undefined {
  const values = (name: string) => new Set(items.map((levels) => levels[name])).size;
  // The fewest values first: a level of many sums is the first to be left out.
  const names = Object.keys(items[0]!)
    .filter((name) => values(name) > 1)
    .sort((a, b) => values(a) - values(b));
  if (Object.keys(items[0]!).length < 2) return undefined;
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b]));
  const levels: (readonly string[])[] = [[]];
  let hierarchy = hierarchyOf(items, levels);
  for (const level of [...names.map((name) => [name]), ...pairs]) {
    const larger = hierarchyOf(items, [...levels, level]);
    if (larger.sums.length > MOST_SUMS) continue;
    levels.push(level);
    hierarchy = larger;
  }
  return hierarchy;
}

function sumItem(members: readonly PreparedItem[]): PreparedItem {
  const { item, grid, horizon, seasons } = members[0]!;
  const first = Math.min(...members.map((one) => one.item.first));
  const values = new Float64Array(endOf(item) - first);
  for (const one of members)
    for (let t = 0; t < one.values.length; t++) values[one.item.first - first + t]! += one.values[t]!;
  const season = seasonOf(grid, values.length, seasons[0]!);
  return {
    item: { item: '', levels: {}, grid: item.grid, first, values, covariates: {} },
    grid,
    season,
    seasons: season > 1 ? [season, ...seasons.slice(1)] : [1],
    values,
    horizon,
    isNonNegative: members.every((one) => one.isNonNegative),
  };
}

/** Forecasts of the past of all series from the same origins, and what came, each [rolls][steps]. */
interface Past {
  readonly origins: readonly number[];
  readonly steps: number;
  readonly told: { readonly sums: Float64Array[][]; readonly bottom: Float64Array[][] };
  readonly actual: { readonly sums: Float64Array[][]; readonly bottom: Float64Array[][] };
}

function pastOf(
  hierarchy: Hierarchy,
  items: readonly PreparedItem[],
  rolledItems: readonly ItemRolls[],
  sums: readonly PreparedItem[],
  rolledSums: readonly ItemRolls[],
): Past | undefined {
  const longest = rolledSums.reduce(
    (most, { origins }, s) => (origins.length > rolledSums[most]!.origins.length ? s : most),
    0,
  );
  const { origins, forecasts } = rolledSums[longest]!;
  if (origins.length < FEWEST_ROLLS) return undefined;
  const steps = forecasts[0]!.length;
  const at = origins.map((origin) => sums[longest]!.item.first + origin);
  const bottom = items.map((item) => at.map((origin) => soldAt(item, origin, steps)));
  const added = at.map((_, r) =>
    sumsOf(
      hierarchy,
      bottom.map((own) => own[r]!),
    ),
  );
  return {
    origins: at,
    steps,
    told: {
      sums: sums.map((sum, s) => at.map((origin) => toldAt(sum, rolledSums[s]!, origin, steps))),
      bottom: items.map((item, i) => at.map((origin) => toldAt(item, rolledItems[i]!, origin, steps))),
    },
    actual: { sums: sums.map((_, s) => added.map((roll) => roll[s]!)), bottom },
  };
}

/** What was sold in the steps after an origin; before an item's first step nothing was. Of many items views take the least memory. */
function soldAt({ item, values }: PreparedItem, origin: number, steps: number): Float64Array {
  const from = origin - item.first;
  if (from >= 0 && from + steps <= values.length) return values.subarray(from, from + steps);
  return Float64Array.from({ length: steps }, (_, k) => values[from + k] ?? 0);
}

/** What was told of the steps after an origin by the latest roll that was made by then; what none told is the mean of the last season. */
function toldAt(
  { item, values, season }: PreparedItem,
  { origins, forecasts }: ItemRolls,
  origin: number,
  steps: number,
): Float64Array {
  const known = origin - item.first;
  const same = forecasts[origins.indexOf(known)];
  if (same?.length === steps) return same;
  const recent = values.subarray(Math.max(0, known - Math.max(season, 4)), Math.max(0, known));
  const level = recent.length === 0 ? 0 : recent.reduce((a, b) => a + b, 0) / recent.length;
  return Float64Array.from({ length: steps }, (_, k) => {
    const roll = origins.findLastIndex((own, r) => own <= known && known + k - own < forecasts[r]!.length);
    return roll < 0 ? level : forecasts[roll]![known + k - origins[roll]!]!;
  });
}

/**
 * Which roll tells each time of the past, and how many steps ahead: every time once, by rolls in turn. Rolls that overlap err alike at the same
 * time: taken for rows of their own, they would make correlations of few times look sure.
 *
 * @param without a roll that does not count; -1 for none
 */
export function cellsOf(
  origins: readonly number[],
  steps: number,
  without: number,
): (readonly [roll: number, step: number])[] {
  const byTime = new Map<number, (readonly [number, number])[]>();
  for (const [r, origin] of origins.entries()) {
    for (let k = 0; r !== without && k < steps; k++) {
      const same = byTime.get(origin + k) ?? [];
      same.push([r, k]);
      byTime.set(origin + k, same);
    }
  }
  return [...byTime.values()].map((same, t) => same[t % same.length]!);
}

/** Errors of all series at the same steps, without those of one roll. */
function residualsOf(
  { told, actual, steps, origins }: Past,
  without: number,
): { sums: Float64Array[]; bottom: Float64Array[] } {
  const cells = cellsOf(origins, steps, without);
  const stride = Math.max(1, cells.length / MOST_CELLS);
  const used = Array.from(
    { length: Math.floor(cells.length / stride) },
    (_, c) => cells[Math.floor(c * stride)]!,
  );
  const of = (side: 'sums' | 'bottom') =>
    told[side].map((own, i) => Float64Array.from(used, ([r, k]) => actual[side][i]![r]![k]! - own[r]![k]!));
  return { sums: of('sums'), bottom: of('bottom') };
}

interface Judged {
  readonly errors: { readonly bottomUp: number; readonly reconciled: number };
  /** Of the sums: actual less forecast, [sums][rolls][steps]. */
  readonly bottomUp: Float64Array[][];
  readonly reconciled: Float64Array[][];
}

function judge(hierarchy: Hierarchy, past: Past, nonNegative: boolean): Judged {
  const { told, actual, origins } = past;
  const errors = { 'bottom-up': [] as Float64Array[][], 'mint-shrink': [] as Float64Array[][] };
  const scores = { 'bottom-up': 0, 'mint-shrink': 0 };
  const sizes = {
    sums: actual.sums.map((rolls) => meanSize(rolls)),
    bottom: actual.bottom.map((rolls) => meanSize(rolls)),
  };
  for (const method of ['bottom-up', 'mint-shrink'] as const) {
    const bySum: Float64Array[][] = told.sums.map(() => []);
    for (const r of origins.keys()) {
      const base = { sums: told.sums.map((own) => own[r]!), bottom: told.bottom.map((own) => own[r]!) };
      const moved = reconcile(hierarchy, base, {
        method,
        nonNegative,
        ...(method === 'mint-shrink' && { residuals: residualsOf(past, r) }),
      });
      for (const side of ['sums', 'bottom'] as const) {
        let [sum, count] = [0, 0];
        for (const [i, forecast] of moved[side].entries()) {
          const off = actual[side][i]![r]!.map((value, k) => value - forecast[k]!);
          if (side === 'sums') bySum[i]!.push(off);
          if (!(sizes[side][i]! > 0)) continue;
          sum += meanSize([off]) / sizes[side][i]!;
          count += 1;
        }
        if (count > 0) scores[method] += sum / count / origins.length / 2;
      }
    }
    errors[method] = bySum;
  }
  return {
    errors: { bottomUp: scores['bottom-up'], reconciled: scores['mint-shrink'] },
    bottomUp: errors['bottom-up'],
    reconciled: errors['mint-shrink'],
  };
}

function meanSize(rolls: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  for (const roll of rolls) {
    for (const value of roll) sum += Math.abs(value);
    count += roll.length;
  }
  return sum / count;
}

const relativeOf = (errors: readonly Float64Array[], actual: readonly Float64Array[]): number | undefined => {
  const size = meanSize(actual);
  return size > 0 ? meanSize(errors) / size : undefined;
};

/** Intervals of the sums, from the errors of what was chosen. */
function spreadsOf(
  sums: readonly PreparedItem[],
  past: Past | undefined,
  errors: Float64Array[][] | undefined,
) {
  const growth = growthOfErrors(sums);
  const rolled = sums.map((sum, s): RolledErrors => {
    const origins = past?.origins.map((origin) => Math.max(1, origin - sum.item.first)) ?? [];
    return {
      errors: (errors?.[s] ?? []).map((off, r) => {
        const size = sizeAt(sum, origins[r]!, growth);
        return off.map((value) => value / size);
      }),
      origins,
      steps: past?.steps ?? 1,
      roughness: roughnessOf(sum, origins[0] ?? sum.values.length, growth),
      scale: scaleAt(sum.values, sum.values.length, sum.season),
    };
  });
  return {
    steps: spreadOf(rolled),
    totals: spreadOf(rolled.map((one) => ({ ...one, errors: one.errors.map(sumOf) }))),
  };
}

/** An item's forecast with another mean, and its intervals around that. */
function movedTo(forecast: ItemForecast, mean: Float64Array): ItemForecast {
  const shift = mean.reduce((sum, value, k) => sum + value - forecast.mean[k]!, 0);
  const floor = (value: number) => (forecast.isNonNegative ? Math.max(0, value) : value);
  const { value, low, high } = forecast.total;
  return {
    ...forecast,
    mean,
    quantiles: forecast.offsets.map((offset, at) => floor(mean[Math.floor(at / QUANTILES.length)]! + offset)),
    total: { value: value + shift, low: floor(low + shift), high: floor(high + shift) },
  };
}
