/** Amounts that became known after the file was written: outcomes of forecasts, and corrections. They are history like the file's. */
import { stepOf, timesIn } from './grid.ts';
import type { ItemHistory, SalesHistory } from './history.ts';

export interface SalesCorrection {
  readonly item?: string | undefined;
  readonly time: string;
  readonly value: number;
}

/** Steps beyond a history's end that a correction may lie: a wrong year would make years of gaps. */
const FURTHEST = 400;

export function applyCorrections(
  history: SalesHistory,
  corrections: readonly SalesCorrection[],
): SalesHistory {
  if (corrections.length === 0) return history;
  const times = timesIn(
    history.grids[0]!,
    corrections.map(({ time }) => time),
  );
  const byItem = Map.groupBy(corrections.keys(), (i) => corrections[i]!.item ?? history.items[0]!.item);
  return {
    ...history,
    items: history.items.map((item): ItemHistory => {
      const steps = (byItem.get(item.item) ?? []).flatMap((i) => {
        const at = times[i] === undefined ? -1 : stepOf(history.grids[item.grid]!, times[i]!) - item.first;
        return at >= 0 && at < item.values.length + FURTHEST ? [{ at, value: corrections[i]!.value }] : [];
      });
      if (steps.length === 0) return item;
      const length = Math.max(item.values.length, ...steps.map(({ at }) => at + 1));
      const values = new Float64Array(length).fill(Number.NaN);
      values.set(item.values);
      for (const { at, value } of steps) values[at] = value;
      const covariates = Object.fromEntries(
        Object.entries(item.covariates).map(([name, own]) => {
          const longer = new Float32Array(length).fill(Number.NaN);
          longer.set(own);
          return [name, longer];
        }),
      );
      return { ...item, values, covariates };
    }),
  };
}
