/**
 * Gates: what a challenger that is better on the whole must not be worse at. A slice of the rows, how honest its probabilities
 * are, how long an answer takes, how large it is. One that fails keeps the champion in its place.
 */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type FoundRun, MODEL_FILE, type Recipe, type Slice, type Verdict } from '@gradus/loop';
import { z } from 'zod';
import type { GateResult, Weighed } from '../registry/weighed.ts';

const gate = (schema: z.ZodNumber, standard: number, what: string) =>
  schema.nullable().default(standard).describe(`${what}; null: not watched`);

export const Gates = z.strictObject({
  slice: gate(
    z.number().min(0).max(1),
    0.05,
    'how much worse, beyond chance, the challenger may be on a slice of the rows (of errors: as a share)',
  ),
  calibration: gate(z.number().min(0).max(1), 0.03, 'how much larger its calibration error may be'),
  latency: gate(z.number().min(1), 2, 'how many times as long an answer may take'),
  size: gate(z.number().min(1), 2, 'how many times as large its model may be'),
});
export type Gates = z.infer<typeof Gates>;

/** A slice that is worse with a p-value from here on is worse by chance, for all we know. */
const CHANCE = 0.05;
/** Milliseconds and bytes: differences that nobody notices, however many times as much they are. */
const UNNOTICED_MS = 50;
const UNNOTICED_BYTES = 10 * 2 ** 20;

/** What is measured of both, to be judged. */
export interface Costs {
  /** Median milliseconds of an answer; absent where the recipe has no example request. */
  readonly latency?: readonly [champion: number, challenger: number];
  /** Bytes of the model. */
  readonly size: readonly [champion: number, challenger: number];
}

/** The verdict after the gates: a promotion stands only where all are passed. */
export function throughGates(verdict: Verdict, costs: Costs, gates: Gates): Weighed {
  const results = [
    ...sliceGate(verdict, gates.slice),
    ...calibrationGate(verdict, gates.calibration),
    ...latencyGate(costs, gates.latency),
    ...sizeGate(costs, gates.size),
  ];
  const failed = results.filter(({ passed }) => !passed);
  if (!verdict.promote || failed.length === 0) return { ...verdict, gates: results };
  return {
    ...verdict,
    gates: results,
    promote: false,
    reason: {
      en: `The old model stays, though the new one is better on the whole: ${failed.map(({ reason }) => reason.en).join(' ')}`,
      zh: `新模型总体更好，但仍保留旧模型：${failed.map(({ reason }) => reason.zh).join('')}`,
    },
  };
}

function sliceGate({ slices }: Verdict, margin: number | null): GateResult[] {
  if (margin === null || !slices || slices.length === 0) return [];
  // An error is in the unit of what is predicted, so it may grow by this share of itself.
  const loss = ({ isGain = true, measured: { champion, challenger } }: Slice) =>
    isGain ? champion - challenger : (challenger - champion) / champion;
  const worse = slices.filter((slice) => loss(slice) > margin && (slice.measured.pValue ?? 0) < CHANCE);
  const listed = (language: 'en' | 'zh') =>
    worse
      .slice(0, 3)
      .map(
        ({ name, n, metric, measured: { champion, challenger } }) =>
          `${name[language]} (${metric} ${champion.toFixed(3)} → ${challenger.toFixed(3)}, n = ${n})`,
      )
      .join(language === 'en' ? ', ' : '、');
  return [
    {
      gate: 'slice',
      passed: worse.length === 0,
      reason:
        worse.length === 0
          ? {
              en: `On none of ${slices.length} slices is it worse by more than ${margin}.`,
              zh: `在 ${slices.length} 个切片上均未变差超过 ${margin}。`,
            }
          : {
              en: `It is worse by more than ${margin} on ${listed('en')}.`,
              zh: `在以下切片上变差超过 ${margin}：${listed('zh')}。`,
            },
    },
  ];
}

function calibrationGate({ metrics }: Verdict, margin: number | null): GateResult[] {
  const error = metrics.calibrationError;
  if (margin === null || !error) return [];
  const { champion, challenger } = error;
  const figures = `${champion.toFixed(3)} → ${challenger.toFixed(3)}`;
  return [
    {
      gate: 'calibration',
      passed: challenger - champion <= margin,
      reason: {
        en: `Calibration error ${figures}; it may grow by ${margin}.`,
        zh: `校准误差 ${figures}，最多可增加 ${margin}。`,
      },
    },
  ];
}

function latencyGate({ latency }: Costs, factor: number | null): GateResult[] {
  if (factor === null || !latency) return [];
  const [champion, challenger] = latency;
  const figures = `${champion.toFixed(1)} ms → ${challenger.toFixed(1)} ms`;
  return [
    {
      gate: 'latency',
      passed: challenger <= factor * champion || challenger - champion < UNNOTICED_MS,
      reason: {
        en: `An answer takes ${figures}; ${factor} times as long is allowed, or ${UNNOTICED_MS} ms more.`,
        zh: `一次回答耗时 ${figures}，最多允许 ${factor} 倍或增加 ${UNNOTICED_MS} ms。`,
      },
    },
  ];
}

function sizeGate({ size: [champion, challenger] }: Costs, factor: number | null): GateResult[] {
  if (factor === null || champion === 0) return [];
  const mb = (bytes: number) => `${Number((bytes / 2 ** 20).toFixed(2))} MB`;
  return [
    {
      gate: 'size',
      passed: challenger <= factor * champion || challenger - champion < UNNOTICED_BYTES,
      reason: {
        en: `The model is ${mb(champion)} → ${mb(challenger)} large; ${factor} times as much is allowed, or ${mb(UNNOTICED_BYTES)} more.`,
        zh: `模型大小 ${mb(champion)} → ${mb(challenger)}，最多允许 ${factor} 倍或增加 ${mb(UNNOTICED_BYTES)}。`,
      },
    },
  ];
}

const WARM_UP = 3;
const ROUNDS = 15;

/** Asks both by turns, so that whatever else this machine does slows both alike. */
export async function costsOf(recipe: Recipe, champion: FoundRun, challenger: FoundRun): Promise<Costs> {
  const size = [sizeOf(champion), sizeOf(challenger)] as const;
  const old = await recipe.service.open(champion.directory);
  try {
    const fresh = await recipe.service.open(challenger.directory);
    try {
      const requests = [old, fresh].map((service) => ({
        service,
        request: recipe.service.request.parse(service.example ?? recipe.service.example),
        times: [] as number[],
      }));
      for (let round = 0; round < WARM_UP + ROUNDS; round++) {
        for (const { service, request, times } of requests) {
          const started = performance.now();
          await service.answer(request);
          if (round >= WARM_UP) times.push(performance.now() - started);
        }
      }
      return { size, latency: [median(requests[0]!.times), median(requests[1]!.times)] };
    } finally {
      await fresh.close();
    }
  } finally {
    await old.close();
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const sizeOf = ({ directory }: FoundRun): number =>
  statSync(join(directory, MODEL_FILE), { throwIfNoEntry: false })?.size ?? 0;
