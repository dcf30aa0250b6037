/**
 * Power transforms: the power λ that makes a feature most like a normal distribution, by maximum likelihood.
 *
 * - Box-Cox (1964), for positive values: (x^λ − 1) / λ, at λ = 0 ln x
 * - Yeo-Johnson (2000), for any: the same of x + 1 from 0 on, and below 0 its mirror image with 2 − λ
 *
 * Both come out near their input's logarithm or power, not scaled: standardize() goes well after it.
 */
import { scalar, type Tensor } from '@gradus/engine';
import { z } from 'zod';
import { mean, minimize, variance } from '../statistics.ts';
import { columnError, columnStep, declares, numbers, perFeature, presentValues } from '../step.ts';
import { figures } from '../words.ts';

type Method = 'yeo-johnson' | 'box-cox';

export const powerStep = columnStep({
  name: 'power',
  title: { en: 'Power transform', zh: '幂变换' },
  accepts: ['number'],
  options: z.strictObject({ method: z.enum(['yeo-johnson', 'box-cox']).default('yeo-johnson') }),
  parameters: z.object({ lambda: numbers, least: z.array(z.number()) }),
  fit: (column, { method }) => {
    const { step, block } = column;
    const fitted = block.features.map((_, i) => {
      const values = presentValues(column, i);
      const least = values.reduce((a, b) => Math.min(a, b));
      if (method === 'box-cox' && least <= 0) {
        throw columnError(step, block.name, {
          en: `holds ${least}, and Box-Cox is for positive values; use yeo-johnson`,
          zh: `含有 ${least}，而 Box-Cox 只适用于正值；请使用 yeo-johnson`,
        });
      }
      return { lambda: likeliestLambda(values, method), least };
    });
    return { lambda: fitted.map(({ lambda }) => lambda), least: fitted.map(({ least }) => least) };
  },
  trace: (block, { lambda, least }, { method }) => {
    const { tensor: x } = block;
    const lambdas = perFeature(lambda, block);
    if (method === 'box-cox') {
      const low = perFeature(least, block);
      return { ...block, tensor: boxCox(x.less(low).where(low, x), lambdas, lambda) };
    }
    // Each branch is computed from values of its own sign, so that neither yields NaN.
    const above = boxCox(x.max(0).add(1), lambdas, lambda);
    const mirrored = lambda.map((value) => 2 - value);
    const below = boxCox(x.min(0).neg().add(1), perFeature(mirrored, block), mirrored).neg();
    return { ...block, tensor: x.less(0).where(below, above) };
  },
  inverse: (y, { lambda }, { method }, before) => {
    const like = { ...before, tensor: y };
    const lambdas = perFeature(lambda, like);
    if (method === 'box-cox') return boxCoxInverse(y, lambdas, lambda);
    const above = boxCoxInverse(y.max(0), lambdas, lambda).sub(1);
    const mirrored = lambda.map((value) => 2 - value);
    const below = boxCoxInverse(y.min(0).neg(), perFeature(mirrored, like), mirrored).sub(1).neg();
    return y.less(0).where(below, above);
  },
  describe: ({ method }) => ({
    en: `${method === 'box-cox' ? 'Box-Cox' : 'Yeo-Johnson'}, its power by maximum likelihood`,
    zh: `${method === 'box-cox' ? 'Box-Cox' : 'Yeo-Johnson'} 变换，幂由最大似然确定`,
  }),
  describeFitted: ({ lambda }) => ({ en: `power ${figures(lambda)}`, zh: `幂 ${figures(lambda)}` }),
});

/**
 * Missing values stay missing. With Box-Cox, later values below the least of the training rows count as that. Some powers
 * have a limit that no value reaches; the inverse takes what a model says beyond it for the limit.
 */
export const power = declares(powerStep);

/**
 * Powers this near 0 are taken for 0: the error of that, about λ, is then less than the rounding of the other formula, which divides
 * by λ. It is the root of the numbers' precision.
 */
const NEAR_ZERO = { float64: 1e-8, float32: 3e-4 };
const nearZero = (x: Tensor): number => NEAR_ZERO[x.dtype === 'float32' ? 'float32' : 'float64'];

/** The transform of positive x, by features whose powers are known. */
function boxCox(x: Tensor, lambdas: Tensor, lambda: readonly number[]): Tensor {
  return byFeature(
    lambda,
    lambdas,
    () => x.log(),
    (safe) => x.pow(safe).sub(1).div(safe),
  );
}

function boxCoxInverse(y: Tensor, lambdas: Tensor, lambda: readonly number[]): Tensor {
  return byFeature(
    lambda,
    lambdas,
    () => y.exp(),
    // A base of 0 or less is beyond the limit of the transform.
    (safe) => y.mul(safe).add(1).max(0).pow(safe.reciprocal()),
  );
}

function byFeature(
  lambda: readonly number[],
  lambdas: Tensor,
  atZero: () => Tensor,
  elsewhere: (safe: Tensor) => Tensor,
): Tensor {
  const near = nearZero(lambdas);
  const isZero = (value: number) => Math.abs(value) < near;
  if (lambda.every(isZero)) return atZero();
  if (!lambda.some(isZero)) return elsewhere(lambdas);
  const zero = lambdas.abs().less(near);
  return zero.where(atZero(), elsewhere(zero.where(scalar(1, lambdas.dtype), lambdas)));
}

/** The power under which the values are likeliest normal: −n/2 ln(variance of the transformed) + (λ − 1) Σ ln of the slope. */
function likeliestLambda(values: Float64Array, method: Method): number {
  const slope = values.reduce(
    (sum, x) => sum + (method === 'box-cox' ? Math.log(x) : Math.sign(x) * Math.log1p(Math.abs(x))),
    0,
  );
  const transformed = new Float64Array(values.length);
  const loss = (lambda: number) => {
    for (const [i, x] of values.entries()) transformed[i] = ON_HOST[method](x, lambda);
    const spread = variance(transformed);
    const likelihood = (-values.length / 2) * Math.log(spread) + (lambda - 1) * slope;
    return Number.isFinite(likelihood) ? -likelihood : Number.MAX_VALUE;
  };
  // Where values do not vary but for rounding (beside the 1 that Yeo-Johnson adds to them), every power is as likely, and 1
  // changes least.
  const centre = Math.abs(mean(values)) + (method === 'box-cox' ? 0 : 1);
  return Math.sqrt(variance(values)) > 1e-13 * centre ? minimize(loss, -LIMIT, LIMIT) : 1;
}

/** Powers beyond this leave no number of 64 bits of most columns. */
const LIMIT = 10;

const power1 = (x: number, lambda: number): number =>
  Math.abs(lambda) < NEAR_ZERO.float64 ? Math.log(x) : (x ** lambda - 1) / lambda;

/** The same formulas once more, for the search alone: what is deployed is the graph. */
const ON_HOST: Readonly<Record<Method, (x: number, lambda: number) => number>> = {
  'box-cox': power1,
  'yeo-johnson': (x, lambda) => (x < 0 ? -power1(1 - x, 2 - lambda) : power1(1 + x, lambda)),
};
