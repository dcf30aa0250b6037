/** The verdict on a challenger: as programs get it, and in lines for a terminal. */
import type { Measured } from '@gradus/loop';
import { z } from 'zod';
import { LocalizedText } from './field.ts';
import type { Line, Plain } from './operation.ts';

const MeasuredOutput = z.object({
  champion: z.number(),
  challenger: z.number(),
  pValue: z.number().optional(),
});

const figures = { metrics: z.record(z.string(), MeasuredOutput), n: z.number(), pValue: z.number() };

export const VerdictOutput = z.strictObject({
  promote: z.boolean(),
  reason: LocalizedText,
  ...figures,
  recent: z.strictObject(figures).optional(),
  slices: z
    .array(
      z.strictObject({
        name: LocalizedText,
        n: z.number(),
        metric: z.string(),
        isGain: z.boolean().optional(),
        measured: MeasuredOutput,
      }),
    )
    .optional(),
  gates: z
    .array(
      z.strictObject({
        gate: z.enum(['slice', 'calibration', 'latency', 'size']),
        passed: z.boolean(),
        reason: LocalizedText,
      }),
    )
    .optional(),
});

/** Who won, why, and by what figures. */
export function verdictLines(
  { reason, metrics, recent, slices = [], gates = [] }: Plain<z.infer<typeof VerdictOutput>>,
  indent = '',
): Line[] {
  const line = (en: string, zh = en): Line => ({ en: indent + en, zh: indent + zh });
  const figureLines = (all: Readonly<Record<string, Plain<z.infer<typeof MeasuredOutput>>>>) =>
    Object.entries(all).map(([name, { champion, challenger, pValue }]) =>
      line(
        `  ${name}: ${champion.toFixed(4)} → ${challenger.toFixed(4)}${pValue === undefined ? '' : `  p = ${pValue.toFixed(3)}`}`,
      ),
    );
  const sliceLine = (name: string, n: number, metric: string, measured: Measured) =>
    `  ${name}: ${metric} ${measured.champion.toFixed(3)} → ${measured.challenger.toFixed(3)} (n = ${n})`;
  return [
    line(reason.en, reason.zh),
    ...figureLines(metrics),
    ...(recent
      ? [line(`the ${recent.n} newest:`, `最新的 ${recent.n} 条：`), ...figureLines(recent.metrics)]
      : []),
    ...(slices.length > 0 ? [line('slices:', '切片：')] : []),
    ...slices.map(({ name, n, metric, measured }) => {
      const { champion, challenger } = measured;
      return line(
        sliceLine(name.en, n, metric, { champion, challenger }),
        sliceLine(name.zh, n, metric, { champion, challenger }),
      );
    }),
    ...gates.map(({ passed, reason: why }) =>
      line(`${passed ? '✓' : '✗'} ${why.en}`, `${passed ? '✓' : '✗'} ${why.zh}`),
    ),
  ];
}
