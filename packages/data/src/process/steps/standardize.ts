/** Standardize: subtract the mean, divide by the standard deviation, so that each feature has mean 0 and deviation 1. */
import { z } from 'zod';
import { mean, unitOf, variance } from '../statistics.ts';
import { columnStep, declares, numbers, perFeature, presentValues } from '../step.ts';
import { figures } from '../words.ts';

export const standardizeStep = columnStep({
  name: 'standardize',
  title: { en: 'Standardize', zh: '标准化' },
  accepts: ['number', 'series', 'spectrogram', 'features'],
  options: z.strictObject({}),
  parameters: z.object({ mean: numbers, deviation: z.array(z.number().positive()) }),
  fit: (column) => {
    const perFeature = column.block.features.map((_, i) => {
      const values = presentValues(column, i);
      const centre = mean(values);
      return { centre, deviation: Math.sqrt(variance(values, centre)) };
    });
    return {
      mean: perFeature.map(({ centre }) => centre),
      deviation: perFeature.map(({ centre, deviation }) => unitOf(deviation, centre)),
    };
  },
  trace: (block, { mean, deviation }) => ({
    ...block,
    tensor: block.tensor.sub(perFeature(mean, block)).div(perFeature(deviation, block)),
  }),
  inverse: (tensor, { mean, deviation }, _, before) => {
    const like = { ...before, tensor };
    return tensor.mul(perFeature(deviation, like)).add(perFeature(mean, like));
  },
  describe: () => ({
    en: 'subtract the mean, divide by the standard deviation',
    zh: '减去均值，除以标准差',
  }),
  describeFitted: ({ mean, deviation }) => ({
    en: `mean ${figures(mean)}, deviation ${figures(deviation)}`,
    zh: `均值 ${figures(mean)}，标准差 ${figures(deviation)}`,
  }),
});

/** Missing values stay missing. A column that does not vary in the training rows becomes 0 (and is only shifted by its mean). */
export const standardize = declares(standardizeStep);
