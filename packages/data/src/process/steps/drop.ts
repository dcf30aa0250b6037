/** Drop: columns that the model is not to see. */
import { z } from 'zod';
import { KINDS, type Kind, replaced } from '../block.ts';
import { declares, type StepType } from '../step.ts';

const options = z.strictObject({});

export const dropStep: StepType<Record<never, never>, Record<never, never>> & {
  readonly options: typeof options;
} = {
  name: 'drop',
  title: { en: 'Drop', zh: '舍弃' },
  accepts: Object.keys(KINDS) as Kind[],
  options,
  parameters: z.object({}),
  fit: () => ({}),
  trace: (blocks, present) => replaced(blocks, present, [], 'drop'),
  describe: () => ({ en: 'not shown to the model', zh: '不提供给模型' }),
};

export const drop = declares(dropStep);
