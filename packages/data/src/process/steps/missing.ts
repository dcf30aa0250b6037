/**
 * Missing values: filled with the mean, median or most frequent of the training rows, or with a constant; and where
 * that they were missing may itself say something, a column that is 1 for those rows.
 */
import { apply, constant } from '@gradus/engine';
import { quantile } from '@gradus/stats';
import { z } from 'zod';
import { MISSING_TIME } from '../block.ts';
import { mean, mostFrequent } from '../statistics.ts';
import {
  ALL_MISSING,
  columnError,
  columnStep,
  declares,
  perFeature,
  presentValues,
  type TrainingColumn,
} from '../step.ts';
import { figures } from '../words.ts';

const STRATEGIES = {
  mean: { en: 'the mean', zh: '均值' },
  median: { en: 'the median', zh: '中位数' },
  'most frequent': { en: 'the most frequent value', zh: '最常见的值' },
  constant: { en: 'a given value', zh: '给定值' },
} as const;
type Strategy = keyof typeof STRATEGIES;

const OF_NUMBERS: Readonly<Record<Exclude<Strategy, 'constant'>, (values: Float64Array) => number>> = {
  mean,
  median: (values) => quantile(values, 0.5),
  'most frequent': (values) => mostFrequent(values)!,
};

const text = z.string().max(100_000);

export const missingStep = columnStep({
  name: 'missing',
  title: { en: 'Missing values', zh: '缺失值' },
  accepts: ['number', 'text', 'time', 'series'],
  options: z
    .strictObject({
      /** Of numbers and times `median`, of texts `most frequent`, by default. */
      strategy: z.enum(Object.keys(STRATEGIES) as [Strategy, ...Strategy[]]).optional(),
      /** With strategy `constant`: a number, a text, or a time in milliseconds since 1970. */
      value: z.union([z.number(), text]).optional(),
      /** Adds a column that is 1 where the value is missing and 0 elsewhere, where any training row misses it. Not of series. */
      indicator: z.boolean().default(false),
    })
    .refine(({ strategy, value }) => (strategy === 'constant') === (value !== undefined), {
      message: 'goes with strategy "constant", and that strategy needs it',
      params: { zh: '仅与策略 "constant" 搭配使用，且该策略需要它' },
      path: ['value'],
    }),
  parameters: z.object({
    filler: z.union([text, z.array(z.number()).max(100_000)]),
    /** Some training row misses it. */
    seen: z.boolean(),
  }),
  fit: (column, options) => ({
    filler: fillerOf(column, options),
    seen: countPresent(column) < column.data.data.length,
  }),
  trace: (block, parameters, { indicator }) => {
    const { tensor } = block;
    const missing =
      block.kind === 'text'
        ? tensor.equal(constant({ dtype: 'string', dims: [], data: [''] }))
        : block.kind === 'time'
          ? tensor.equal(missingTime)
          : apply('IsNaN', [tensor]);
    const filler =
      typeof parameters.filler === 'string'
        ? constant({ dtype: 'string', dims: [], data: [parameters.filler] })
        : perFeature(parameters.filler, block);
    const filled = { ...block, tensor: missing.where(filler, tensor) };
    if (!indicator || !parameters.seen || block.kind === 'series') return filled;
    return [
      filled,
      {
        name: `${block.name} missing`,
        kind: 'encoded',
        role: block.role,
        features: block.features.map((feature) => `${feature} missing`),
        tensor: missing.cast('float32'),
      },
    ];
  },
  inverse: (tensor) => tensor,
  describe: ({ strategy, value, indicator }) => {
    const what = strategy
      ? STRATEGIES[strategy]
      : { en: 'the median, or of texts the most frequent', zh: '中位数（文本为最常见的值）' };
    const shown = value === undefined ? '' : ` ${JSON.stringify(value)}`;
    return {
      en: `fill with ${what.en}${shown}${indicator ? ', note in a column where' : ''}`,
      zh: `以${what.zh}${shown}填补${indicator ? '，并用一列标出位置' : ''}`,
    };
  },
  describeFitted: ({ filler }) => {
    const shown = typeof filler === 'string' ? JSON.stringify(filler) : figures(filler);
    return { en: `filled with ${shown}`, zh: `以 ${shown} 填补` };
  },
});

/** Missing are NaN, the empty text and `MISSING_TIME`. A column with no value in the training rows is refused. The inverse leaves values as they are. */
export const missing = declares(missingStep);

export const missingTime = constant({ dtype: 'int64', dims: [], data: BigInt64Array.of(MISSING_TIME) });

/** @throws UserError where there are none */
export function presentTimes({ step, block, data }: TrainingColumn): Float64Array {
  const times = Float64Array.from(
    (data.data as BigInt64Array).filter((time) => time !== MISSING_TIME),
    Number,
  );
  if (times.length > 0) return times;
  throw columnError(step, block.name, ALL_MISSING);
}

/** What goes in the place of missing values: a text, or a number for each feature. */
function fillerOf(
  column: TrainingColumn,
  { strategy, value }: { strategy?: Strategy | undefined; value?: number | string | undefined },
): string | number[] {
  const { block, step } = column;
  const isText = block.kind === 'text';
  if (value !== undefined) {
    if (isText === (typeof value === 'string')) {
      return typeof value === 'string' ? value : block.features.map(() => value);
    }
    const expected = isText ? 'text' : 'number';
    throw columnError(step, block.name, {
      en: `cannot be filled with ${JSON.stringify(value)}; expected a ${expected}`,
      zh: `不能用 ${JSON.stringify(value)} 填补；应为 ${expected}`,
    });
  }
  if (isText) {
    if (strategy && strategy !== 'most frequent') {
      throw columnError(step, block.name, {
        en: `texts have no ${strategy}; expected "most frequent" or "constant"`,
        zh: `文本没有 ${strategy}；应为 "most frequent" 或 "constant"`,
      });
    }
    const cells = column.data.data as readonly string[];
    const filler = mostFrequent(cells.filter((cell) => cell !== ''));
    if (filler !== undefined) return filler;
    throw columnError(step, block.name, ALL_MISSING);
  }
  const statistic = OF_NUMBERS[(strategy ?? 'median') as keyof typeof OF_NUMBERS];
  if (block.kind === 'time') return [Math.round(statistic(presentTimes(column)))];
  return block.features.map((_, i) => statistic(presentValues(column, i)));
}

function countPresent({ data }: TrainingColumn): number {
  let count = 0;
  for (const value of data.data as Iterable<number | bigint | string>) {
    if (value !== '' && value !== MISSING_TIME && !Number.isNaN(value)) count += 1;
  }
  return count;
}
