/** Min-max: the least training value becomes the low end of a range, the greatest its high end. */
import { z } from 'zod';
import { unitOf } from '../statistics.ts';
import { columnStep, declares, numbers, perFeature, presentValues } from '../step.ts';
import { figures } from '../words.ts';

export const minMaxStep = columnStep({
  name: 'minMax',
  title: { en: 'Scale to a range', zh: '缩放到区间' },
  accepts: ['number', 'series', 'spectrogram', 'features'],
  options: z
    .strictObject({
      low: z.number().default(0),
      high: z.number().default(1),
      /** Later values outside the training range are set to its ends. */
      clip: z.boolean().default(false),
    })
    .refine(({ low, high }) => low < high, {
      message: 'low: must be less than high',
      params: { zh: 'low：必须小于 high' },
      path: ['low'],
    }),
  parameters: z.object({ least: numbers, width: z.array(z.number().positive()) }),
  fit: (column) => {
    const ranges = column.block.features.map((_, i): [number, number] => {
      const values = presentValues(column, i);
      return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    });
    return {
      least: ranges.map(([low]) => low),
      width: ranges.map(([low, high]) => unitOf(high - low, low)),
    };
  },
  trace: (block, { least, width }, { low, high, clip }) => {
    const unit = block.tensor.sub(perFeature(least, block)).div(perFeature(width, block));
    const scaled = unit.mul(high - low).add(low);
    return { ...block, tensor: clip ? scaled.clip(low, high) : scaled };
  },
  inverse: (tensor, { least, width }, { low, high }, before) => {
    const like = { ...before, tensor };
    return tensor
      .sub(low)
      .div(high - low)
      .mul(perFeature(width, like))
      .add(perFeature(least, like));
  },
  describe: ({ low, high, clip }) => ({
    en: `scale the training range to ${low} … ${high}${clip ? ', clip what lies outside' : ''}`,
    zh: `将训练范围缩放到 ${low} … ${high}${clip ? '，截断范围外的值' : ''}`,
  }),
  describeFitted: ({ least, width }) => ({
    en: `least ${figures(least)}, width ${figures(width)}`,
    zh: `最小值 ${figures(least)}，宽度 ${figures(width)}`,
  }),
});

/** Missing values stay missing. A column that does not vary in the training rows becomes `low`. */
export const minMax = declares(minMaxStep);
