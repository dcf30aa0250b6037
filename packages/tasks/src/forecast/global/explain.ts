/**
 * What moved a forecast of the model of all items: the exact Shapley values of its features over the horizon, added up by what they stand
 * for. In units an item: how much more or less is expected because of it than the model expects on average.
 */
import { predictTrees, treeExplainer } from '@gradus/classical';
import type { Features, GlobalItem } from './features.ts';
import { fromTarget, type GlobalModel } from './trees.ts';

export interface Explained {
  readonly item: number;
  /** Forecast units over the horizon. */
  readonly total: number;
  /** By cause (trend, season, calendar, level, item, or a column's name): units over the horizon that it adds or takes. */
  readonly causes: readonly { readonly cause: string; readonly units: number }[];
}

/** Items that are explained: the largest. */
const MOST_ITEMS = 30;

export function explainForecasts(
  { trees, isLog }: GlobalModel,
  features: Features,
  items: readonly GlobalItem[],
  questions: readonly { readonly item: number; readonly origin: number; readonly steps: number }[],
): Explained[] {
  const explainer = treeExplainer(trees);
  const size = ({ item, origin }: (typeof questions)[number]): number =>
    items[item]!.values.subarray(Math.max(0, origin - 52), origin).reduce((a, b) => a + Math.abs(b), 0);
  const largest = questions.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_ITEMS);
  return largest.map(({ item, origin, steps }) => {
    const rows = new Float32Array(steps * features.width);
    let scale = 1;
    for (let k = 1; k <= steps; k++)
      scale = features.write(items[item]!, origin, k, rows, (k - 1) * features.width);
    const columns = features.columns(rows, steps);
    const scores = predictTrees(trees, columns);
    const { values, expected } = explainer.explain(columns);
    const causes = new Map<string, number>();
    let total = 0;
    for (let k = 0; k < steps; k++) {
      const [answer, usual] = [fromTarget(scores[k]!, isLog), fromTarget(expected, isLog)];
      // The step from the usual answer to this one, shared out as the score's parts are.
      const unit = scores[k] === expected ? 0 : (answer - usual) / (scores[k]! - expected);
      total += answer * scale;
      for (const [f, group] of features.spec.groups.entries()) {
        const cause = typeof group === 'string' ? group : 'column' in group ? group.column : group.event;
        causes.set(cause, (causes.get(cause) ?? 0) + values[k * features.width + f]! * unit * scale);
      }
    }
    return {
      item,
      total,
      causes: [...causes]
        .map(([cause, units]) => ({ cause, units }))
        .sort((a, b) => Math.abs(b.units) - Math.abs(a.units)),
    };
  });
}
