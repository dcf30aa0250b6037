/**
 * Differencing: each value less the one a lag before it, which takes away a trend (lag 1) or a season (its length). Several
 * lags are taken after one another (Box and Jenkins, 1970). Forecasts of differences are turned back by adding them up from
 * the end of the history, which the graph has taken in.
 */

import { UserError } from '@gradus/base';
import { constant, int64, numericArray, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { columnError, columnStep, declares } from '../step.ts';

export const differenceStep = columnStep({
  name: 'difference',
  title: { en: 'Differencing', zh: '差分' },
  accepts: ['series'],
  options: z.strictObject({ lags: z.array(z.int().min(1).max(10_000)).min(1).max(5).default([1]) }),
  parameters: z.object({}),
  fit: ({ step, block, data }, { lags }) => {
    const lost = lags.reduce((a, b) => a + b, 0);
    if (data.dims[1]! > lost) return {};
    throw columnError(step, block.name, {
      en: `has ${data.dims[1]} steps, and differences at ${lags.join(', ')} leave none`,
      zh: `有 ${data.dims[1]} 步，按 ${lags.join('、')} 步差分后不剩任何值`,
    });
  },
  trace: (block, _, { lags }) => ({ ...block, tensor: lags.reduce(differenced, block.tensor) }),
  inverse: (forecast, _, { lags }, before) => {
    const stages = [before.tensor];
    for (const lag of lags) stages.push(differenced(stages.at(-1)!, lag));
    return lags.reduceRight((tensor, lag, i) => summedUp(tensor, stages[i]!, lag), forecast);
  },
  describe: ({ lags }) => ({
    en: `differences from ${lags.join(', then ')} steps before`,
    zh: `与前 ${lags.join('、再与前 ')} 步之差`,
  }),
});

/** The first values, as many as the lags, have none before them and fall away. The inverse is of forecasts, [batch, horizon], that follow the series. */
export const difference = declares(differenceStep);

const TO_THE_END = 2 ** 31 - 1;

function differenced(series: Tensor, lag: number): Tensor {
  return series.slice([lag], [TO_THE_END], [1]).sub(series.slice([0], [-lag], [1]));
}

/** Forecasts of differences added onto the last values of the history, each onto the one a lag before it. */
function summedUp(differences: Tensor, history: Tensor, lag: number): Tensor {
  const horizon = differences.shape[1];
  if (typeof horizon !== 'number') {
    throw new UserError({
      en: 'difference: the number of steps that are forecast must be known to turn them back',
      zh: 'difference：必须知道预测的步数才能还原',
    });
  }
  const places = Array.from({ length: horizon }, (_, i) => i);
  const last = history.cast(differences.dtype).gather(int64(places.map((i) => (i % lag) - lag)), 1);
  // 1 where step i comes before step j or is it, and both are of one phase: [horizon, horizon].
  const adds = places.flatMap((i) => places.map((j) => Number(i <= j && (j - i) % lag === 0)));
  const { dtype } = differences;
  const sums = constant({ dtype, dims: [horizon, horizon], data: numericArray(adds, dtype) });
  return last.add(differences.matmul(sums));
}
