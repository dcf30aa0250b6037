/**
 * The quality of answers, from outcomes that become known later. For categories the accuracy with Wilson's interval, and
 * the macro F1; for numbers the mean absolute error; the last two with bootstrap intervals (BCa); all at 95%.
 *
 * Labels come late, and not for all predictions: `n` says for how many. If the answers decide which predictions get a label (only
 * complaints are examined, for example), the figures describe those predictions alone.
 */

import { Random } from '@gradus/base';
import type { Described, Features } from '@gradus/loop';
import { accuracy, bootstrapInterval, macroF1, meanAbsoluteError, wilsonInterval } from '@gradus/stats';
import type { Quality } from '../window.ts';

export interface Judged {
  readonly outputs: Features;
  /** A value, of the first output; or values by the outputs' names. */
  readonly outcome: unknown;
}

/** Outcomes of values for which there is no answer are passed over. */
export function qualityOf(judged: readonly Judged[], level = 0.95): Quality[] {
  const pairs = new Map<string, { answer: number | string; outcome: number | string }[]>();
  for (const { outputs, outcome } of judged) {
    const named =
      typeof outcome === 'object' && outcome !== null
        ? (outcome as Record<string, unknown>)
        : { [Object.keys(outputs)[0] ?? '']: outcome };
    for (const [output, value] of Object.entries(named)) {
      const answer = Object.hasOwn(outputs, output) ? outputs[output] : null;
      if (answer === null || answer === undefined || !isValue(value)) continue;
      const known = typeof answer === 'number' ? Number(value) : String(value);
      if (typeof known === 'number' && !Number.isFinite(known)) continue;
      const list = pairs.get(output) ?? [];
      list.push({ answer, outcome: known });
      pairs.set(output, list);
    }
  }
  return [...pairs].flatMap(([output, list]) =>
    typeof list[0]!.answer === 'number' ? errorsOf(output, list, level) : sharesOf(output, list, level),
  );
}

const isValue = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

type Pairs = readonly { readonly answer: number | string; readonly outcome: number | string }[];

function sharesOf(output: string, pairs: Pairs, level: number): Quality[] {
  const n = pairs.length;
  const classes = [...new Set(pairs.flatMap(({ answer, outcome }) => [String(answer), String(outcome)]))];
  const place = new Map(classes.map((name, i) => [name, i]));
  const actual = Int32Array.from(pairs, ({ outcome }) => place.get(String(outcome))!);
  const predicted = Int32Array.from(pairs, ({ answer }) => place.get(String(answer))!);
  const share = accuracy(actual, predicted);
  const f1 = (rows: Int32Array) => macroF1(picked(actual, rows), picked(predicted, rows), classes.length);
  return [
    { output, metric: 'accuracy', value: share, interval: wilsonInterval(share * n, n, level), n },
    { output, metric: 'macro F1', value: f1(all(n)), interval: bootstrap(f1, n, level), n },
  ];
}

function errorsOf(output: string, pairs: Pairs, level: number): Quality[] {
  const n = pairs.length;
  const actual = Float64Array.from(pairs, ({ outcome }) => Number(outcome));
  const predicted = Float64Array.from(pairs, ({ answer }) => Number(answer));
  const error = (rows: Int32Array) => meanAbsoluteError(picked(actual, rows), picked(predicted, rows));
  return [
    {
      output,
      metric: 'mean absolute error',
      value: error(all(n)),
      interval: bootstrap(error, n, level),
      n,
    },
  ];
}

const bootstrap = (statistic: (rows: Int32Array) => number, n: number, level: number) =>
  bootstrapInterval(statistic, n, new Random(0), { resamples: 500, level });

const all = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

const picked = (values: Int32Array | Float64Array, rows: Int32Array): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!);

/** What of a correction speaks of an output. */
export function outcomeOf(correction: unknown, described: Described | undefined): Record<string, unknown> {
  if (typeof correction !== 'object' || correction === null || !described) return {};
  return Object.fromEntries(
    Object.entries(correction).filter(
      ([name, value]) => Object.hasOwn(described.outputs, name) && isValue(value),
    ),
  );
}
