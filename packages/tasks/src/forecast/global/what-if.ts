/**
 * What if: the horizon's amount of an item with another price or without its promotion, as the model of all items tells it. Only
 * where the plan knows the column ahead, and only inside what the item's history has seen: beyond it a model of trees knows nothing.
 */
import type { Features, GlobalItem } from './features.ts';
import type { Question } from './refits.ts';
import { type GlobalModel, globalForecasts } from './trees.ts';

export interface WhatIf {
  readonly item: number;
  readonly column: string;
  /** The column's mean over the horizon as planned, and as asked. */
  readonly planned: number;
  readonly asked: number;
  /** Amounts over the horizon. */
  readonly before: number;
  readonly after: number;
}

/** Items that are asked about: the largest. */
const MOST_ITEMS = 30;
/** Shares by which numbers are moved. */
const MOVES = [0.9, 1.1];

export function whatIfOf(
  model: GlobalModel,
  features: Features,
  items: readonly GlobalItem[],
  questions: readonly Question[],
  ahead: readonly string[],
): WhatIf[] {
  if (ahead.length === 0) return [];
  const before = globalForecasts(model, features, items, questions).map((forecast) =>
    forecast.reduce((a, b) => a + b, 0),
  );
  const largest = [...questions.keys()].sort((a, b) => before[b]! - before[a]!).slice(0, MOST_ITEMS);
  return largest.flatMap((q) =>
    ahead.flatMap((column, c) => {
      const question = questions[q]!;
      const item = items[question.item]!;
      const own = item.ahead[c]!;
      const [past, planned] = [
        own.subarray(0, question.origin),
        own.subarray(question.origin, question.origin + question.steps),
      ].map((all) => all.filter((value) => !Number.isNaN(value)));
      if (planned!.length === 0 || past!.length === 0) return [];
      const [low, high] = [past!.reduce((a, b) => Math.min(a, b)), past!.reduce((a, b) => Math.max(a, b))];
      return changes(past!, low, high).flatMap((change) => {
        const asked = planned!.map(change);
        if (low === high || asked.every((value, k) => value === planned![k])) return [];
        if (asked.some((value) => value < low || value > high)) return [];
        const changed = own.slice();
        for (let k = question.origin; k < question.origin + question.steps; k++) changed[k] = change(own[k]!);
        const other = { ...item, ahead: item.ahead.map((values, i) => (i === c ? changed : values)) };
        const [forecast] = globalForecasts(model, features, [other], [{ ...question, item: 0 }]);
        return [
          {
            item: question.item,
            column,
            planned: meanOf(planned!),
            asked: meanOf(asked),
            before: before[q]!,
            after: forecast!.reduce((a, b) => a + b, 0),
          },
        ];
      });
    }),
  );
}

/** A flag is switched on and off, a number moved. */
function changes(past: Float32Array, low: number, high: number): ((value: number) => number)[] {
  const isFlag = past.every((value) => value === low || value === high);
  return isFlag ? [() => low, () => high] : MOVES.map((move) => (value) => value * move);
}

const meanOf = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
