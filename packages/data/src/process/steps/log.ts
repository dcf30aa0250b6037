/** Logarithm: long right tails (incomes, counts, prices) become short. ln(1 + x), or on both sides of 0 sign(x) ln(1 + |x|). */
import { z } from 'zod';
import { columnError, columnStep, declares, perFeature, presentValues } from '../step.ts';
import { figures } from '../words.ts';

export const logStep = columnStep({
  name: 'log',
  title: { en: 'Logarithm', zh: '对数' },
  accepts: ['number', 'series'],
  options: z.strictObject({
    /** Negative values get the negative of their size's logarithm. */
    signed: z.boolean().default(false),
  }),
  parameters: z.object({ least: z.array(z.number()) }),
  fit: (column, { signed }) => {
    const least = column.block.features.map((_, i) =>
      presentValues(column, i).reduce((a, b) => Math.min(a, b)),
    );
    const low = least.find((value) => value <= -1);
    if (!signed && low !== undefined) {
      throw columnError(column.step, column.block.name, {
        en: `holds ${low}, and ln(1 + x) is for values above -1; use log({ signed: true }) or power()`,
        zh: `含有 ${low}，而 ln(1 + x) 只适用于大于 -1 的值；请使用 log({ signed: true }) 或 power()`,
      });
    }
    return { least };
  },
  trace: (block, { least }, { signed }) => {
    const { tensor } = block;
    const low = perFeature(least, block);
    return {
      ...block,
      tensor: signed
        ? tensor.abs().add(1).log().mul(tensor.sign())
        : tensor.less(low).where(low, tensor).add(1).log(),
    };
  },
  inverse: (tensor, _, { signed }) =>
    signed ? tensor.abs().exp().sub(1).mul(tensor.sign()) : tensor.exp().sub(1),
  describe: ({ signed }) => ({
    en: signed ? 'sign(x) ln(1 + |x|)' : 'ln(1 + x)',
    zh: signed ? 'sign(x) ln(1 + |x|)' : 'ln(1 + x)',
  }),
  describeFitted: ({ least }, { signed }) =>
    signed
      ? { en: 'no limit', zh: '无下限' }
      : { en: `least ${figures(least)}`, zh: `最小值 ${figures(least)}` },
});

/** Missing values stay missing. Unless `signed`, later values below the least of the training rows count as that. */
export const log = declares(logStep);
