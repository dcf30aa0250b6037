/** Lags: of a series that goes up to now, the values so many steps back, as features of a forecast. [batch, time] -> [batch, lags] */
import { int64 } from '@gradus/engine';
import { z } from 'zod';
import { columnError, columnStep, declares } from '../step.ts';

export const lagsStep = columnStep({
  name: 'lags',
  title: { en: 'Lags', zh: '滞后值' },
  accepts: ['series'],
  options: z.strictObject({
    /** Steps back; 1 is the latest value. */
    lags: z.array(z.int().min(1).max(100_000)).min(1).max(10_000),
  }),
  parameters: z.object({}),
  fit: ({ step, block, data }, { lags }) => {
    const most = Math.max(...lags);
    if (data.dims[1]! >= most) return {};
    throw columnError(step, block.name, {
      en: `has ${data.dims[1]} steps of history, and lag ${most} asks for more`,
      zh: `只有 ${data.dims[1]} 步历史，滞后 ${most} 步需要更多`,
    });
  },
  trace: (block, _, { lags }) => ({
    ...block,
    kind: 'number',
    features: lags.map((lag) => `${block.name} −${lag}`),
    // Negative places count from the end.
    tensor: block.tensor.gather(int64(lags.map((lag) => -lag)), 1),
  }),
  describe: ({ lags }) => ({
    en: `the values ${lags.join(', ')} steps back`,
    zh: `往前 ${lags.join('、')} 步的值`,
  }),
});

/** A history shorter than the longest lag is an error when the graph runs. */
export const lags = declares(lagsStep);
