/** A message of a conversation, as templates see it. */
import { z } from 'zod';

export const MESSAGE = z.looseObject({
  role: z.string().min(1).max(100),
  content: z.union([z.string(), z.null()]).optional(),
});
export type Message = z.output<typeof MESSAGE>;
