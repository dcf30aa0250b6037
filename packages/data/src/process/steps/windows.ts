/** Windows: a series cut into stretches of one length, each so many steps after the one before. [batch, time] -> [batch, windows, length] */
import { z } from 'zod';
import { slidingWindows } from '../sliding.ts';
import { columnStep, declares } from '../step.ts';

export const windowsStep = columnStep({
  name: 'windows',
  title: { en: 'Sliding windows', zh: '滑动窗口' },
  accepts: ['series'],
  options: z.strictObject({
    length: z.int().min(1).max(100_000),
    /** From the beginning of one window to the next. */
    stride: z.int().min(1).max(100_000).default(1),
  }),
  parameters: z.object({}),
  fit: () => ({}),
  trace: (block, _, { length, stride }) => ({
    ...block,
    kind: 'windows',
    features: Array.from({ length }, (_, i) => `${block.name} ${i - length + 1}`),
    tensor: slidingWindows(block.tensor, length, stride),
  }),
  describe: ({ length, stride }) => ({
    en: `windows of ${length}, every ${stride}`,
    zh: `长度为 ${length} 的窗口，步长 ${stride}`,
  }),
});

/** A series shorter than a window has none. */
export const windows = declares(windowsStep);
