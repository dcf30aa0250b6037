/** Join: the features of many columns side by side, as one matrix that a model takes. */

import { UserError } from '@gradus/base';
import { concat } from '@gradus/engine';
import { z } from 'zod';
import { blockNamed, replaced } from '../block.ts';
import { declares, type StepType } from '../step.ts';

const options = z.strictObject({
  /** The name of the matrix. */
  into: z.string().min(1).max(1000).default('features'),
  dtype: z.enum(['float32', 'float64']).default('float32'),
});
type Options = z.output<typeof options>;

export const joinStep: StepType<Options, Record<never, never>> & { readonly options: typeof options } = {
  name: 'join',
  title: { en: 'Join', zh: '拼接' },
  accepts: ['number', 'encoded'],
  options,
  parameters: z.object({}),
  fit: ({ blocks, data }, columns) => {
    if (columns.length === 0)
      throw new UserError({ en: 'join: no column has numbers to join', zh: 'join：没有可拼接的数值列' });
    for (const name of columns) {
      const { features } = blockNamed(blocks, name, 'join');
      const at = (data.get(name)!.data as Float64Array).findIndex((value) => !Number.isFinite(value));
      if (at < 0) continue;
      const row = Math.floor(at / features.length) + 1;
      throw new UserError({
        en: `join: column "${features[at % features.length]}" is missing or infinite in training row ${row}; fill it with missing() or clip it with outliers() before`,
        zh: `join：列“${features[at % features.length]}”在第 ${row} 个训练行中缺失或为无穷大；请先用 missing() 填补或用 outliers() 截断`,
      });
    }
    return {};
  },
  trace: (blocks, present, { options: { into, dtype } }) => {
    if (present.length === 0) return blocks;
    const joined = present.map((name) => blockNamed(blocks, name, 'join'));
    const matrix = concat(
      joined.map(({ tensor }) => tensor.cast(dtype)),
      1,
    );
    const features = joined.flatMap((block) => block.features);
    const block = { name: into, kind: 'features', role: joined[0]!.role, features, tensor: matrix } as const;
    return replaced(blocks, present, [block], 'join');
  },
  describe: ({ into, dtype }) => ({
    en: `side by side as "${into}" (${dtype})`,
    zh: `并列为“${into}”（${dtype}）`,
  }),
};

/** A missing or infinite value among the training rows is an error, with the column's name. */
export const join = declares(joinStep);
