/** A finished design run as a service: it makes more, as people want them. */
import { Random } from '@gradus/base';
import type { Service, ServiceDeclaration } from '@gradus/loop';
import { z } from 'zod';
import { openBundle } from './bundle.ts';
import { makeItems } from './make.ts';
import { Mark } from './marks.ts';
import { readWants } from './wants.ts';

const Request = z.strictObject({
  count: z.int().min(1).max(50).default(5),
  want: z.string().max(500).default(''),
  seed: z.int().min(0).default(0),
});
type Request = z.infer<typeof Request>;

const localized = z.strictObject({ en: z.string(), zh: z.string() });
const Answer = z.strictObject({
  results: z.array(
    z.strictObject({
      design: z.string(),
      nearest: z.string(),
      distance: localized,
      proof: z.string().nullable(),
    }),
  ),
  refused: z.array(z.strictObject({ reason: localized, count: z.number() })),
});

export const designService: ServiceDeclaration = {
  request: Request,
  answer: Answer,
  correction: Mark,
  example: { count: 2, want: '', seed: 0 } satisfies Request,
  columns: {},
  open: async (directory): Promise<Service> => {
    const { maker, model } = openBundle(directory);
    const known = maker.kind.askable(maker.rules);
    return {
      answer: async (request) => {
        const { count, want, seed } = request as Request;
        const wants = readWants(want, known);
        const { made, refused } = await makeItems(maker, model, { count, wants, random: new Random(seed) });
        return {
          results: made.map(({ item, nearest, proof }) => ({
            design: item,
            nearest: nearest.item,
            distance: nearest.distance,
            proof,
          })),
          refused,
        };
      },
      close: async () => undefined,
    };
  },
};
