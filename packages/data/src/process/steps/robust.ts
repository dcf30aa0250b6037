/** Robust scaling: subtract the median, divide by the distance between two quartiles; a few wild values change neither. */

import { quantileSorted } from '@gradus/stats';
import { z } from 'zod';
import { unitOf } from '../statistics.ts';
import { columnStep, declares, numbers, perFeature, presentValues } from '../step.ts';
import { figures } from '../words.ts';

export const robustStep = columnStep({
  name: 'robust',
  title: { en: 'Robust scaling', zh: '稳健缩放' },
  accepts: ['number', 'series', 'spectrogram', 'features'],
  options: z
    .strictObject({
      /** The quantiles whose distance is the unit. */
      low: z.number().min(0).max(1).default(0.25),
      high: z.number().min(0).max(1).default(0.75),
    })
    .refine(({ low, high }) => low < high, {
      message: 'must be less than high',
      params: { zh: '必须小于 high' },
      path: ['low'],
    }),
  parameters: z.object({ median: numbers, range: z.array(z.number().positive()) }),
  fit: (column, { low, high }) => {
    const fitted = column.block.features.map((_, i) => {
      const sorted = presentValues(column, i).slice().sort();
      const median = quantileSorted(sorted, 0.5);
      const range = quantileSorted(sorted, high) - quantileSorted(sorted, low);
      const farthest = Math.max(median - sorted[0]!, sorted.at(-1)! - median);
      return { median, range: unitOf(range, median, farthest) };
    });
    return { median: fitted.map(({ median }) => median), range: fitted.map(({ range }) => range) };
  },
  trace: (block, { median, range }) => ({
    ...block,
    tensor: block.tensor.sub(perFeature(median, block)).div(perFeature(range, block)),
  }),
  inverse: (tensor, { median, range }, _, before) => {
    const like = { ...before, tensor };
    return tensor.mul(perFeature(range, like)).add(perFeature(median, like));
  },
  describe: ({ low, high }) => ({
    en: `subtract the median, divide by the distance of the quantiles ${low} and ${high}`,
    zh: `减去中位数，除以 ${low} 与 ${high} 分位数之差`,
  }),
  describeFitted: ({ median, range }) => ({
    en: `median ${figures(median)}, range ${figures(range)}`,
    zh: `中位数 ${figures(median)}，分位距 ${figures(range)}`,
  }),
});

/** Missing values stay missing. Where the two quantiles are equal, values are only shifted. */
export const robust = declares(robustStep);
