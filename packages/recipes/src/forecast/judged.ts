/**
 * judged.json: what a run forecast of its own past, and what then came, for a later run to be compared with it: the later run knows
 * what came after the earlier one's end, and has forecasts of those steps that were made without them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { endOf, type SalesHistory, timeOf } from '@gradus/tasks';
import { z } from 'zod';
import type { Trained } from './train.ts';

export const JUDGED_FILE = 'judged.json';
const MOST_ITEMS = 300;
const DIGITS = 8;

const numbers = z.array(z.number());
export const Judged = z.object({
  items: z.array(
    z.object({
      item: z.string(),
      /** Milliseconds of steps, so that runs need not agree on where steps begin. */
      end: z.number(),
      /** The item's size, to compare items by. */
      scale: z.number(),
      /** What was forecast from the end on. */
      forecast: z.object({ times: numbers, values: numbers }),
      rolls: z.array(
        z.object({
          origin: z.number(),
          times: numbers,
          values: numbers,
          actual: z.array(z.number().nullable()),
        }),
      ),
    }),
  ),
});
export type Judged = z.infer<typeof Judged>;

export function judgedJson({ grids, items }: SalesHistory, { forecasts, rolled }: Trained): string {
  const round = (value: number) => Number(value.toPrecision(DIGITS));
  const stride = Math.max(1, Math.ceil(forecasts.length / MOST_ITEMS));
  const judged: Judged = {
    items: forecasts
      .filter((_, i) => i % stride === 0)
      .map(({ item, place, mean, first, scale }) => {
        const history = items[place]!;
        const grid = grids[history.grid]!;
        const time = (step: number) => timeOf(grid, step);
        return {
          item,
          end: time(endOf(history)),
          scale: round(scale),
          forecast: { times: Array.from(mean, (_, k) => time(first + k)), values: Array.from(mean, round) },
          rolls: rolled[place]!.origins.map((origin, r) => {
            const values = rolled[place]!.forecasts[r]!;
            return {
              origin: time(history.first + origin),
              times: Array.from(values, (_, k) => time(history.first + origin + k)),
              values: Array.from(values, round),
              actual: Array.from(values, (_, k) => {
                const actual = history.values[origin + k]!;
                return Number.isNaN(actual) ? null : actual;
              }),
            };
          }),
        };
      }),
  };
  return JSON.stringify(judged);
}

/** @throws UserError where the file is missing or damaged */
export function readJudged(directory: string): Judged {
  try {
    return Judged.parse(JSON.parse(readFileSync(join(directory, JUDGED_FILE), 'utf8')));
  } catch (error) {
    throw new UserError(
      {
        en: `${directory} has no forecasts of its past to compare by: ${JUDGED_FILE} is missing or damaged. Make the run again.`,
        zh: `${directory} 没有可供比较的历史预测：${JUDGED_FILE} 缺失或已损坏。请重新运行。`,
      },
      { cause: error },
    );
  }
}
