/**
 * Outliers: values beyond fences are set to the fences (winsorized), or declared missing. Fences are quantiles of the
 * training values, or Tukey's: a multiple of the interquartile range beyond the quartiles (Tukey, 1977).
 */
import { scalar, type Tensor } from '@gradus/engine';
import { quantileSorted } from '@gradus/stats';
import { z } from 'zod';
import { columnError, columnStep, declares, perFeature, type TrainingColumn } from '../step.ts';
import { figures } from '../words.ts';

export const outliersStep = columnStep({
  name: 'outliers',
  title: { en: 'Outliers', zh: '异常值' },
  accepts: ['number', 'series'],
  options: z
    .strictObject({
      method: z.enum(['quantiles', 'iqr']).default('iqr'),
      /** Of method `quantiles`. */
      low: z.number().min(0).max(1).default(0.01),
      high: z.number().min(0).max(1).default(0.99),
      /** Of method `iqr`: how many interquartile ranges beyond the quartiles. */
      reach: z.number().positive().default(1.5),
      action: z.enum(['clip', 'missing']).default('clip'),
    })
    .refine(({ low, high }) => low < high, {
      message: 'must be less than high',
      params: { zh: '必须小于 high' },
      path: ['low'],
    }),
  parameters: z.object({ low: z.array(z.number()), high: z.array(z.number()) }),
  fit: (column, { method, low, high, reach }) => {
    const fences = column.block.features.map((_, i) => {
      const sorted = finiteValues(column, i).sort();
      if (method === 'quantiles') return [quantileSorted(sorted, low), quantileSorted(sorted, high)];
      const [first, third] = [quantileSorted(sorted, 0.25), quantileSorted(sorted, 0.75)];
      return [first - reach * (third - first), third + reach * (third - first)];
    });
    return { low: fences.map(([low]) => low!), high: fences.map(([, high]) => high!) };
  },
  trace: (block, fences, { action }) => {
    const { tensor } = block;
    const [low, high] = [perFeature(fences.low, block), perFeature(fences.high, block)];
    // Comparisons with a missing value are false, and so it stays missing.
    const set = (outside: Tensor, fence: Tensor, x: Tensor) =>
      outside.where(action === 'clip' ? fence : scalar(Number.NaN, x.dtype), x);
    return { ...block, tensor: set(tensor.greater(high), high, set(tensor.less(low), low, tensor)) };
  },
  inverse: (tensor) => tensor,
  describe: ({ method, low, high, reach, action }) => {
    const [en, zh] =
      method === 'quantiles'
        ? [`the quantiles ${low} and ${high}`, `${low} 与 ${high} 分位数`]
        : [`${reach} interquartile ranges from the quartiles`, `四分位数外 ${reach} 倍四分位距`];
    return action === 'clip'
      ? { en: `clip to ${en}`, zh: `截断到${zh}` }
      : { en: `declare missing what lies beyond ${en}`, zh: `将超出${zh}的值视为缺失` };
  },
  describeFitted: ({ low, high }) => ({
    en: `from ${figures(low)} to ${figures(high)}`,
    zh: `从 ${figures(low)} 到 ${figures(high)}`,
  }),
});

/** Infinite values are outliers too. Values that were clipped cannot be had back: the inverse leaves values as they are. */
export const outliers = declares(outliersStep);

function finiteValues({ step, block, data }: TrainingColumn, feature: number): Float64Array {
  const width = block.features.length;
  const values = Float64Array.from(
    (data.data as Float64Array).filter((value, i) => i % width === feature && Number.isFinite(value)),
  );
  if (values.length > 0) return values;
  throw columnError(step, block.name, {
    en: 'no training row has a finite value; leave the column out',
    zh: '没有一个训练行是有限值；请去掉该列',
  });
}
